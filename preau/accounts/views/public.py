"""Signing in and out."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.forms import SignInForm
from preau.accounts.franceconnect import kept
from preau.accounts.models import User
from preau.accounts.views.franceconnect import sign_out_of_franceconnect
from preau.core.audience import public_page

STAFF_DAY = 9 * 3600


class SignIn(LoginView):
    """allauth's page, with our form and without the links to what does not exist here.

    Parents stay signed in as the settings say: 30 days if they ask, else until the browser is closed and at most half
    a day; agents for 9 hours, whatever they ask (PRODUCT 4.13).
    """

    form_class = SignInForm
    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Past LoginView's own context, which wants the addresses of allauth's other pages.
        context: dict[str, Any] = super(LoginView, self).get_context_data(**kwargs)  # type: ignore[no-untyped-call]
        return context

    def form_valid(self, form: SignInForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if form.user.is_staff:
            self.request.session.set_expiry(STAFF_DAY)
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=429 if form.is_slowed_down else 200)


sign_in = public_page(SignIn.as_view())


@public_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    id_token = request.session.get(kept.ID_TOKEN)
    logout(request)
    if id_token and (leaving := sign_out_of_franceconnect(request, id_token)):
        return leaving
    messages.success(request, "Vous êtes déconnecté.")
    return redirect("portal:welcome")


@public_page
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Where one arrives: families and agents have each their own space."""
    if not isinstance(request.user, User):
        return redirect("accounts:login")
    return redirect("backoffice:desk" if request.user.is_staff else "portal:home")
