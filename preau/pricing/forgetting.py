"""What becomes of the quotients of a household: an invoice keeps the one it was made with."""

from collections.abc import Iterator

from preau.core.personal import Step, Whom, deleted
from preau.pricing.models import Quotient


def steps(whom: Whom) -> Iterator[Step]:
    yield deleted("Quotients familiaux", Quotient.objects.filter(family__in=whom.families))
