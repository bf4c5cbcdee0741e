"""« Mes coordonnées » and what the file says of a child: read, changed at once, or asked of an agent."""

import datetime as dt
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.core.dates import local_day
from preau.core.templatetags.ui import de
from preau.demarches.actions import ChangeRefused, ask_change
from preau.demarches.contact_forms import AddressForm, AllocataireForm, ChildForm, FileForm, PhonesForm
from preau.demarches.coordinates import FieldRow, address_to_come, child_rows, rows_of
from preau.demarches.file_fields import ADDRESS, ALLOCATAIRE, INVOICES_BY_EMAIL, Target, Value, was_resident
from preau.families.actions import choose_invoices_by_email
from preau.families.changing import PreferredUnknown
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Participant
from preau.families.permissions import participants_visible_to
from preau.town.context import town_of
from preau.town.queries import file_fields

GET_OR_POST = ["GET", "HEAD", "POST"]
NO_NUMBER_LEFT = "La mairie vous joint par ce numéro\u00a0: écrivez-en un, ou appelez-la pour être joint autrement."


@family_page
@require_safe
def contact(request: FamilyRequest) -> HttpResponse:
    """All that the file knows to reach this person and their household."""
    adult, today = _adult(request), local_day(timezone.now())
    household = rows_of(adult.family, request.user, on=today)
    mine = rows_of(adult, request.user, on=today)
    context = {
        "adult": adult,
        "address": household.get(ADDRESS),
        "to_come": address_to_come(adult.family, on=today) if ADDRESS in household else None,
        "allocataire": household.get(ALLOCATAIRE),
        "phones": list(mine.values()),
        "shows_invoices": _shows_invoices(request),
    }
    return render(request, "demarches/family/contact.html", context)


@family_page
@require_http_methods(GET_OR_POST)
def changing_address(request: FamilyRequest) -> HttpResponse:
    adult, today = _adult(request), local_day(timezone.now())
    row = _row(rows_of(adult.family, request.user, on=today), ADDRESS)
    form = AddressForm(
        request.POST if request.method == "POST" else None,
        row=row,
        today=today,
        was_resident=was_resident(adult.family, today),
    )
    if form.is_valid():
        wanted: dict[str, Value] = {ADDRESS: form.address}
        refusal = _change(request, adult.family, wanted, starts_on=form.cleaned_data["starts_on"])
        if not refusal:
            return redirect("demarches:contact")
        form.add_error(None, refusal)
    return render(request, "demarches/family/contact_address.html", {"form": form, "row": row})


@family_page
@require_http_methods(GET_OR_POST)
def changing_phones(request: FamilyRequest) -> HttpResponse:
    adult, today = _adult(request), local_day(timezone.now())
    rows = rows_of(adult, request.user, on=today)
    return _changing(
        request, PhonesForm, adult, rows, title="Modifier mes téléphones", back=reverse("demarches:contact")
    )


@family_page
@require_http_methods(GET_OR_POST)
def changing_allocataire(request: FamilyRequest) -> HttpResponse:
    adult, today = _adult(request), local_day(timezone.now())
    rows = rows_of(adult.family, request.user, on=today)
    _row(rows, ALLOCATAIRE)
    title = "Modifier le numéro d’allocataire"
    return _changing(request, AllocataireForm, adult.family, rows, title=title, back=reverse("demarches:contact"))


@family_page
@require_POST
def choosing_invoices(request: FamilyRequest) -> HttpResponse:
    """« Adhérer à la réception des factures par mail », or no longer."""
    if not _shows_invoices(request):
        raise Http404
    wanted = request.POST.get("wanted") == "on"
    choose_invoices_by_email(adult=_adult(request), wanted=wanted, by=request.user, now=timezone.now())
    how = "arriveront par e-mail" if wanted else "resteront sur le portail"
    messages.success(request, f"Vos factures {how}.")
    return redirect("demarches:contact")


@family_page
@require_http_methods(GET_OR_POST)
def changing_child(request: FamilyRequest, who: str) -> HttpResponse:
    """What the file says of a child: for those who may act on it."""
    today = local_day(timezone.now())
    acted_on = participants_visible_to(request.user, Subject.IDENTITY, on=today, level=AccessLevel.ACT)
    child = get_object_or_404(acted_on.filter(adult__isnull=True), code=who)
    rows = child_rows(child, request.user, on=today)
    title = f"Modifier les informations {de(child.first_name)}"
    return _changing(request, ChildForm, child, rows, title=title, back=reverse("portal:child", args=[child.code]))


def _changing(
    request: FamilyRequest,
    form_class: type[FileForm],
    target: Target,
    rows: dict[str, FieldRow],
    *,
    title: str,
    back: str,
) -> HttpResponse:
    """A form on several fields, some changed at once and some asked of an agent."""
    form = form_class(request.POST if request.method == "POST" else None, rows=rows)
    if form.is_valid():
        refusal = _change(request, target, form.wanted)
        if not refusal:
            return redirect(back)
        form.add_error(None, refusal)
    asked = [row for row in rows.values() if row.asked]
    checked = [row.label for row in rows.values() if row.is_checked]
    context = {
        "form": form,
        "title": title,
        "asked": asked,
        "checked": checked,
        "back": back,
        "child": target if isinstance(target, Participant) else None,
    }
    return render(request, "demarches/family/contact_form.html", context)


def _change(
    request: FamilyRequest, target: Target, wanted: Mapping[str, Value], *, starts_on: dt.date | None = None
) -> str:
    """Change the file or ask for it, and say which; why nothing was written, if so."""
    try:
        told = ask_change(target=target, wanted=wanted, starts_on=starts_on, by=request.user, now=timezone.now())
    except ChangeRefused as refused:
        labels = ", ".join(refused.labels)
        return (
            f"Une autre demande est déjà en cours pour ce champ ({labels}). Attendez la réponse, ou appelez la mairie."
        )
    except PreferredUnknown:
        return NO_NUMBER_LEFT
    if told.asked is not None:
        also = " Le reste est déjà enregistré." if told.is_changed else ""
        messages.success(request, f"Un agent va vérifier votre demande. D’ici là, rien ne change.{also}")
    elif told.is_changed:
        messages.success(request, "C’est enregistré.")
    else:
        messages.info(request, "Rien n’a changé.")
    return ""


def _adult(request: FamilyRequest) -> Adult:
    return get_object_or_404(Adult.objects.select_related("family"), user=request.user, family__archived_at=None)


def _row(rows: Mapping[str, FieldRow], code: str) -> FieldRow:
    """A field that the town shows; else no such page."""
    if code not in rows:
        raise Http404
    return rows[code]


def _shows_invoices(request: FamilyRequest) -> bool:
    return town_of(request).has_section("facturation") and file_fields()[INVOICES_BY_EMAIL.code].is_shown
