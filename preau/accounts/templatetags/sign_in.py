"""The sign-in card, for pages of other areas."""

from typing import Any

from django import template

from preau.accounts.forms import SignInForm

register = template.Library()


@register.inclusion_tag("accounts/_sign_in.html", takes_context=True)
def sign_in_card(context: dict[str, Any]) -> dict[str, Any]:
    """An empty sign-in form with its heading."""
    return {
        "form": SignInForm(),
        "title": "Se connecter",
        "next": "",
        "csrf_token": context.get("csrf_token"),
        "town": context["town"],
    }
