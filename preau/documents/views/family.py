"""« Mes documents »: what is owed, what was given, my space, what the town gives."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.fresh import ask_again, is_fresh
from preau.core.cleaning import FileRefused
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused
from preau.documents.actions import DocumentRefused, Given, hand_in, withdraw_document
from preau.documents.around import activities_of, papers_of
from preau.documents.choices import OWED, DocumentState, Standing
from preau.documents.forms import HandInForm, code_of
from preau.documents.models import DocumentKind, SupportingDocument
from preau.documents.permissions import documents_visible_to, town_documents_visible_to
from preau.documents.queries import (
    Need,
    Served,
    given_documents,
    kinds_in_use,
    needs_of,
    own_documents,
    served_by,
    town_documents,
)
from preau.documents.views.coming_from import page_before
from preau.documents.views.serving import bytes_of, name_of, sent
from preau.families.models import Family
from preau.families.queries import household_of

GET_OR_POST = ["GET", "HEAD", "POST"]
SENSITIVE_MINUTES = 15


@family_page
@require_safe
def documents(request: FamilyRequest) -> HttpResponse:
    today, family = local_day(timezone.now()), _household(request)
    served = served_by(request.user, family, on=today)
    needs = _needs(served)
    context = {
        "owed": [need for need in needs if need.is_owed or need.standing == Standing.EXPIRING],
        "optional": [need for need in needs if not need.is_owed and need.standing in OWED],
        "given": given_documents(request.user, on=today),
        "own": own_documents(request.user),
        "from_town": town_documents(request.user),
        "papers": papers_of(request.user),
        "today": today,
    }
    return render(request, "documents/family/documents.html", context)


@family_page
@require_http_methods(GET_OR_POST)
def handing_in(request: FamilyRequest) -> HttpResponse:
    """Choose a document (`piece`), then give it; `pour` is for whom, `fichier` a file of my space."""
    today, family = local_day(timezone.now()), _household(request)
    served = served_by(request.user, family, on=today)
    kind = kinds_in_use(today).filter(code=request.GET.get("piece", "")[:40].replace("\0", "")).first()
    if kind is None or not served.holders_of(kind):
        return _choose(request, served)
    own = own_documents(request.user)
    asked = {"pour": request.GET.get("pour", ""), "own": request.GET.get("fichier", "")}
    given: dict[str, Any] = {"kind": kind, "holders": served.holders_of(kind), "own": own}
    if request.method != "POST":
        return _show(request, kind, served, HandInForm(initial=asked, **given))
    form = HandInForm(request.POST, request.FILES, **given)
    if not form.is_valid() or not _handed(request, kind, family, form):
        return _show(request, kind, served, form)
    messages.success(request, "Votre document est envoyé. Un agent le lit sous 2 jours ouvrés.")
    return redirect(page_before(request) or "documents:documents")


def _handed(request: FamilyRequest, kind: DocumentKind, family: Family, form: HandInForm) -> bool:
    """Whether the document was given; else the form says why."""
    try:
        hand_in(Given(kind, form.holder, family), what=form.what, by=request.user, now=timezone.now())
    except FileRefused as refused:
        form.refuse(refused)
    except DocumentRefused as refused:
        form.add_error(None, f"{refused}.".capitalize())
    except DemarcheRefused:
        form.add_error(
            None, "Un agent vient de répondre au document précédent\u00a0: relisez «\u00a0Mes documents\u00a0»."
        )
    return form.is_valid()


def _choose(request: FamilyRequest, served: Served) -> HttpResponse:
    today = local_day(timezone.now())
    kinds = [kind for kind in kinds_in_use(today) if served.holders_of(kind)]
    own = next((one for one in own_documents(request.user) if one.code == request.GET.get("fichier")), None)
    return render(request, "documents/family/choose.html", {"kinds": kinds, "own": own})


def _show(request: FamilyRequest, kind: DocumentKind, served: Served, form: HandInForm) -> HttpResponse:
    wanted = form["pour"].value() or (code_of(served.holders_of(kind)[0]) if len(form.holders) == 1 else "")
    before = [need for need in _needs(served) if need.kind == kind and code_of(need.holder) == wanted]
    context = {"kind": kind, "form": form, "before": before[0] if before else None, "back": page_before(request)}
    return render(request, "documents/family/hand_in.html", context)


def _needs(served: Served) -> list[Need]:
    today = local_day(timezone.now())
    return needs_of(served, activities_of([child.pk for child in served.children], today), on=today)


@family_page
@require_safe
def document(request: FamilyRequest, document_code: str) -> HttpResponseBase:
    """The file of a document that was given."""
    found = get_object_or_404(_readable(request), demarche__code=document_code)
    if found.kind.is_sealed and not is_fresh(request, minutes=SENSITIVE_MINUTES):
        return ask_again(request)
    return sent(bytes_of(found.file, found.participant), found.file.type, name_of(found))


@family_page
@require_http_methods(GET_OR_POST)
def withdrawing(request: FamilyRequest, document_code: str) -> HttpResponse:
    """Take back a document that nobody has read yet."""
    mine = _readable(request).filter(demarche__asked_by=request.user)
    found = get_object_or_404(mine, demarche__code=document_code)
    if request.method == "POST":
        try:
            withdraw_document(found.demarche, by=request.user, now=timezone.now())
            messages.success(request, "Votre document est retiré. La mairie ne le lira pas.")
        except DemarcheRefused:
            messages.warning(request, "Un agent a déjà répondu à ce document\u00a0: il reste dans votre dossier.")
        return redirect("documents:documents")
    if found.state != DocumentState.HANDED:
        messages.warning(request, "Un agent a déjà répondu à ce document\u00a0: il reste dans votre dossier.")
        return redirect("documents:documents")
    return render(request, "documents/family/withdraw.html", {"document": found})


@family_page
@require_safe
def town_document(request: FamilyRequest, paper_code: str) -> HttpResponse:
    """What an agent put in the file."""
    found = get_object_or_404(town_documents_visible_to(request.user).select_related("file"), code=paper_code)
    return sent(bytes_of(found.file), found.file.type, str(found))


def _readable(request: FamilyRequest) -> QuerySet[SupportingDocument]:
    today = local_day(timezone.now())
    related = ("kind", "family", "adult", "participant", "demarche", "file")
    return documents_visible_to(request.user, on=today).select_related(*related)


def _household(request: FamilyRequest) -> Family:
    family = household_of(request.user)
    if family is None:
        raise Http404
    return family
