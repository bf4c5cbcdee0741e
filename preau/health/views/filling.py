"""Filling in a sheet, the same for a parent and for an agent at the counter: a short page for each item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from preau.accounts.audience import FamilyRequest, StaffRequest
from preau.accounts.choices import Channel
from preau.core.dates import local_day
from preau.families.models import Adult, Participant
from preau.health import actions, forms
from preau.health.around import papers_of
from preau.health.choices import Item, Vaccine
from preau.health.queries.sheets import OpenItem, OpenSheet, OpenVaccine, scheme_of, sheet_of
from preau.health.queries.states import sheet_rules
from preau.health.rules.vaccines import TOGETHER, schemes_for
from preau.town.queries import year_on

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
MOVED = "Cette page a changé depuis que vous l’avez ouverte. Lisez ce que dit la fiche maintenant, puis recommencez."


@dataclass(frozen=True, slots=True)
class Side:
    """From where a sheet is filled in. `pages` begins the names of its addresses, `args` their values; `adult` is the
    one for whom an agent writes, at the counter, None for a parent's own pages."""

    request: FamilyRequest | StaffRequest
    child: Participant
    layout: str
    pages: str
    args: tuple[str, ...]
    trail: tuple[tuple[str, str], ...]
    adult: Adult | None = None

    def url(self, page: str, *more: str) -> str:
        return reverse(f"{self.pages}{page}", args=[*self.args, *more])

    @property
    def sheet(self) -> str:
        return self.url("sheet")

    @property
    def vaccines(self) -> str:
        return self.url("vaccines")

    @property
    def confirm(self) -> str:
        return self.url("confirm")

    def opened(self) -> OpenSheet:
        today = local_day(timezone.now())
        return sheet_of(self.child, year=year_on(today), on=today)

    def paper(self, item: Item) -> Any:
        """At the counter papers are handed in on a page of their own."""
        if self.adult is not None:
            return None
        return papers_of(self.request.user, self.child, local_day(timezone.now())).get(item)

    def note(self, seen: Any) -> dict[str, Any]:
        """What an action is told besides the answer."""
        return {"seen": seen, "counter": self.adult, "by": self.request.user, "now": timezone.now()}


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
    url: str


def rows_of(side: Side, opened: OpenSheet) -> list[Row]:
    return [Row(one, ICONS[one.item], _page_of(side, one.item)) for one in opened.items]


def _page_of(side: Side, item: Item) -> str:
    return side.url("item", PAGES[item].slug) if item in PAGES else side.vaccines


def confirming(side: Side, adult: Adult) -> HttpResponse:
    """« Rien n’a changé », under all that is confirmed."""
    now, opened = timezone.now(), side.opened()
    year = year_on(local_day(now))
    if year is None:
        raise Http404
    if not opened.state.is_complete:
        messages.warning(side.request, "Complétez d’abord ce qui manque\u00a0: vous confirmerez la fiche ensuite.")
        return redirect(side.sheet)
    channel = Channel.COUNTER if side.adult else Channel.ONLINE
    actions.confirm(child=side.child, year=year, adult=adult, channel=channel, by=side.request.user, now=now)
    messages.success(side.request, f"La fiche de {side.child.first_name} est confirmée pour {year}.")
    return redirect(side.sheet)


def item(side: Side, subject: str) -> HttpResponse:
    """The short form of an item."""
    request, opened = side.request, side.opened()
    chosen = next((one for one, page in PAGES.items() if page.slug == subject), None)
    places = [one.item for one in opened.items]
    if chosen is None or chosen not in places:
        raise Http404
    asked = opened.items[places.index(chosen)]
    form, has_moved = _form_of(request, asked), False
    if request.method == "POST" and "ajouter" not in request.POST and form.is_valid():
        try:
            _fill(side, chosen, form)
        except actions.SheetMoved:
            asked = side.opened().items[places.index(chosen)]
            form = PAGES[chosen].form(_seen_now(request, {"seen": _version(asked)}))
            form.add_error(None, MOVED)
            has_moved = True
        else:
            messages.success(request, f"{chosen.label}\u00a0: c’est enregistré.")
            return redirect(side.sheet)
    context = {
        "side": side,
        "child": side.child,
        "asked": asked,
        "page": PAGES[chosen],
        "form": form,
        "has_moved": has_moved,
        "place": places.index(chosen) + 1,
        "count": len(places),
        "is_rows": isinstance(form, forms.RowsForm),
        "is_pai": chosen == Item.PAI,
        "paper": side.paper(chosen),
        "has_prescription": "prescription" in form.fields,
    }
    return render(request, "health/item.html", context)


def _seen_now(request: FamilyRequest | StaffRequest, versions: Mapping[str, str]) -> QueryDict:
    """What was sent, by somebody who now reads these versions."""
    sent = request.POST.copy()
    for name, version in versions.items():
        sent[name] = version
    return sent


def _version(asked: OpenItem) -> str:
    return asked.filled_at.isoformat() if asked.filled_at else ""


def _form_of(request: FamilyRequest | StaffRequest, asked: OpenItem) -> forms.ItemForm:
    """Empty, with what is known, or with what was sent; one more row when that is what was asked."""
    make = PAGES[asked.item].form
    if request.method != "POST":
        return make(initial=_initial(asked), **_rows_of(asked))
    if "ajouter" not in request.POST:
        return make(request.POST)
    count = request.POST.get("rows", "")
    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return make(initial=typed, count=int(count) + 1 if count.isascii() and count.isdigit() and len(count) < 3 else 2)


def _rows_of(asked: OpenItem) -> dict[str, int]:
    value = asked.value or {}
    return {"count": len(value["list"])} if value.get("list") else {}


def _initial(asked: OpenItem) -> dict[str, Any]:
    """What the sheet knows, as the fields of the form take it."""
    value = dict(asked.value or {})
    initial: dict[str, Any] = {"seen": _version(asked)}
    for number, row in enumerate(value.pop("list", [])):
        initial |= {f"{name}_{number}": text for name, text in row.items()}
    if "has" in value:
        initial["has"] = forms.YES if value.pop("has") else forms.NO
    return initial | value


def _fill(side: Side, chosen: Item, form: forms.ItemForm) -> None:
    note = side.note(form.cleaned_data["seen"])
    if isinstance(form, forms.PaiForm):
        starts_on, ends_on = form.days
        text = form.cleaned_data["text"]
        actions.fill_pai(child=side.child, starts_on=starts_on, ends_on=ends_on, text=text, **note)
    else:
        actions.fill(child=side.child, item=chosen, value=form.value, **note)


# Vaccines


@dataclass(frozen=True, slots=True)
class VaccineRow:
    """A vaccine in the list, with its page."""

    vaccine: OpenVaccine
    url: str


def vaccines(side: Side) -> HttpResponse:
    """Each vaccine of the child's birth date: what is done, what is owed and since when."""
    opened = side.opened()
    _need_vaccines(opened)
    courses = {one.vaccine: one for one in schemes_for(sheet_rules().schemes, side.child.born_on)}
    rows = [VaccineRow(one, side.url("vaccine", str(one.vaccine.value))) for one in opened.vaccines]
    owed = [row for row in rows if courses[row.vaccine.vaccine].owed]
    context = {
        "side": side,
        "child": side.child,
        "owed": owed,
        "advised": [row for row in rows if row not in owed],
        "late": sum(1 for one in opened.vaccines if one.standing.is_late),
        "paper": side.paper(Item.VACCINES),
        "place": [one.item for one in opened.items].index(Item.VACCINES) + 1,
        "count": len(opened.items),
    }
    return render(side.request, "health/vaccines.html", context)


def _need_vaccines(opened: OpenSheet) -> None:
    if Item.VACCINES not in [one.item for one in opened.items]:
        raise Http404


def vaccine(side: Side, name: str) -> HttpResponse:
    """The dates of one vaccine, and of those that the same shots covered."""
    request, child, rules, opened = side.request, side.child, sheet_rules(), side.opened()
    scheme = scheme_of(rules, child, name)
    _need_vaccines(opened)
    if scheme is None:
        raise Http404
    courses = {one.vaccine for one in schemes_for(rules.schemes, child.born_on)}
    also = [one for one in TOGETHER.get(scheme.vaccine, ()) if one in courses]
    asked = next(one for one in opened.vaccines if one.vaccine == scheme.vaccine)
    today = local_day(timezone.now())
    given: dict[str, Any] = {"scheme": scheme, "also": also, "born_on": child.born_on, "today": today}
    moved: list[OpenVaccine] = []
    sent = request.POST if request.method == "POST" else None
    form = forms.VaccineForm(sent, initial=_dates(asked, opened, also), **given)
    if form.is_valid():
        note = side.note(form.seen)
        try:
            actions.fill_vaccine(child=child, vaccines=form.chosen, doses=form.told, **note)
        except actions.SheetMoved:
            opened = side.opened()
            moved = _moved(opened, form)
            form = forms.VaccineForm(_seen_now(request, _versions(opened, form.vaccines)), **given)
            form.add_error(None, MOVED)
        else:
            messages.success(request, f"{scheme.vaccine.label}\u00a0: c’est enregistré.")
            return redirect(side.vaccines)
    context = {"side": side, "child": child, "asked": asked, "form": form, "moved": moved, "has_also": bool(also)}
    return render(request, "health/vaccine.html", context)


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


def _moved(opened: OpenSheet, form: forms.VaccineForm) -> list[OpenVaccine]:
    """Those whose dates the form would have replaced unread."""
    told = [one for one in opened.vaccines if one.vaccine in form.chosen]
    return [one for one in told if one.version != form.seen[one.vaccine]]
