"""« Je crée mon compte », for somebody whom FranceConnect has vouched for: one page instead of five."""

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.franceconnect import kept
from preau.accounts.franceconnect.provider import is_open
from preau.registration.actions.identity import Asked, register_identity
from preau.registration.forms import IdentityForm
from preau.registration.models import Registration
from preau.registration.texts import read_text
from preau.registration.views.steps import FIVE_STEPS
from preau.town.choices import TextCode


@FIVE_STEPS.newcomers_page
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """The identity comes from the session, never from the form; the answer is the same for any file and address."""
    if not is_open():
        raise Http404
    now = timezone.now()
    sign_in = kept.pending(request.session, now=now)
    if sign_in is None:
        return redirect("accounts:franceconnect_unknown")
    texts = {"terms": read_text(TextCode.TERMS), "privacy": read_text(TextCode.PRIVACY)}
    email = sign_in.pivot.email
    form = IdentityForm(request.POST or None, initial={"email": email, "email_again": email})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "pivot": sign_in.pivot, **texts}
        return render(request, "registration/public/identity.html", context)
    if not ratelimit.consume(request, action="signup"):
        return render(request, "429.html", status=429)
    asked = Asked(
        email=form.cleaned_data["email"],
        file_number=form.cleaned_data["number"],
        file_name=form.cleaned_data["name"],
        terms=texts["terms"].text,
        privacy=texts["privacy"].text,
    )
    begun = register_identity(sign_in=sign_in, asked=asked, instead_of=registration, now=now)
    request.session[FIVE_STEPS.key] = begun.code
    return redirect("registration:sent")
