"""What becomes of enrolments: past, without a name."""

from collections.abc import Iterator

from preau.core.personal import Step, Whom, kept
from preau.enrolments.models import Enrolment


def steps(whom: Whom) -> Iterator[Step]:
    rows = Enrolment.objects.filter(participant__in=whom.participants)
    yield kept("Inscriptions", rows, "Passées\u00a0; comptées dans les places, sans le nom.")
