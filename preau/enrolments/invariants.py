"""What must always be true of enrolments."""

from collections.abc import Iterable

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from preau.core.invariants import invariant
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake


@invariant("Inscriptions : le compteur de chaque groupe d’accueil est le nombre de ses inscrits")
def intake_counter_faults() -> Iterable[str]:
    enrolled = (
        Enrolment.objects.filter(activity=OuterRef("activity"), group=OuterRef("group"), state=EnrolmentState.ACCEPTED)
        .values("activity", "group")
        .annotate(count=Count("pk"))
        .values("count")
    )
    intakes = Intake.objects.annotate(enrolled=Coalesce(Subquery(enrolled, output_field=IntegerField()), 0))
    for intake in intakes.filter(~Q(taken=F("enrolled"))).select_related("activity", "group").order_by("pk"):
        yield f"{intake.activity.code}, {intake.group.code} : {intake.taken} comptés, {intake.enrolled} inscrits"


@invariant("Inscriptions : chacune est dans un groupe ouvert à son activité, entre ses dates")
def enrolment_place_faults() -> Iterable[str]:
    intakes = Intake.objects.filter(activity=OuterRef("activity"), group=OuterRef("group"))
    outside = Q(starts_on__lt=F("activity__starts_on")) | Q(ends_on__gt=F("activity__ends_on"))
    rows = Enrolment.objects.filter(state=EnrolmentState.ACCEPTED).annotate(intake=Subquery(intakes.values("pk")[:1]))
    for enrolment in rows.filter(Q(intake__isnull=True) | outside).select_related("activity").order_by("pk"):
        yield f"inscription {enrolment.code} ({enrolment.activity.code})"
