"""An agent's first steps: the mailed link, and asking for help when the second factor is lost."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.accounts import recovering
from preau.accounts.agents import welcome
from preau.accounts.choices import LinkPurpose
from preau.accounts.credentials import LinkOver
from preau.accounts.links import fault_of, find_link
from preau.accounts.passwords import ChoosesPassword, words_of
from preau.accounts.permissions import administrators
from preau.accounts.rules import can_be_recovered
from preau.accounts.stages import SecondFactorStage
from preau.accounts.views.public import link_over
from preau.accounts.views.second_factor import after_password
from preau.core.audience import public_page
from preau.core.dates import local_day
from preau.town.context import town_of


@public_page
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def agent_welcome(request: HttpRequest, link_token: str) -> HttpResponse:
    """Opening the link shows the page; choosing a password uses it, and the agent is in, to set up a second factor."""
    now = timezone.now()
    link = find_link(link_token, LinkPurpose.AGENT)
    if link is None or link.user is None or not link.user.is_active or fault_of(link, now=now):
        return link_over(request, link, now=now, again="accounts:login", action="Me connecter")
    agent = link.user
    form = ChoosesPassword(request.POST or None, town=town_of(request), words=words_of(agent))
    if request.method == "POST" and form.is_valid():
        try:
            welcome(link, form.cleaned_data["password"], now=now)
        except LinkOver:
            return link_over(request, link, now=now, again="accounts:login", action="Me connecter")
        record_authentication(request, agent, method="password")
        return perform_login(request, Login(user=agent))
    context = {"form": form, "agent": agent, "is_new": agent.last_login is None}
    return render(request, "accounts/agent_welcome.html", context)


@after_password
def lost_factor(request: HttpRequest, stage: SecondFactorStage) -> HttpResponse:
    """An agent who has nothing left asks two administrators."""
    user, now = stage.user, timezone.now()
    if not user.is_staff:
        raise Http404
    can_be_done = can_be_recovered(user.pk, administrators(local_day(now)))
    if request.method == "POST" and can_be_done:
        recovering.ask_recovery(user, now=now)
        return redirect("accounts:lost_factor")
    is_asked = user.recoveries.filter(second_at=None).exists()
    return render(request, "accounts/lost_factor.html", {"is_asked": is_asked, "can_be_done": can_be_done})
