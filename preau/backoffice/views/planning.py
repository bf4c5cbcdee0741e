"""« Réserver pour Nora »: the planning of a child, read and changed by an agent for the household."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.backoffice.views.counter import open_file_or_404
from preau.backoffice.views.families import family_or_404, may_edit, tabs
from preau.bookings.actions import AtCounter, ReasonWanted, TokenTaken, save_at_counter
from preau.bookings.grid import grid
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.queries.children import Child, children_of_household
from preau.bookings.queries.counter import CounterRecap, recap_at_counter
from preau.bookings.queries.planning import read_planning
from preau.bookings.rules.lines import Cell
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.ticks import MOST_ROWS, read_ticks
from preau.core.codes import is_code, new_code
from preau.core.dates import Month, local_day
from preau.families.models import Family
from preau.town.context import town_of

LONGEST_REASON = 200
MOST_BOXES = 2000
NO_REASON = "Écrivez la raison du dépassement, par exemple\u00a0: urgence familiale, accord de la directrice"
UNREADABLE = "Une partie du planning n’a pas pu être lue. Vérifiez les cases, puis relisez."
NOTHING = "Cochez ou décochez une case avant de relire."


@staff_page(Capability.SEE_FAMILIES)
@require_safe
def planning(request: StaffRequest, family_code: str) -> HttpResponse:
    """The month of today, of the first child."""
    family = family_or_404(request, family_code)
    first = next(iter(children_of_household(family, may_act=False).values()), None)
    if first is None:
        context = {"planning": None, "children": [], **tabs(request, family)}
        return render(request, "backoffice/families/planning.html", context)
    return redirect("backoffice:family_month", family.code, first.code, Month.of(local_day(timezone.now())))


@staff_page(Capability.SEE_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def month(request: StaffRequest, family_code: str, child_code: str, month: Month) -> HttpResponse:
    """Read the month of a child; with the right to act, tick, read again with what it changes, then save."""
    find = open_file_or_404 if request.method == "POST" else family_or_404
    family = find(request, family_code)
    children = children_of_household(family, may_act=may_edit(request, family))
    child = next((each for each in children.values() if each.code == child_code), None)
    if child is None:
        raise Http404
    if request.method == "POST":
        return _post(request, family, child, children, month)
    return _show(request, family, child, children, month)


def _show(
    request: StaffRequest, family: Family, child: Child, children: dict[int, Child], month: Month
) -> HttpResponse:
    period = Period.around(PeriodKind.MONTH, month.first)
    shown = read_planning(
        request.user, town=town_of(request), who=child.code, period=period, now=timezone.now(), household=children
    )
    assert shown is not None
    context: dict[str, Any] = {"planning": shown, "grid": grid(shown) if shown.rows else ""}
    context |= {
        "children": list(children.values()),
        "child": child,
        "month": month,
        "before": month.plus(-1),
        "after": month.plus(1),
        **tabs(request, family),
    }
    return render(request, "backoffice/families/planning.html", context)


def _post(
    request: StaffRequest, family: Family, child: Child, children: dict[int, Child], month: Month
) -> HttpResponse:
    sent = request.POST
    seen, boxes = sent.getlist("vu")[:MOST_ROWS], sent.getlist("r")[:MOST_BOXES]
    ticks = read_ticks(seen, boxes, {child.key: child}, catalogue(town_of(request).catalogue_version))
    if ticks.unreadable or not ticks.clicked:
        messages.warning(request, UNREADABLE if ticks.unreadable else NOTHING)
        return redirect("backoffice:family_month", family.code, child.code, month)
    page = {"child": child, "month": month, "seen": seen, "boxes": boxes}
    if sent.get("action") != "enregistrer":
        return _recap(request, family, children, ticks.clicked, page | {"token": new_code(), "tells": True})
    reason = sent.get("raison", "").replace("\0", "").strip()[:LONGEST_REASON]
    token, tells = sent.get("jeton", ""), bool(sent.get("prevenir"))
    if not is_code(token):
        return _recap(request, family, children, ticks.clicked, page | {"token": new_code(), "tells": tells})
    asked = AtCounter(family=family, changes=ticks.clicked, token=token, reason=reason, tells=tells)
    try:
        submission = save_at_counter(asked, by=request.user, now=timezone.now())
    except ReasonWanted:
        page |= {"token": token, "tells": tells, "error": NO_REASON}
        return _recap(request, family, children, ticks.clicked, page)
    except TokenTaken as taken:
        raise Http404 from taken
    _say(request, child, [line["result"] for line in submission.outcome["lines"]])
    return redirect("backoffice:family_month", family.code, child.code, month)


def _recap(
    request: StaffRequest,
    family: Family,
    children: Mapping[int, Child],
    changes: Mapping[Cell, bool],
    page: dict[str, Any],
) -> HttpResponse:
    found: CounterRecap = recap_at_counter(changes, children, town=town_of(request), now=timezone.now())
    context = {"found": found, "recap": found.recap, "family": family, "error": "", **page}
    return render(request, "backoffice/families/planning_recap.html", context)


def _say(request: StaffRequest, child: Child, results: list[str]) -> None:
    done, refused = results.count("done"), results.count("refused")
    if done:
        told = "1 changement enregistré" if done == 1 else f"{done} changements enregistrés"
        messages.success(request, f"{told} pour {child.first_name}, au guichet.")
    if refused:
        told = "1 changement refusé" if refused == 1 else f"{refused} changements refusés"
        messages.warning(request, f"{told}\u00a0: relisez le planning de {child.first_name}.")
    if not done and not refused:
        messages.success(request, "Le planning était déjà ainsi.")
