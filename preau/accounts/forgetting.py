"""What becomes of an account when its person is erased."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from preau.accounts.models import (
    Acceptance,
    EmailChange,
    KeptForm,
    MailedLink,
    PasswordRequest,
    Session,
    Subscription,
    User,
)
from preau.core.personal import Step, Whom, deleted, emptied, kept

ERASED_DOMAIN = "@efface.invalid"


def steps(whom: Whom) -> Iterator[Step]:
    """The account is emptied and closed: what it did keeps its author's code."""
    users = User.objects.filter(pk__in=whom.users)
    logins = Q(pk__in=[])
    for login in {*users.values_list("username", flat=True), *whom.emails}:
        logins |= Q(login__iexact=login)
    of_them = {"user__in": whom.users}
    yield deleted("Connexions", Session.objects.filter(**of_them))
    yield deleted("Liens envoyés", MailedLink.objects.filter(**of_them))
    yield deleted("Changements d’adresse", EmailChange.objects.filter(**of_them))
    yield deleted("Saisies gardées", KeptForm.objects.filter(**of_them))
    yield deleted("Souscriptions", Subscription.objects.filter(**of_them))
    yield deleted("Mots de passe oubliés", PasswordRequest.objects.filter(logins))
    yield deleted("Clés et applications de codes", Authenticator.objects.filter(**of_them))
    yield deleted("Liens FranceConnect", SocialAccount.objects.filter(**of_them))
    yield deleted("Adresses", EmailAddress.objects.filter(**of_them))
    acceptances = Acceptance.objects.filter(**of_them)
    yield kept("Textes acceptés", acceptances, "Preuve de ce qui a été lu et accepté, sans le nom (RGPD, art. 7).")
    yield emptied(
        "Comptes",
        users,
        username=Concat(Value("efface-"), F("code")),
        email=Concat(F("code"), Value(ERASED_DOMAIN)),
        first_name="Compte",
        last_name="effacé",
        password="!",  # noqa: S106 (no password is ever hashed to this)
        is_active=False,
        last_login=None,
        password_changed_at=None,
        text_size="",
        language="",
    )
