"""The sheet of a child, for the agent who needs it: a reason first, then the sheet, and the reading is recorded."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.dates import local_day
from preau.families.models import Participant
from preau.families.queries import schooling_on, with_schooling
from preau.health.actions import open_sheet
from preau.health.choices import Purpose
from preau.health.forms import ReadingForm
from preau.health.permissions import is_at_own_place, sheets_in_scope
from preau.health.queries.states import sheet_rules
from preau.health.views.opening import opened

ON_THE_SPOT = [(str(one.value), str(one.label)) for one in (Purpose.ON_DUTY, Purpose.FAMILY)]


@staff_page(Capability.SEE_HEALTH)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def staff_sheet(request: StaffRequest, who: str) -> HttpResponse:
    """Nothing of the sheet is opened by a link: only by the button, which leaves a trace."""
    on = local_day(timezone.now())
    children = sheets_in_scope(request.user, on=on).prefetch_related(with_schooling())
    child = get_object_or_404(children, code=who)
    return opened(request, lambda: _sheet(request, child), layout="core/staff.html")


def _sheet(request: StaffRequest, child: Participant) -> HttpResponse:
    now = timezone.now()
    today = local_day(now)
    is_here = is_at_own_place(request.user, child, on=today)
    sent = request.POST if request.method == "POST" else None
    form = ReadingForm(sent, purposes=ON_THE_SPOT, asks_reason=not is_here)
    context = {
        "child": child,
        "form": form,
        "is_here": is_here,
        "is_shown": sheet_rules().show_readings,
        "schooling": schooling_on(child.schoolings.all(), today),
    }
    if request.method == "POST" and form.is_valid():
        purpose = Purpose(form.cleaned_data["purpose"]) if is_here else Purpose.EMERGENCY
        reason = form.cleaned_data.get("reason", "")
        context["sheet"] = open_sheet(child=child, purpose=purpose, reason=reason, by=request.user, now=now)
        context["read_at"] = now
        return render(request, "health/staff/sheet.html", context)
    return render(request, "health/staff/ask.html", context)
