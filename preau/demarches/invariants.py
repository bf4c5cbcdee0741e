"""What must always be true of démarches, beyond what the database can refuse in one row."""

from collections.abc import Iterable

from preau.core.invariants import invariant
from preau.demarches.choices import OPEN
from preau.demarches.kinds import KINDS
from preau.demarches.models import AskedPhoto, Demarche


@invariant("Démarches : chacune est d’un type connu, avec le détail de ce type")
def demarches_without_their_detail() -> Iterable[str]:
    for code in Demarche.objects.exclude(kind__in=KINDS).order_by("pk").values_list("code", flat=True):
        yield f"démarche {code} : type inconnu"
    for kind in KINDS.values():
        detailed = kind.detail._default_manager.values("pk")
        for code in Demarche.objects.filter(kind=kind.code).exclude(pk__in=detailed).values_list("code", flat=True):
            yield f"démarche {code} : le détail de « {kind.label} » manque"


@invariant("Démarches : une demande de compte qui a sa réponse n’a plus de photo")
def photos_kept_too_long() -> Iterable[str]:
    ended = AskedPhoto.objects.exclude(asked__demarche__state__in=OPEN)
    for code in ended.order_by("pk").values_list("asked__demarche__code", flat=True):
        yield f"démarche {code} : la photo est restée après la réponse"
