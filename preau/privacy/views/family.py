"""Mes données: what the portal knows of this person, to be taken away."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.fresh import fresh
from preau.core.dates import local_day
from preau.demarches.choices import OPEN
from preau.demarches.models import Demarche
from preau.documents.rules import weight
from preau.privacy.actions.exporting import ExportRefused, ask_export, give_up, note_download
from preau.privacy.models import DataExport
from preau.privacy.rules import DAYS_TO_DOWNLOAD
from preau.privacy.views.sending import sent

MINUTES = 15


@family_page
@require_safe
def data(request: FamilyRequest) -> HttpResponse:
    """What may be taken away, the file if there is one, and what may be asked of the town hall."""
    asked = Demarche.objects.filter(asked_by=request.user, state__in=OPEN, data_asked__isnull=False)
    export = _export_of(request)
    context = {
        "export": export,
        "weight": weight(export.size) if export else "",
        "days": DAYS_TO_DOWNLOAD,
        "asked": asked.order_by("sent_at", "pk"),
    }
    return render(request, "privacy/family/data.html", context)


@family_page
@fresh(minutes=MINUTES)
@require_POST
def asking(request: FamilyRequest) -> HttpResponse:
    try:
        ask_export(by=request.user, now=timezone.now())
    except ExportRefused as refused:
        messages.warning(request, refused.reason.label)
    else:
        messages.success(request, "C’est demandé. Un e-mail vous dira quand le fichier sera prêt.")
    return redirect("privacy:data")


@family_page
@fresh(minutes=MINUTES)
@require_safe
def download(request: FamilyRequest) -> HttpResponseBase:
    """The file itself, to whoever asked for it and nobody else; kept by no browser."""
    export, now = _export_of(request), timezone.now()
    if export is None or not export.is_there(now):
        raise Http404
    try:
        kept = default_storage.open(export.file)
    except FileNotFoundError:  # deleted from another page, or lost: `preau verify` says it
        raise Http404 from None
    note_download(export, by=request.user, now=now)
    return sent(kept, f"mes-donnees-{local_day(export.ready_at or now)}.zip")


@family_page
@require_POST
def deleting(request: FamilyRequest) -> HttpResponse:
    export = _export_of(request)
    if export is not None:
        give_up(export, by=request.user, now=timezone.now())
    messages.success(request, "Le fichier est supprimé du portail.")
    return redirect("privacy:data")


def _export_of(request: FamilyRequest) -> DataExport | None:
    return DataExport.objects.filter(user=request.user).first()
