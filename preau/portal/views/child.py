"""What the file says of a child, and the pages of every area about them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.core.dates import local_day
from preau.demarches.coordinates import child_rows
from preau.families.choices import AccessLevel, Subject
from preau.families.permissions import participants_visible_to
from preau.families.queries import with_schooling
from preau.portal.child_news import CHILD_PAGE, lines_of


@family_page
@require_safe
def child(request: FamilyRequest, who: str) -> HttpResponse:
    user, today = request.user, local_day(timezone.now())
    seen = participants_visible_to(user, Subject.IDENTITY, on=today).filter(adult__isnull=True)
    found = get_object_or_404(seen.prefetch_related(with_schooling()), code=who)
    acted_on = participants_visible_to(user, Subject.IDENTITY, on=today, level=AccessLevel.ACT)
    years = [row for row in found.schoolings.all() if row.year.ends_on >= today]
    context = {
        "child": found,
        "rows": list(child_rows(found, user, on=today).values()),
        "may_act": acted_on.filter(pk=found.pk).exists(),
        "years": sorted(years, key=lambda row: row.year.starts_on),
        "lines": lines_of(user, [found], today, CHILD_PAGE)[found.pk],
        "today": today,
    }
    return render(request, "portal/family/child.html", context)
