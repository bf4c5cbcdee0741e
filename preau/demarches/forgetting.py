"""What becomes of the requests of a person, and about them: that they were made and answered stays, their words go."""

from collections.abc import Iterator

from django.db.models import Q

from preau.core.personal import Step, Whom, deleted, emptied
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche, DemarcheEvent, FieldChange

BLANK = dict.fromkeys(
    (
        *("civility", "birth_name", "birth_date", "birth_country", "birth_department", "birth_town", "address"),
        *("postcode", "city", "claimed_number", "claimed_name", "phone_mobile", "phone_home", "phone_work"),
        "preferred_contact",
    ),
    "",
)


def steps(whom: Whom) -> Iterator[Step]:
    theirs = Q(asked_by__in=whom.users) | Q(participant__in=whom.participants) | Q(family__in=whom.families)
    requests = Demarche.objects.filter(theirs).values("pk")
    yield deleted("Photos des demandes", AskedPhoto.objects.filter(asked__demarche__in=requests))
    asked = AccountAsked.objects.filter(demarche__in=requests)
    yield emptied("Demandes de compte", asked, first_name="Personne", last_name="effacée", vouched_at=None, **BLANK)
    about = Q(adult__in=whom.adults) | Q(participant__in=whom.participants) | Q(family__in=whom.families)
    fields = FieldChange.objects.filter(Q(change__demarche__in=requests) | about)
    yield emptied("Changements demandés", fields, old="", new="")
    events = DemarcheEvent.objects.filter(demarche__in=requests)
    yield emptied("Messages des démarches", events, text="", corrections=[])
    yield emptied("Démarches", Demarche.objects.filter(theirs), summary="Démarche effacée", words="", reason="")
