"""Documents that families have given, in all their states, and what they keep for themselves.

After the town itself: a file is never written inside a transaction. The same few papers serve everybody.
"""

import datetime as dt
import json
from functools import cache
from io import BytesIO

import typst
from PIL import Image, ImageDraw

from preau.accounts.models import User
from preau.core.cleaning import Cleaned
from preau.core.dates import local_day
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AnswerText
from preau.documents.actions import Given, accept_document, hand_in, refuse_document
from preau.documents.choices import FileState, Holder, ScanState
from preau.documents.models import DocumentKind, OwnDocument, SupportingDocument, TownDocument
from preau.documents.queries import Somebody, proposed_for
from preau.documents.storing import keep, write
from preau.families.models import Adult, Family, Participant
from preau.townfile.demonstration.scene import Scene

PAGE = """
#set page(width: 148mm, height: 210mm, margin: 14mm)
#set text(size: 10pt)
#let said = json(bytes(sys.inputs.said))
#text(size: 16pt, weight: "bold", said.title)
#v(4mm)
Document d’exemple, fait pour la démonstration.
#v(6mm)
#said.name \\
12 rue des Marronniers
#v(6mm)
#for n in range(9) [#line(length: 100% - n * 7%, stroke: 2pt + luma(190)) #v(2mm)]
"""
REASONS = (
    (
        "Illisible",
        "La photo est trop sombre ou coupée\u00a0: nous ne pouvons pas lire. Reprenez-la à la lumière, à plat.",
    ),
    ("Trop ancien", "Ce document est trop ancien. Envoyez-en un de moins de 3 mois."),
    ("Pas au bon nom", "Ce document n’est pas à votre nom. Envoyez-en un au nom d’un adulte du foyer."),
)
WAITING, REFUSED, ACCEPTED = "waiting", "refused", "accepted"
# By household: the kinds given, in which state, how many days ago.
GIVEN: dict[str, tuple[tuple[str, str, int], ...]] = {
    "Pinceau": (
        ("livret-de-famille", ACCEPTED, 80),
        ("piece-d-identite", ACCEPTED, 80),
        ("assurance", ACCEPTED, 60),
        ("carnet-de-vaccination", ACCEPTED, 58),
        ("avis-d-imposition", ACCEPTED, 40),
        ("justificatif-de-domicile", REFUSED, 4),
        ("pai", WAITING, 1),
    ),
    "Roussel": (
        ("livret-de-famille", ACCEPTED, 70),
        ("justificatif-de-domicile", ACCEPTED, 345),
        ("jugement", WAITING, 2),
    ),
    "Carpentier": (("justificatif-de-domicile", WAITING, 1), ("assurance", ACCEPTED, 50)),
    "Traoré Diallo": (
        ("livret-de-famille", ACCEPTED, 66),
        ("justificatif-de-domicile", ACCEPTED, 66),
        ("carnet-de-vaccination", WAITING, 0),
        ("assurance", ACCEPTED, 30),
    ),
    "de La Rochefoucauld Saint-Hilaire de Montmorency": (("piece-d-identite", WAITING, 3), ("assurance", REFUSED, 9)),
    "Nguyen Van": (("justificatif-de-domicile", WAITING, 2), ("avis-d-imposition", WAITING, 2)),
}
OWN = ("Facture d’électricité de novembre", "Carnet de Nora, page 12", "Avis d’imposition")


@cache
def paper(title: str, name: str) -> bytes:
    """A page with a few grey lines."""
    pdf = typst.compile(PAGE.encode(), format="pdf", sys_inputs={"said": json.dumps({"title": title, "name": name})})
    assert isinstance(pdf, bytes)
    return pdf


def give_papers(scene: Scene, *, now: dt.datetime) -> None:
    """What the households of the cast have given."""
    for title, body in REASONS:
        AnswerText.objects.get_or_create(state=DemarcheState.REFUSED, title=title, defaults={"body": body})
    agent = User.objects.get(username=scene.agents[0].username)
    kinds = {kind.code: kind for kind in DocumentKind.objects.all()}
    namesakes = Family.objects.filter(name__in=GIVEN).prefetch_related("adults__user").order_by("-pk")
    for family in {family.name: family for family in namesakes}.values():  # the cast came first
        parent = next((adult for adult in family.adults.all() if adult.user), None)
        if parent is None:
            continue
        for code, state, days in GIVEN[family.name]:
            if code in kinds:
                _give(kinds[code], state, parent, agent, now=now - dt.timedelta(days=days, hours=3))
    for adult in Adult.objects.filter(user__username__iexact=scene.parents[0].username).select_related(
        "user", "family"
    ):
        _keep_own(adult, now)
        _give_by_town(adult, agent, now)


def _give(kind: DocumentKind, state: str, parent: Adult, agent: User, *, now: dt.datetime) -> None:
    for holder in _holders(kind, parent):
        own = OwnDocument.objects.create(
            adult=parent, title="prêté", at=now, file=write(_clean(kind.label, parent), ScanState.NOT_SCANNED, now=now)
        )
        assert parent.user is not None
        document = hand_in(Given(kind, holder, parent.family), what=own, by=parent.user, now=now)
        _answer(document, state, agent, now=now + dt.timedelta(hours=2))
        file = own.file
        own.delete()
        if document.file_id != file.pk:
            file.state = FileState.DROPPED
            file.save(update_fields=["state"])


def _holders(kind: DocumentKind, parent: Adult) -> list[Somebody]:
    if kind.holder == Holder.FAMILY:
        return [parent.family]
    if kind.holder == Holder.ADULT:
        return [parent]
    children = Participant.objects.filter(homes__family=parent.family, adult=None).order_by("born_on")
    return list(children[:1] if kind.is_sealed else children)


def _answer(document: SupportingDocument, state: str, agent: User, *, now: dt.datetime) -> None:
    told = {"by": agent, "version": 1, "now": now}
    if state == ACCEPTED:
        on = local_day(now)
        until = proposed_for(document.kind, on)
        if document.kind.validity == "asked":
            until = on.replace(year=on.year + 5, day=min(on.day, 28))
        accept_document(document.demarche, valid_until=until, **told)  # type: ignore[arg-type]
    elif state == REFUSED:
        refuse_document(document.demarche, reason=REASONS[0][1], **told)  # type: ignore[arg-type]


def _clean(title: str, adult: Adult) -> Cleaned:
    return Cleaned(paper(title, f"{adult.first_name} {adult.last_name}"), "pdf", 1)


def _photographed() -> bytes:
    """A page of the vaccination booklet, as a telephone takes it."""
    page = Image.new("RGB", (900, 1200), (222, 217, 205))
    pen = ImageDraw.Draw(page)
    pen.rectangle((60, 60, 840, 1140), fill=(250, 248, 240), outline=(120, 130, 140), width=3)
    for line in range(12):
        height = 180 + 75 * line
        pen.line((100, height, 800, height), fill=(150, 165, 180), width=2)
        pen.rectangle((120, height - 38, 120 + 60 * (line % 4 + 2), height - 22), fill=(90, 100, 125))
        pen.rectangle((560, height - 38, 700, height - 22), fill=(60, 80, 140))
    written = BytesIO()
    page.save(written, "JPEG", quality=80)
    return written.getvalue()


def _keep_own(adult: Adult, now: dt.datetime) -> None:
    for days, title in enumerate(OWN):
        at = now - dt.timedelta(days=days)
        cleaned = Cleaned(_photographed(), "jpeg", 1) if "Carnet" in title else _clean(title, adult)
        stored = write(cleaned, ScanState.NOT_SCANNED, now=at)
        keep(stored)
        OwnDocument.objects.create(adult=adult, file=stored, title=title, at=at)


def _give_by_town(adult: Adult, agent: User, now: dt.datetime) -> None:
    title = "Confirmation d’inscription, passerelle"
    stored = write(_clean(title, adult), ScanState.NOT_SCANNED, now=now - dt.timedelta(days=12))
    keep(stored)
    TownDocument.objects.create(family=adult.family, file=stored, title=title, at=stored.at, by=agent)
