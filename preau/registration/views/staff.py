"""« Comptes des familles »: who has an account, who is invited, letters with codes."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, fresh
from preau.core.dates import local_day
from preau.families.actions import NumberTaken, protect, set_number
from preau.families.models import Adult, Family
from preau.families.permissions import opens_file
from preau.registration.actions.inviting import NotAsked, close_invitation, invite, invite_at
from preau.registration.actions.protecting import protect_file
from preau.registration.choices import NotInvited
from preau.registration.desk_forms import MOST_AT_ONCE, AddressForm, FindForm, NumberForm, codes_chosen
from preau.registration.permissions import adults_in_scope, sees_every_file
from preau.registration.printing import print_letters
from preau.registration.queries.accounts import adults_found, adults_waiting, by_file, rows_of
from preau.town.choices import Proof, WayIn
from preau.town.context import town_of

PER_PAGE = 50
NOBODY = "Cochez au moins un adulte."
TOO_MANY = f"Choisissez {MOST_AT_ONCE} adultes au plus à la fois."
NO_LETTER = "Aucune lettre à imprimer\u00a0: ces adultes ont déjà un compte."
REASONS = {
    NotInvited.HAS_ACCOUNT: ("a déjà un compte", "ont déjà un compte"),
    NotInvited.ALREADY_INVITED: ("est déjà invité", "sont déjà invités"),
    NotInvited.NO_EMAIL: ("n’a pas d’adresse e-mail", "n’ont pas d’adresse e-mail"),
    NotInvited.EMAIL_TAKEN: ("a l’adresse d’un compte qui existe", "ont l’adresse d’un compte qui existe"),
    NotInvited.SHARED_EMAIL: (
        "partage son adresse avec un autre adulte",
        "partagent leur adresse avec un autre adulte",
    ),
    NotInvited.FILE_IS_CLOSED: ("est dans un dossier fermé", "sont dans un dossier fermé"),
    NotInvited.FILE_IS_PROTECTED: ("est dans un dossier protégé", "sont dans un dossier protégé"),
}
ONE_BY_ONE = {
    NotInvited.HAS_ACCOUNT: "Cet adulte a déjà un compte",
    NotInvited.EMAIL_TAKEN: "Cette adresse est celle d’un compte qui existe déjà. Demandez-en une autre",
    NotInvited.SHARED_EMAIL: "Un autre adulte est déjà invité à cette adresse. Demandez-en une autre",
    NotInvited.FILE_IS_PROTECTED: "Ce dossier est protégé\u00a0: aucun compte ne s’y relie en ligne",
}
NUMBER_TAKEN = "Ce numéro est celui d’un autre dossier pour ce service"


@staff_page(Capability.INVITE_FAMILIES)
@require_safe
def accounts(request: StaffRequest) -> HttpResponse:
    """The adults by file, found by words and state; some are ticked, then invited or written to."""
    now = timezone.now()
    scope, form = _scope(request), FindForm(request.GET)
    form.is_valid()
    waiting = adults_waiting()
    found = adults_found(scope, words=form.words, state=form.state, now=now, waiting=waiting)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "files": by_file(rows_of(list(page.object_list), now=now, waiting=waiting)),
        "takes_over": sees_every_file(request.user, local_day(now)),
        **_offers(request),
    }
    return render(request, "registration/staff/accounts.html", context)


def _scope(request: StaffRequest) -> QuerySet[Adult]:
    return adults_in_scope(request.user, local_day(timezone.now()))


def _offers(request: StaffRequest) -> dict[str, bool]:
    """What the town lets agents do: invite by mail, print letters with codes."""
    town = town_of(request)
    return {"invites": WayIn.INVITED in town.ways, "prints": Proof.CODE in town.proofs}


def _chosen(request: StaffRequest, now: dt.datetime) -> list[int] | None:
    """The keys of the adults ticked, or of all that the words and the state find; None, said, when it cannot be."""
    scope = _scope(request)
    if request.POST.get("all"):
        form = FindForm(request.POST)
        form.is_valid()
        found = adults_found(scope, words=form.words, state=form.state, now=now, waiting=adults_waiting())
    else:
        found = scope.filter(code__in=codes_chosen(request.POST.getlist("adult")))
    keys = list(found.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not keys or len(keys) > MOST_AT_ONCE:
        messages.error(request, TOO_MANY if keys else NOBODY)
        return None
    return keys


@staff_page(Capability.INVITE_FAMILIES)
@require_POST
def invite_many(request: StaffRequest) -> HttpResponse:
    if not _offers(request)["invites"]:
        raise Http404
    now = timezone.now()
    if keys := _chosen(request, now):
        result = invite(adults=keys, by=request.user, now=now)
        _say_invited(request, len(result.done), [reason for _, reason in result.refused])
    return _back(request)


def _say_invited(request: StaffRequest, done: int, refused: Sequence[NotInvited]) -> None:
    if done:
        messages.success(request, "Une invitation est partie." if done == 1 else f"{done} invitations sont parties.")
    for reason, (one, many) in REASONS.items():
        if count := refused.count(reason):
            messages.warning(request, f"Un adulte {one}." if count == 1 else f"{count} adultes {many}.")


@staff_page(Capability.INVITE_FAMILIES)
@require_POST
@fresh(minutes=EXPORT_MINUTES)
def letters(request: StaffRequest) -> HttpResponse:
    """The letters of those ticked, as one PDF. Their codes are on these pages alone, and open files."""
    if not _offers(request)["prints"]:
        raise Http404
    now = timezone.now()
    keys = _chosen(request, now)
    if not keys:
        return _back(request)
    pdf = print_letters(adults=keys, by=request.user, now=now)
    if pdf is None:
        messages.error(request, NO_LETTER)
        return _back(request)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="lettres-{local_day(now)}.pdf"'
    return response


def _back(request: StaffRequest) -> HttpResponse:
    """To the page from which the button was pressed: the file's, or the list as it was."""
    if adult := _scope(request).filter(family__code=request.POST.get("family", "")).select_related("family").first():
        return redirect("registration:file_accounts", adult.family.code)
    form = FindForm(request.POST)
    form.is_valid()
    query = urlencode({name: value for name, value in (("q", form.words), ("etat", form.state)) if value})
    return redirect(f"{reverse('registration:accounts')}?{query}" if query else "registration:accounts")


@staff_page(Capability.INVITE_FAMILIES)
@require_safe
def file_accounts(request: StaffRequest, family_code: str) -> HttpResponse:
    return _show_file(request, family_code)


def _show_file(
    request: StaffRequest,
    family_code: str,
    *,
    faulty: tuple[int, AddressForm] | None = None,
    number: NumberForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    adults = list(_scope(request).filter(family__code=family_code).select_related("family", "user").order_by("pk"))
    if not adults:
        raise Http404
    rows = rows_of(adults, now=now, waiting=adults_waiting())
    forms = [
        faulty[1]
        if faulty and faulty[0] == row.adult.pk
        else AddressForm(
            initial={"email": row.invitation.email if row.invitation else row.adult.email},
            auto_id=f"{row.adult.code}-%s",
        )
        for row in rows
    ]
    family = adults[0].family
    context = {
        "opens": opens_file(request.user, family, on=local_day(now)),
        "family": family,
        "numbers": family.numbers.select_related("service").order_by("service__name"),
        "number_form": number or NumberForm(),
        "people": list(zip(rows, forms, strict=True)),
        "form": faulty[1] if faulty else number,
        **_offers(request),
    }
    return render(request, "registration/staff/file.html", context)


def _family_of(request: StaffRequest, family_code: str) -> Family:
    adult = _scope(request).filter(family__code=family_code).select_related("family").first()
    if adult is None:
        raise Http404
    return adult.family


@staff_page(Capability.INVITE_FAMILIES)
@require_POST
def number(request: StaffRequest, family_code: str) -> HttpResponse:
    """Give the file the number of a service that has its own, change it, or take it away."""
    family, form = _family_of(request, family_code), NumberForm(request.POST)
    if not form.is_valid():
        return _show_file(request, family_code, number=form)
    service, given = form.cleaned_data["service"], form.cleaned_data["number"]
    try:
        set_number(family=family, service=service, number=given, by=request.user, now=timezone.now())
    except NumberTaken:
        form.add_error("number", NUMBER_TAKEN)
        return _show_file(request, family_code, number=form)
    done = f"Le numéro de ce dossier pour {service} est {given}." if given else f"Le numéro pour {service} est retiré."
    messages.success(request, done)
    return redirect("registration:file_accounts", family_code)


@staff_page(Capability.INVITE_FAMILIES)
@require_POST
def protection(request: StaffRequest, family_code: str) -> HttpResponse:
    """Protect the file, or stop."""
    family, now = _family_of(request, family_code), timezone.now()
    if request.POST.get("protege") == "oui":
        protect_file(family=family, by=request.user, now=now)
        messages.success(request, "Ce dossier est protégé\u00a0: seul un agent y relie un compte.")
    else:
        protect(family=family, is_protected=False, by=request.user, now=now)
        messages.success(request, "Ce dossier n’est plus protégé.")
    return redirect("registration:file_accounts", family_code)


@staff_page(Capability.INVITE_FAMILIES)
@require_POST
def invite_one(request: StaffRequest, adult_code: str) -> HttpResponse:
    """Invite an adult, or again, at an address that the agent may have just mended."""
    adult = get_object_or_404(_scope(request).select_related("family"), code=adult_code)
    if not _offers(request)["invites"]:
        raise Http404
    form = AddressForm(request.POST, auto_id=f"{adult.code}-%s")
    if form.is_valid():
        try:
            invite_at(adult=adult, email=form.cleaned_data["email"], by=request.user, now=timezone.now())
        except NotAsked as refused:
            form.add_error("email", ONE_BY_ONE.get(refused.reason, "Cet adulte ne peut pas être invité"))
        else:
            messages.success(request, f"L’invitation est partie à {form.cleaned_data['email']}.")
            return redirect("registration:file_accounts", adult.family.code)
    return _show_file(request, adult.family.code, faulty=(adult.pk, form))


@staff_page(Capability.INVITE_FAMILIES)
@require_POST
def revoke(request: StaffRequest, adult_code: str) -> HttpResponse:
    adult = get_object_or_404(_scope(request).select_related("family"), code=adult_code)
    if close_invitation(adult=adult, by=request.user, now=timezone.now()):
        messages.success(request, "L’invitation est annulée\u00a0: son lien ne marche plus.")
    return redirect("registration:file_accounts", adult.family.code)
