import datetime as dt

from django.utils import timezone

from preau.accounts.models import Session
from preau.accounts.testing import PASSWORD

SIGN_IN = "/connexion/"
ANDROID = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
MISMATCH = "L’identifiant ou le mot de passe ne correspond pas."
TOO_MANY = "Trop d’essais. Attendez 30 secondes"


def sign_in(client, login="Z-pinceau", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def days_left(client) -> float:
    return (Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()) / dt.timedelta(days=1)


def words(response) -> str:
    """The page without what changes each time it is drawn."""
    page: str = response.content.decode()
    return page.replace(str(response.context["csrf_token"]), "")
