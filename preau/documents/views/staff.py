"""Reading a document, and answering it; adding one for a family that came to the counter."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.core.cleaning import FileRefused, draw
from preau.core.dates import local_day
from preau.core.templatetags.ui import echeance
from preau.demarches.actions import DemarcheRefused
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.demarches.queries import answer_texts, history_of
from preau.documents.actions import (
    DocumentRefused,
    Given,
    accept_document,
    add_at_counter,
    give_from_town,
    refuse_document,
    take_back_from_town,
)
from preau.documents.choices import DocumentState, Validity
from preau.documents.forms import CounterForm, ReviewForm, TownDocumentForm, day_fault
from preau.documents.models import SupportingDocument, TownDocument
from preau.documents.permissions import NEEDED, documents_in_review, families_served_by
from preau.documents.queries import Somebody, judgments_beside, kinds_in_use, proposed_for, to_read
from preau.documents.views.serving import bytes_of, name_of, sent
from preau.families.models import Address, Family, Participant
from preau.families.permissions import opens_file
from preau.journal.actions import record

GET_OR_POST = ["GET", "HEAD", "POST"]
STILL_OPEN = "Cette pièce a changé pendant que vous l’aviez ouverte. Relisez-la, puis répondez."
NO_REASON = "Dites à la famille ce qui ne va pas\u00a0: choisissez une raison ou écrivez un message"


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(GET_OR_POST)
def review(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """The document, and what the file says beside it."""
    document = _reviewed(request, demarche_code)
    if request.method != "POST":
        return _show(request, document, _form(document, version=document.demarche.version))
    if not document.demarche.is_open:
        messages.warning(request, moved_in_words(document.demarche, request.user))
        return redirect("documents:review", demarche_code)
    form, is_refusal = _form(document, data=request.POST), request.POST.get("action") == "refuser"
    if form.is_valid():
        if is_refusal and not form.reason:
            form.add_error("message", NO_REASON)
        until = form.cleaned_data.get("valid_until")
        if not is_refusal and (fault := day_fault(until, is_asked=document.kind.asks_day)):
            form.add_error("valid_until", fault)
    if form.is_valid() and _answered(request, document, form, is_refusal=is_refusal):
        return _next(request, document, is_refusal=is_refusal)
    return _show(request, document, form)


def _answered(request: StaffRequest, document: SupportingDocument, form: ReviewForm, *, is_refusal: bool) -> bool:
    given, now = form.cleaned_data, timezone.now()
    told: dict[str, Any] = {"by": request.user, "version": given["version"], "now": now}
    try:
        if is_refusal:
            refuse_document(document.demarche, reason=form.reason, **told)
        else:
            accept_document(document.demarche, valid_until=given.get("valid_until"), **told)
    except DemarcheRefused:
        document.demarche.refresh_from_db()
        form.add_error(
            None, STILL_OPEN if document.demarche.is_open else moved_in_words(document.demarche, request.user)
        )
        form.reread(document.demarche.version)
        return False
    return True


def moved_in_words(demarche: Demarche, reader: User) -> str:
    """Who answered before, and that nothing of what was just sent was kept."""
    when = echeance(demarche.answered_at)
    if demarche.answered_by is None:
        return f"La famille a retiré cette pièce {when}. Votre réponse n’a pas été enregistrée."
    who = "Vous avez" if demarche.answered_by == reader else f"{demarche.answered_by} a"
    return f"{who} déjà répondu à cette pièce ({demarche.get_state_display()}), {when}."


def _next(request: StaffRequest, document: SupportingDocument, *, is_refusal: bool) -> HttpResponse:
    """The next document to read, else the list."""
    asker = document.demarche.asked_by
    told = f" Un e-mail en prévient {asker}." if asker else ""
    messages.success(request, f"{document.kind}\u00a0: {'refusé' if is_refusal else 'accepté'}.{told}")
    left = to_read(request.user, local_day(timezone.now()))
    return redirect("documents:review", left[0]) if left else redirect("demarches:worklist")


def _form(document: SupportingDocument, *, data: Any = None, version: int = 0) -> ReviewForm:
    today, validity = local_day(timezone.now()), document.kind.validity
    initial = {"version": version, "valid_until": proposed_for(document.kind, today)}
    return ReviewForm(
        data,
        initial=initial,
        texts=answer_texts(DemarcheState.REFUSED),
        has_end=validity != Validity.FOREVER,
    )


def _show(request: StaffRequest, document: SupportingDocument, form: ReviewForm) -> HttpResponse:
    today = local_day(timezone.now())
    waiting = to_read(request.user, today)
    code = document.demarche.code
    place = waiting.index(code) if code in waiting else None
    context = {
        "document": document,
        "demarche": document.demarche,
        "form": form,
        "pages": range(1, document.file.pages + 1),
        "address": _address_of(document.demarche.family, today),
        "opens": opens_file(request.user, document.demarche.family, on=today),
        "events": history_of(document.demarche),
        "beside": judgments_beside(document, request.user, today) if document.demarche.is_open else (),
        "place": None if place is None else place + 1,
        "waiting": len(waiting),
        "next": None if place is None or place + 1 >= len(waiting) else waiting[place + 1],
    }
    return render(request, "documents/staff/review.html", context)


def _address_of(family: Family | None, on: dt.date) -> Address | None:
    return Address.objects.filter(family=family, starts_on__lte=on).order_by("-starts_on").first() if family else None


@staff_page(Capability.REVIEW_DOCUMENTS)
@require_safe
def page(request: StaffRequest, demarche_code: str, page_number: int) -> HttpResponse:
    """A page of the document, as a picture: nothing in it runs, and every browser shows it."""
    document = _reviewed(request, demarche_code)
    if not 1 <= page_number <= document.file.pages:
        raise Http404
    content = bytes_of(document.file, document.participant)
    _note_reading(request, document)
    if not document.file.is_pdf:
        return sent(content, "jpeg", f"page-{page_number}.jpg", is_shown=True)
    try:
        return sent(draw(content, page_number), "png", f"page-{page_number}.png", is_shown=True)
    except FileRefused:
        raise Http404 from None


@staff_page(Capability.REVIEW_DOCUMENTS)
@require_safe
def review_file(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """The file itself, to be saved."""
    document = _reviewed(request, demarche_code)
    content = bytes_of(document.file, document.participant)
    _note_reading(request, document)
    return sent(content, document.file.type, name_of(document))


def _reviewed(request: StaffRequest, code: str) -> SupportingDocument:
    related = ("kind", "family", "adult", "participant", "file")
    header = ("service", "family", "participant", "asked_by", "answered_by", "assigned_to")
    found = documents_in_review(request.user, local_day(timezone.now()))
    found = found.select_related(*related, *(f"demarche__{name}" for name in header))
    return get_object_or_404(found.exclude(state=DocumentState.WITHDRAWN), demarche__code=code)


def _note_reading(request: StaffRequest, document: SupportingDocument) -> None:
    """Who read a sensitive document is written in the journal."""
    if document.kind.is_sealed:
        record(
            request.user,
            "documents.read",
            at=timezone.now(),
            subject=document.demarche.code,
            family=document.demarche.family.code if document.demarche.family else "",
            participant=document.participant.code if document.participant else "",
        )


# The counter


@staff_page(Capability.REVIEW_DOCUMENTS)
@require_http_methods(GET_OR_POST)
def counter(request: StaffRequest, family_code: str) -> HttpResponse:
    """The documents of a household, and adding one: brought to the counter, or given by the town."""
    family = _family(request, family_code)
    kinds = [kind for kind in kinds_in_use(local_day(timezone.now())) if _may_add(request, kind.sensitivity)]
    is_town = request.POST.get("quoi") == "mairie"
    sending = request.method == "POST"
    form = CounterForm(
        *((request.POST, request.FILES) if sending and not is_town else ()), kinds=kinds, holders=_holders_in(family)
    )
    paper = TownDocumentForm(*((request.POST, request.FILES) if sending and is_town else ()))
    if sending and _added(request, family, form, paper, is_town=is_town):
        return redirect("documents:counter", family.code)
    return render(request, "documents/staff/counter.html", _counter_context(request, family, form, paper))


def _may_add(request: StaffRequest, sensitivity: str) -> bool:
    capability = NEEDED.get(sensitivity)  # type: ignore[call-overload]
    return capability is None or request.user.may(capability)


def _added(request: StaffRequest, family: Family, form: CounterForm, paper: TownDocumentForm, *, is_town: bool) -> bool:
    """Whether it was; else the form says why."""
    sent_form: CounterForm | TownDocumentForm = paper if is_town else form
    if not sent_form.is_valid():
        return False
    given, now = sent_form.cleaned_data, timezone.now()
    try:
        if is_town:
            parts, title = given["town_files"], given["title"]
            give_from_town(family=family, title=title, parts=parts, by=request.user, now=now)
        else:
            until = given["valid_until"] or proposed_for(form.kind, local_day(now))
            what = Given(form.kind, form.holder, family)
            add_at_counter(what, parts=given["chosen"], valid_until=until, by=request.user, now=now)
    except FileRefused as refused:
        sent_form.add_error("town_files" if is_town else "chosen", str(refused))
        return False
    except DocumentRefused as refused:
        sent_form.add_error(None, f"{refused}.".capitalize())
        return False
    except DemarcheRefused:
        sent_form.add_error(None, "Quelqu’un vient de répondre au document précédent\u00a0: relisez la page.")
        return False
    messages.success(request, "Le document est dans le dossier de la famille.")
    return True


def _holders_in(family: Family) -> list[Somebody]:
    children = Participant.objects.filter(homes__family=family, adult=None).order_by("born_on", "pk")
    return [family, *family.adults.order_by("first_name", "pk"), *children]


def _counter_context(
    request: StaffRequest, family: Family, form: CounterForm, paper: TownDocumentForm
) -> dict[str, Any]:
    related = ("kind", "family", "adult", "participant", "demarche", "file")
    shown = documents_in_review(request.user, local_day(timezone.now())).filter(demarche__family=family)
    shown = shown.exclude(state__in=[DocumentState.WITHDRAWN, DocumentState.REPLACED])
    return {
        "family": family,
        "given": shown.select_related(*related).order_by("-at", "-pk"),
        "from_town": TownDocument.objects.filter(family=family).select_related("file").order_by("-at", "-pk"),
        "form": form,
        "paper": paper,
        "opens": opens_file(request.user, family, on=local_day(timezone.now())),
    }


@staff_page(Capability.REVIEW_DOCUMENTS)
@require_safe
def given_by_town(request: StaffRequest, family_code: str, paper_code: str) -> HttpResponse:
    """A document that the town gave."""
    found = get_object_or_404(
        TownDocument.objects.select_related("file"), family=_family(request, family_code), code=paper_code
    )
    return sent(bytes_of(found.file), found.file.type, str(found))


@staff_page(Capability.REVIEW_DOCUMENTS)
@require_POST
def taking_back(request: StaffRequest, family_code: str, paper_code: str) -> HttpResponse:
    """Take out a document put in the file by mistake."""
    family = _family(request, family_code)
    found = get_object_or_404(TownDocument.objects.select_related("file", "family"), family=family, code=paper_code)
    take_back_from_town(found, by=request.user, now=timezone.now())
    messages.success(request, f"{found} n’est plus dans le dossier de la famille.")
    return redirect("documents:counter", family.code)


def _family(request: StaffRequest, code: str) -> Family:
    return get_object_or_404(families_served_by(request.user, local_day(timezone.now())), code=code)
