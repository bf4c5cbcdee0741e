"""Who asks about their data, who read what, what was purged: the pages of whoever answers of personal data."""

import datetime as dt
import random
from collections.abc import Sequence

from preau.accounts.models import User
from preau.core.dates import PARIS, local_day
from preau.families.actions import note_reading
from preau.families.models import Adult
from preau.journal.actions import record
from preau.privacy.actions.asking import accept_asked, ask_about_data
from preau.privacy.choices import CORRECTION, ERASURE, OBJECTION, Erased
from preau.privacy.models import PurgeRun
from preau.townfile.demonstration.households import Household
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.settling import Settled

ASKED: tuple[tuple[str, str, Erased | None, int], ...] = (
    (CORRECTION, "Mon nom de naissance est écrit avec un seul «\u00a0n\u00a0»\u00a0: il en faut deux.", None, 6),
    (ERASURE, "Nous avons déménagé, je n’utilise plus le portail.", Erased.ACCOUNT, 24),
    (
        OBJECTION,
        "Je ne souhaite pas que l’école de mes enfants apparaisse sur les listes affichées au gymnase.",
        None,
        3,
    ),
    (CORRECTION, "Je suis né en 1984, et non en 1948.", None, 40),
)
DONE = "C’est corrigé dans votre dossier, d’après la copie de votre acte de naissance."
FILES_READ, NIGHTS, ANSWERED_AFTER = 12, 5, 31
PURGED = (("messages", 40), ("drafts", 6), ("links", 15))


def ask_and_note(scene: Scene, households: Sequence[Household], settled: Settled, *, now: dt.datetime) -> None:
    """Four requests, one of them answered; a fortnight of openings of files; some nights of purges."""
    rng = random.Random(f"données {scene.town} {local_day(now)}")  # noqa: S311 (a town to play with)
    agent = User.objects.get(username=scene.agents[0].username)
    families = [settled.families[drawn] for drawn in households]
    adults = Adult.objects.filter(user__isnull=False, family__in=families[1:])
    askers = list(adults.select_related("user").order_by("pk")[: len(ASKED)])
    for adult, (kind, text, about, days) in zip(askers, ASKED, strict=False):
        assert adult.user is not None
        at = now - dt.timedelta(days=days, hours=2)
        demarche = ask_about_data(kind=kind, text=text, about=about or "", by=adult.user, now=at)
        if days > ANSWERED_AFTER:
            accept_asked(demarche, reason=DONE, by=agent, version=1, now=at + dt.timedelta(days=3))
    for rank, family in enumerate(families[:FILES_READ]):
        note_reading(family=family, by=agent, now=_at(now, rank % 14, 9 + rank % 7, rng))
    facts = {"format": "xlsx", "rows": "26"}
    record(agent, "backoffice.children_exported", at=_at(now, 2, 10, rng), facts=facts)
    PurgeRun.objects.bulk_create(
        PurgeRun(at=_at(now, night, 2, rng), code=code, count=rng.randrange(most // 3, most))
        for night in range(NIGHTS, 0, -1)
        for code, most in PURGED
    )


def _at(now: dt.datetime, days: int, hour: int, rng: random.Random) -> dt.datetime:
    day = local_day(now) - dt.timedelta(days=days + 1)
    return dt.datetime.combine(day, dt.time(hour, rng.randrange(60)), PARIS)
