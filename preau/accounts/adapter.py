"""What we ask of django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the town's own ways, never by allauth's sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
