"""« Dossier d’inscription » : the file of the year, looked at again step by step."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.checklist.actions.confirming import YearRefused, confirm_steps
from preau.checklist.choices import YearRefusal
from preau.checklist.queries.years import YearFile, YearPart, YearStep, just_closed, season_of, year_file
from preau.core.dates import local_day

GET_OR_POST = ["GET", "HEAD", "POST"]


@family_page
@require_safe
def overview(request: FamilyRequest) -> HttpResponse:
    """How far the household and each child have come; before and after its days, when it opens or that it is over."""
    today = local_day(timezone.now())
    season = season_of(today)
    file = year_file(request.user, season, on=today) if season else None
    is_coming = season is not None and today < season.opens_on
    context = {
        "file": file,
        "is_coming": is_coming,
        "closed": just_closed(today) if is_coming else None,
        "is_open": season is not None and season.is_open(today),
    }
    return render(request, "checklist/family/year.html", context)


@family_page
@require_http_methods(GET_OR_POST)
def household(request: FamilyRequest, step: str) -> HttpResponse:
    return _step(request, "", step)


@family_page
@require_http_methods(GET_OR_POST)
def child(request: FamilyRequest, who: str) -> HttpResponse:
    """All the steps of a child on one page, and « rien n’a changé » for all of them in one click."""
    file, part = _part_or_404(request, who)
    if request.method == "POST":
        return _confirm(request, file, part, part.confirmable, end=reverse("checklist:year"))
    return render(request, "checklist/family/year_child.html", _context(file, part))


@family_page
@require_http_methods(GET_OR_POST)
def child_step(request: FamilyRequest, who: str, step: str) -> HttpResponse:
    return _step(request, who, step)


def _step(request: FamilyRequest, who: str, slug: str) -> HttpResponse:
    """One step: what is known, and a button that says it still holds."""
    file, part = _part_or_404(request, who)
    step = next((step for step in part.steps if step.slug == slug), None)
    if step is None:
        raise Http404
    if request.method == "POST":
        return _confirm(request, file, part, [step], end=part.url or reverse("checklist:year"))
    place = part.steps.index(step) + 1
    context = _context(file, part) | {
        "step": step,
        "place": place,
        "next_url": _url(part, part.steps[place] if place < len(part.steps) else None) if part.person else "",
    }
    return render(request, "checklist/family/year_step.html", context)


def _url(part: YearPart, step: YearStep | None) -> str:
    """The page of a step; without one, the recap, which is the page of the child."""
    if step is None:
        return part.url or reverse("checklist:year")
    if part.person:
        return reverse("checklist:year_step", args=[part.person.code, step.slug])
    return reverse("checklist:year_household", args=[step.slug])


def _part_or_404(request: FamilyRequest, who: str) -> tuple[YearFile, YearPart]:
    today = local_day(timezone.now())
    season = season_of(today)
    file = year_file(request.user, season, on=today) if season else None
    part = file.part(who) if file else None
    if file is None or part is None:
        raise Http404
    return file, part


def _context(file: YearFile, part: YearPart) -> dict[str, object]:
    return {"file": file, "part": part, "is_open": file.season.is_open(local_day(timezone.now()))}


def _confirm(
    request: FamilyRequest, file: YearFile, part: YearPart, steps: list[YearStep], *, end: str
) -> HttpResponse:
    """Confirm what can be and was seen as it is (`vu`), then show the next step that is left, else the recap; `end`
    once there is none left."""
    read, ready = request.POST.getlist("vu"), [step for step in steps if step.can_confirm]
    wanted = {step.step: step.seen for step in ready if step.seen in read}
    if any(step.missing and step.done is None for step in steps):
        messages.error(request, str(YearRefusal.MISSING.label))
    try:
        confirm_steps(
            file.season,
            wanted,
            participant=part.person,
            family=None if part.person else file.family,
            by=request.user,
            now=timezone.now(),
        )
    except YearRefused as refused:
        messages.error(request, str(refused.reason.label))
        return redirect("checklist:year")
    if len(wanted) < len(ready):
        messages.warning(request, str(YearRefusal.CHANGED.label))
        return redirect(request.path)
    left = [step for step in part.steps if step.done is None and step.step not in wanted]
    if not left:
        name = part.person.first_name if part.person else "votre foyer"
        messages.success(request, f"C’est fait pour {name}. Merci\u00a0!")
        return redirect(end)
    place = part.steps.index(steps[-1]) if steps else -1
    return redirect(_url(part, next((step for step in part.steps[place + 1 :] if step in left), None)))
