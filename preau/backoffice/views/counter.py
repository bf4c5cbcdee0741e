"""« Au guichet »: an agent writes in a file for the family. Everything is noted in the agent's name."""

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability, Channel
from preau.accounts.models import User
from preau.backoffice.forms import (
    AddressForm,
    AdultForm,
    AllocataireForm,
    ChildForm,
    EnrolmentForm,
    NoteForm,
    QuotientForm,
)
from preau.backoffice.views.families import family_or_404
from preau.core.dates import local_day
from preau.demarches.coordinates import is_teenager
from preau.demarches.file_fields import INVOICES_BY_EMAIL
from preau.enrolments.actions import EnrolmentRefused
from preau.enrolments.choices import Refusal
from preau.enrolments.counter import ReasonWanted, enrol_at_counter, offered_at_counter
from preau.enrolments.models import Enrolment
from preau.families.actions import change_allocataire, choose_invoices_by_email, move_household
from preau.families.changing import (
    ADULT_FIELDS,
    CHILD_FIELDS,
    change_adult,
    change_child,
    write_note,
)
from preau.families.models import Address, Family, FileNote, Participant
from preau.pricing.choices import QuotientSource
from preau.pricing.quotients import give_quotient, quotient_on
from preau.town.context import town_of
from preau.town.queries import file_fields

NOTHING = "Rien n’a changé."


class How(TypedDict):
    """What every action of the counter is told."""

    channel: Channel
    by: User
    now: dt.datetime


def how(request: StaffRequest) -> How:
    """By whom, when, and that it was at the counter."""
    return {"channel": Channel.COUNTER, "by": request.user, "now": timezone.now()}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form of the counter: what the page says around it."""

    title: str
    button: str
    intro: str = ""


def open_file_or_404(request: StaffRequest, family_code: str) -> Family:
    """The file in which this agent may write; an archived one is closed to all."""
    family = family_or_404(request, family_code, Capability.EDIT_FAMILIES)
    return get_object_or_404(Family, pk=family.pk, archived_at__isnull=True)


def show(request: StaffRequest, family: Family, sheet: Sheet, form: BaseForm) -> HttpResponse:
    return render(request, "backoffice/families/counter.html", {"family": family, "sheet": sheet, "form": form})


def done(request: StaffRequest, family: Family, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("backoffice:family", family.code)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def adult(request: StaffRequest, family_code: str, adult_code: str) -> HttpResponse:
    """Name, birth, phones and address of an adult of the file."""
    family = open_file_or_404(request, family_code)
    person = get_object_or_404(family.adults, code=adult_code)
    initial = {name: getattr(person, name) for name in (*ADULT_FIELDS, "invoices_by_email")}
    has_invoices = town_of(request).has_section("facturation") and file_fields()[INVOICES_BY_EMAIL.code].is_shown
    sent = request.POST if request.method == "POST" else None
    form = AdultForm(sent, initial=initial, has_invoices=has_invoices)
    if form.is_valid():
        changed = bool(change_adult(adult=person, values=form.cleaned_data, **how(request)))
        if has_invoices:
            wanted = form.cleaned_data["invoices_by_email"]
            changed = choose_invoices_by_email(adult=person, wanted=wanted, **how(request)) or changed
        return done(request, family, f"Les coordonnées de {person} sont à jour." if changed else NOTHING)
    return show(request, family, Sheet(f"Coordonnées de {person}", "Enregistrer pour la famille"), form)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def child(request: StaffRequest, family_code: str, child_code: str) -> HttpResponse:
    """Who a child of the file is."""
    family = open_file_or_404(request, family_code)
    person = child_or_404(family, child_code)
    initial = {name: getattr(person, name) for name in CHILD_FIELDS}
    sent = request.POST if request.method == "POST" else None
    form = ChildForm(sent, initial=initial, is_teenager=is_teenager(person, on=local_day(timezone.now())))
    if form.is_valid():
        changed = change_child(participant=person, family=family, values=form.cleaned_data, **how(request))
        return done(request, family, f"L’identité de {person.first_name} est à jour." if changed else NOTHING)
    intro = "Si l’enfant a deux foyers, les deux liront ce changement."
    return show(request, family, Sheet(f"Identité de {person}", "Enregistrer pour la famille", intro), form)


def child_or_404(family: Family, code: str) -> Participant:
    return get_object_or_404(Participant, homes__family=family, code=code)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: StaffRequest, family_code: str) -> HttpResponse:
    """Where the household lives, from a day on."""
    family = open_file_or_404(request, family_code)
    today, town = local_day(timezone.now()), town_of(request)
    held = Address.objects.filter(family=family, starts_on__lte=today).order_by("-starts_on").first()
    initial: dict[str, object] = {"starts_on": today}
    if held is not None:
        fields = {name: getattr(held, name) for name in ("lines", "postcode", "city")}
        initial |= fields | {"is_resident": held.insee_code == town.insee_code}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        code = town.insee_code if given["is_resident"] else ""
        to = {name: given[name] for name in ("starts_on", "lines", "postcode", "city")}
        moved = move_household(family=family, **to, insee_code=code, **how(request))
        return done(request, family, "La nouvelle adresse est enregistrée." if moved else NOTHING)
    intro = "L’ancienne adresse reste dans le dossier pour les jours d’avant."
    return show(request, family, Sheet("Adresse du foyer", "Enregistrer pour la famille", intro), form)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def allocataire(request: StaffRequest, family_code: str) -> HttpResponse:
    """The number of the household at the CAF or the MSA."""
    family = open_file_or_404(request, family_code)
    form = AllocataireForm(
        request.POST if request.method == "POST" else None, initial={"allocataire": family.allocataire}
    )
    if form.is_valid():
        changed = change_allocataire(family=family, number=form.cleaned_data["allocataire"], **how(request))
        return done(request, family, "Le numéro d’allocataire est enregistré." if changed else NOTHING)
    return show(request, family, Sheet("Numéro d’allocataire", "Enregistrer pour la famille"), form)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def quotient(request: StaffRequest, family_code: str) -> HttpResponse:
    """The quotient that the family has shown, or its refusal."""
    family = open_file_or_404(request, family_code)
    today = local_day(timezone.now())
    held = quotient_on(family, today)
    initial = {"is_known": "oui", "starts_on": today.replace(day=1), "source": QuotientSource.CERTIFICATE}
    form = QuotientForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        give_quotient(
            family=family,
            starts_on=given["starts_on"],
            value_cents=form.cents,
            source=QuotientSource(given["source"]),
            proof=given["proof"],
            **how(request),
        )
        return done(request, family, "Le quotient est enregistré. Les factures déjà émises ne changent pas.")
    intro = "Aucun quotient n’est connu\u00a0: le tarif le plus haut s’applique." if held is None else ""
    return show(request, family, Sheet("Quotient du foyer", "Enregistrer le quotient", intro), form)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: StaffRequest, family_code: str) -> HttpResponse:
    """What agents tell each other of the file."""
    family = open_file_or_404(request, family_code)
    held = FileNote.objects.filter(family=family).order_by("-at", "-pk").first()
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"text": held.text if held else ""})
    if form.is_valid():
        write_note(family=family, text=form.cleaned_data["text"].strip(), by=request.user, now=timezone.now())
        return done(request, family, "La note est enregistrée.")
    return show(request, family, Sheet("Note interne", "Enregistrer la note"), form)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: StaffRequest, family_code: str, child_code: str) -> HttpResponse:
    """Enrol someone of the file; beyond the rules, with a reason."""
    family = open_file_or_404(request, family_code)
    person, today = child_or_404(family, child_code), local_day(timezone.now())
    form = EnrolmentForm(
        request.POST if request.method == "POST" else None,
        activities=offered_at_counter(person, on=today),
        initial={"starts_on": today},
    )
    if form.is_valid() and (made := _enrol(request, family, person, form)):
        return done(request, family, f"{person.first_name}\u00a0: inscription enregistrée, {made.activity}.")
    intro = "Mêmes règles que la famille, et ce qui ne s’inscrit pas en ligne. Un dépassement demande une raison."
    return show(request, family, Sheet(f"Inscrire {person.first_name}", "Inscrire pour la famille", intro), form)


def _enrol(request: StaffRequest, family: Family, person: Participant, form: EnrolmentForm) -> Enrolment | None:
    """The enrolment made, or None once the form says why there is none."""
    given = form.cleaned_data
    try:
        return enrol_at_counter(
            participant=person,
            activity=form.activities[given["activity"]],
            starts_on=given["starts_on"],
            household=family,
            reason=given["reason"].strip(),
            by=request.user,
            now=timezone.now(),
        )
    except ReasonWanted as wanted:
        form.add_error("reason", f"{wanted.rule.label} Écrivez pourquoi l’inscrire tout de même")
    except EnrolmentRefused as refused:
        about_the_day = refused.reason in (Refusal.TOO_EARLY, Refusal.TOO_LATE)
        form.add_error("starts_on" if about_the_day else "activity", str(refused.reason.label))
    return None
