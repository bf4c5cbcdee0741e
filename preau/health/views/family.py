"""The sheet of a child, for its parents: a summary, then a short page for each item."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import FamilyRequest
from preau.core.asked import AskedPaper
from preau.core.dates import local_day
from preau.families.choices import AccessLevel
from preau.families.models import Adult, Participant
from preau.health import actions, forms
from preau.health.around import papers_of
from preau.health.choices import Item, Vaccine
from preau.health.permissions import sheets_visible_to
from preau.health.queries.sheets import (
    OpenItem,
    OpenSheet,
    OpenVaccine,
    readings_of,
    readings_this_month,
    scheme_of,
    sheet_of,
)
from preau.health.queries.states import sheet_rules
from preau.health.rules.vaccines import TOGETHER, schemes_for
from preau.health.views.opening import sheet_page
from preau.town.queries import year_on

GET_OR_POST = ["GET", "HEAD", "POST"]
ICONS: Mapping[Item, str] = {
    Item.VACCINES: "vaccin",
    Item.DOCTOR: "medecin",
    Item.ALLERGIES: "sante",
    Item.PAI: "document",
    Item.TREATMENTS: "horloge",
    Item.ADVICE: "ampoule",
    Item.INSURANCE: "bouclier",
    Item.BLOOD_GROUP: "sante",
    Item.ILLNESSES: "historique",
}
MOVED = (
    "Cette page a changé depuis que vous l’avez ouverte, peut-être par l’autre parent. Relisez-la, puis recommencez."
)


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The page of an item: its word in the address, its form, what it says first."""

    slug: str
    form: Callable[..., forms.ItemForm]
    intro: str = ""


PAGES: Mapping[Item, ItemPage] = {
    Item.DOCTOR: ItemPage("medecin", forms.DoctorForm, "Les animateurs l’appellent si besoin."),
    Item.ALLERGIES: ItemPage("allergies", forms.AllergiesForm),
    Item.PAI: ItemPage("pai", forms.PaiForm),
    Item.TREATMENTS: ItemPage("traitements", forms.TreatmentsForm),
    Item.ADVICE: ItemPage("recommandations", forms.AdviceForm),
    Item.INSURANCE: ItemPage("assurance", forms.InsuranceForm),
    Item.BLOOD_GROUP: ItemPage("groupe-sanguin", forms.BloodGroupForm),
    Item.ILLNESSES: ItemPage("maladies", forms.IllnessesForm),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An item on the summary, with its page."""

    item: OpenItem
    icon: str
    slug: str


@sheet_page(AccessLevel.SEE)
@require_safe
def sheet(request: FamilyRequest, child: Participant) -> HttpResponse:
    """Where the sheet stands, subject by subject, and what is confirmed once a year."""
    now = timezone.now()
    today, rules = local_day(now), sheet_rules()
    year = year_on(today)
    opened = sheet_of(child, year=year, on=today)
    context = {
        "child": child,
        "sheet": opened,
        "rows": [Row(one, ICONS[one.item], slug_of(one.item)) for one in opened.items],
        "may_fill": _may_fill(request, child),
        "year": year,
        "readings": readings_this_month(child, now=now) if rules.show_readings else None,
        "papers": _papers(request, opened, today),
    }
    return render(request, "health/family/sheet.html", context)


def _papers(request: FamilyRequest, opened: OpenSheet, on: dt.date) -> list[AskedPaper]:
    """Those that go with what the sheet says: without a PAI or a treatment, none is waited for."""
    papers, wanted = papers_of(request.user, opened.child, on), {Item.VACCINES}
    wanted |= {one.item for one in opened.items if (one.value or {}).get("has")}
    asked = {one.item for one in opened.items}
    return [paper for item, paper in papers.items() if item in asked and (item in wanted or paper.is_given)]


def slug_of(item: Item) -> str:
    """The word of an item in addresses; "" for vaccines, which have pages of their own."""
    return PAGES[item].slug if item in PAGES else ""


def _may_fill(request: FamilyRequest, child: Participant) -> bool:
    fillable = sheets_visible_to(request.user, on=local_day(timezone.now()), level=AccessLevel.ACT)
    return fillable.filter(pk=child.pk).exists()


@sheet_page(AccessLevel.ACT)
@require_POST
def confirming(request: FamilyRequest, child: Participant) -> HttpResponse:
    """« Rien n’a changé », under all that is confirmed."""
    now = timezone.now()
    today = local_day(now)
    year = year_on(today)
    if year is None:
        raise Http404
    if not sheet_of(child, year=year, on=today).state.is_complete:
        messages.warning(request, "Complétez d’abord ce qui manque\u00a0: vous confirmerez la fiche ensuite.")
        return redirect("health:sheet", who=child.code)
    adult = get_object_or_404(Adult, user=request.user)
    actions.confirm(child=child, year=year, adult=adult, by=request.user, now=now)
    messages.success(request, f"La fiche de {child.first_name} est confirmée pour {year}.")
    return redirect("health:sheet", who=child.code)


@sheet_page(AccessLevel.ACT)
@require_http_methods(GET_OR_POST)
def item(request: FamilyRequest, child: Participant, subject: str) -> HttpResponse:
    """The short form of an item."""
    chosen = next((one for one, page in PAGES.items() if page.slug == subject), None)
    today = local_day(timezone.now())
    opened = sheet_of(child, year=year_on(today), on=today)
    places = [one.item for one in opened.items]
    if chosen is None or chosen not in places:
        raise Http404
    asked = opened.items[places.index(chosen)]
    form, has_moved = _form_of(request, opened, asked), False
    if request.method == "POST" and "ajouter" not in request.POST and form.is_valid():
        try:
            _fill(request, child, chosen, form)
        except actions.SheetMoved:
            form = PAGES[chosen].form(_seen_now(request, {"seen": _version(asked)}))
            form.add_error(None, MOVED)
            has_moved = True
        else:
            messages.success(request, f"{chosen.label}\u00a0: c’est enregistré.")
            return redirect("health:sheet", who=child.code)
    context = {
        "child": child,
        "asked": asked,
        "page": PAGES[chosen],
        "form": form,
        "has_moved": has_moved,
        "place": places.index(chosen) + 1,
        "count": len(places),
        "is_rows": isinstance(form, forms.RowsForm),
        "is_pai": chosen == Item.PAI,
        "paper": papers_of(request.user, child, today).get(chosen),
        "has_prescription": "prescription" in form.fields,
    }
    return render(request, "health/family/item.html", context)


def _seen_now(request: FamilyRequest, versions: Mapping[str, str]) -> QueryDict:
    """What was sent, by somebody who now reads these versions."""
    sent = request.POST.copy()
    for name, version in versions.items():
        sent[name] = version
    return sent


def _version(asked: OpenItem) -> str:
    return asked.filled_at.isoformat() if asked.filled_at else ""


def _form_of(request: FamilyRequest, opened: OpenSheet, asked: OpenItem) -> forms.ItemForm:
    """Empty, with what is known, or with what was sent; one more row when that is what was asked."""
    make = PAGES[asked.item].form
    if request.method != "POST":
        return make(initial=_initial(opened, asked), **_rows_of(asked))
    if "ajouter" not in request.POST:
        return make(request.POST)
    count = request.POST.get("rows", "")
    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return make(initial=typed, count=int(count) + 1 if count.isascii() and count.isdigit() and len(count) < 3 else 2)


def _rows_of(asked: OpenItem) -> dict[str, int]:
    value = asked.value or {}
    return {"count": len(value["list"])} if value.get("list") else {}


def _initial(opened: OpenSheet, asked: OpenItem) -> dict[str, Any]:
    """What the sheet knows, as the fields of the form take it."""
    value = dict(asked.value or {})
    initial: dict[str, Any] = {"seen": _version(asked)}
    for number, row in enumerate(value.pop("list", [])):
        initial |= {f"{name}_{number}": text for name, text in row.items()}
    if "has" in value:
        initial["has"] = forms.YES if value.pop("has") else forms.NO
    return initial | value


def _fill(request: FamilyRequest, child: Participant, chosen: Item, form: forms.ItemForm) -> None:
    note: dict[str, Any] = {"seen": form.cleaned_data["seen"], "by": request.user, "now": timezone.now()}
    if isinstance(form, forms.PaiForm):
        starts_on, ends_on = form.days
        text = form.cleaned_data["text"]
        actions.fill_pai(child=child, starts_on=starts_on, ends_on=ends_on, text=text, **note)
    else:
        actions.fill(child=child, item=chosen, value=form.value, **note)


# Vaccines


@sheet_page(AccessLevel.ACT)
@require_safe
def vaccines(request: FamilyRequest, child: Participant) -> HttpResponse:
    """Each vaccine of the child's birth date: what is done, what is owed and since when."""
    today = local_day(timezone.now())
    opened = sheet_of(child, year=year_on(today), on=today)
    _need_vaccines(opened)
    courses = {one.vaccine: one for one in schemes_for(sheet_rules().schemes, child.born_on)}
    owed = [one for one in opened.vaccines if courses[one.vaccine].owed]
    context = {
        "child": child,
        "owed": owed,
        "advised": [one for one in opened.vaccines if one not in owed],
        "late": sum(1 for one in opened.vaccines if one.standing.is_late),
        "paper": papers_of(request.user, child, today).get(Item.VACCINES),
        "place": [one.item for one in opened.items].index(Item.VACCINES) + 1,
        "count": len(opened.items),
    }
    return render(request, "health/family/vaccines.html", context)


def _need_vaccines(opened: OpenSheet) -> None:
    if Item.VACCINES not in [one.item for one in opened.items]:
        raise Http404


@sheet_page(AccessLevel.ACT)
@require_http_methods(GET_OR_POST)
def vaccine(request: FamilyRequest, child: Participant, vaccine: str) -> HttpResponse:
    """The dates of one vaccine, and of those that the same shots covered."""
    now = timezone.now()
    today, rules = local_day(now), sheet_rules()
    scheme = scheme_of(rules, child, vaccine)
    opened = sheet_of(child, year=year_on(today), on=today)
    _need_vaccines(opened)
    if scheme is None:
        raise Http404
    courses = {one.vaccine for one in schemes_for(rules.schemes, child.born_on)}
    also = [one for one in TOGETHER.get(scheme.vaccine, ()) if one in courses]
    asked = next(one for one in opened.vaccines if one.vaccine == scheme.vaccine)
    given: dict[str, Any] = {"scheme": scheme, "also": also, "born_on": child.born_on, "today": today}
    moved: list[OpenVaccine] = []
    sent = request.POST if request.method == "POST" else None
    form = forms.VaccineForm(sent, initial=_dates(asked, opened, also), **given)
    if form.is_valid():
        note: dict[str, Any] = {"seen": form.seen, "by": request.user, "now": now}
        try:
            actions.fill_vaccine(child=child, vaccines=form.chosen, doses=form.told, **note)
        except actions.SheetMoved:
            opened = sheet_of(child, year=year_on(today), on=today)
            moved = [
                one for one in opened.vaccines if one.vaccine in form.chosen and one.version != form.seen[one.vaccine]
            ]
            form = forms.VaccineForm(_seen_now(request, _versions(opened, form.vaccines)), **given)
            form.add_error(None, MOVED)
        else:
            messages.success(request, f"{scheme.vaccine.label}\u00a0: c’est enregistré.")
            return redirect("health:vaccines", who=child.code)
    context = {"child": child, "asked": asked, "form": form, "moved": moved, "has_also": bool(also)}
    return render(request, "health/family/vaccine.html", context)


def _dates(asked: OpenVaccine, opened: OpenSheet, also: list[Any]) -> dict[str, Any]:
    """The dates known; the first time, those that have none yet are ticked too."""
    initial: dict[str, Any] = {}
    for place, dose in enumerate(asked.doses):
        initial |= {f"on_{place}": dose.on, f"state_{place}": dose.state}
    empty = {one.vaccine for one in opened.vaccines if not one.doses}
    initial["also"] = [one for one in also if one in empty] if not asked.doses else []
    return initial | _versions(opened, [asked.vaccine, *also])


def _versions(opened: OpenSheet, vaccines: Sequence[Vaccine]) -> dict[str, str]:
    return {forms.seen_of(one.vaccine): one.version for one in opened.vaccines if one.vaccine in vaccines}


# Who read


@sheet_page(AccessLevel.SEE)
@require_safe
def readings(request: FamilyRequest, child: Participant) -> HttpResponse:
    """Which agents opened the sheet, when and why; a town may keep that to itself."""
    if not sheet_rules().show_readings:
        raise Http404
    return render(request, "health/family/readings.html", {"child": child, "readings": readings_of(child)})
