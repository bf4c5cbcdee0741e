"""The texts of the town, who published each version, and who accepted it: for agents and for Mon compte."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from preau.accounts.choices import UserKind
from preau.accounts.conditions import ASKED
from preau.accounts.models import Acceptance, User
from preau.core.dates import local_day
from preau.core.templatetags.ui import heure
from preau.journal import actions as journal
from preau.town.choices import TextCode
from preau.town.models import Text

EXPORTED = ("Nom", "Prénom", "Nom d’utilisateur", "E-mail", "Texte", "Version", "Accepté le", "À", "Comment")


@dataclass(frozen=True, slots=True)
class PublishedText:
    """A text that the town may publish, and its version in force."""

    code: TextCode
    last: Text | None

    @property
    def is_asked(self) -> bool:
        return self.code in ASKED


def published_texts() -> list[PublishedText]:
    """Every text that the town may publish, those that parents accept first. One query."""
    last = {text.code: text for text in Text.objects.order_by("version")}
    codes = [*ASKED, *(code for code in TextCode if code not in ASKED)]
    return [PublishedText(code, last.get(code)) for code in codes]


def versions_of(code: TextCode) -> QuerySet[Text, Text]:
    """The versions of a text, the one in force first, each with how many people have `accepted` it."""
    return Text.objects.filter(code=code).annotate(accepted=Count("acceptances")).order_by("-version")


def waiting_for(text: Text) -> int:
    """How many parents have still to accept this version when they sign in."""
    answered = Acceptance.objects.filter(user=OuterRef("pk"), text=text)
    return User.objects.filter(~Exists(answered), kind=UserKind.FAMILY, is_active=True).count()


def parents_asked() -> int:
    """How many parents will be asked for a new version."""
    return User.objects.filter(kind=UserKind.FAMILY, is_active=True).count()


def acceptances_of(text: Text, words: str) -> QuerySet[Acceptance, Acceptance]:
    """Who has accepted this version, the last first; each of the `words` is in their name, user name or address."""
    rows = Acceptance.objects.filter(text=text).select_related("user").order_by("-at", "-pk")
    for word in words.split():
        names = ("first_name", "last_name", "username", "email")
        found = Q()
        for name in names:
            found |= Q(**{f"user__{name}__icontains": word})
        rows = rows.filter(found)
    return rows


@transaction.atomic
def export_acceptances(text: Text, words: str, *, by: User, now: dt.datetime) -> list[Sequence[object]]:
    """The lines of a spreadsheet; the journal keeps who took them, and how many."""
    lines = list(_lines(text, words))
    facts = {"rows": len(lines) - 1, "is_filtered": bool(words.strip())}
    journal.record(by, "accounts.acceptances_exported", at=now, subject=f"{text.code} {text.version}", facts=facts)
    return lines


def _lines(text: Text, words: str) -> Iterator[Sequence[object]]:
    yield EXPORTED
    for row in acceptances_of(text, words):
        user = row.user
        yield (
            *(user.last_name, user.first_name, user.username, user.email, text.title, text.version),
            *(local_day(row.at).strftime("%d/%m/%Y"), heure(row.at), row.get_channel_display()),
        )


def accepted_by(user: User) -> QuerySet[Acceptance, Acceptance]:
    """The versions that this person has accepted, the last first."""
    return Acceptance.objects.filter(user=user).select_related("text").order_by("-at", "-pk")
