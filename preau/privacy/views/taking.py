"""The data of an adult who has no account: who answers of personal data hands the file over."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, fresh
from preau.core.dates import local_day
from preau.families.models import Adult
from preau.privacy.actions.exporting import ExportRefused, ask_for_adult, give_up, note_download_for_adult
from preau.privacy.models import DataExport
from preau.privacy.rules import DAYS_TO_DOWNLOAD
from preau.privacy.views.sending import sent


@staff_page(Capability.PROTECT_DATA)
@fresh(minutes=EXPORT_MINUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def adult_data(request: StaffRequest, adult_code: str) -> HttpResponse:
    """What would be in the file, the file if there is one; POST asks for it, or deletes it."""
    open_files = Adult.objects.filter(family__archived_at=None).select_related("family", "user")
    adult = get_object_or_404(open_files, code=adult_code)
    export = DataExport.objects.filter(adult=adult).first()
    if request.method == "POST":
        return _asked(request, adult, export)
    context = {"adult": adult, "export": export, "days": DAYS_TO_DOWNLOAD}
    return render(request, "privacy/staff/adult_data.html", context)


def _asked(request: StaffRequest, adult: Adult, export: DataExport | None) -> HttpResponse:
    now = timezone.now()
    if "supprimer" in request.POST:
        if export is not None:
            give_up(export, by=request.user, now=now)
        messages.success(request, "Le fichier est supprimé du portail.")
        return redirect("privacy:adult_data", adult.code)
    try:
        ask_for_adult(adult=adult, by=request.user, now=now)
    except ExportRefused as refused:
        messages.warning(request, refused.reason.label)
    else:
        messages.success(request, "C’est demandé. Rechargez cette page dans quelques minutes.")
    return redirect("privacy:adult_data", adult.code)


@staff_page(Capability.PROTECT_DATA)
@fresh(minutes=EXPORT_MINUTES)
@require_safe
def adult_download(request: StaffRequest, export_code: str) -> HttpResponseBase:
    """The file itself, for the person who cannot take it alone; kept by no browser."""
    exports = DataExport.objects.filter(adult__isnull=False).select_related("adult__family")
    export, now = get_object_or_404(exports, code=export_code), timezone.now()
    assert export.adult is not None
    try:
        kept = default_storage.open(export.file) if export.is_there(now) else None
    except FileNotFoundError:  # `preau verify` says it
        kept = None
    if kept is None:
        messages.warning(request, "Ce fichier n’est pas là\u00a0: demandez-le à nouveau.")
        return redirect("privacy:adult_data", export.adult.code)
    note_download_for_adult(export, by=request.user, now=now)
    return sent(kept, f"donnees-{export.adult.code}-{local_day(export.ready_at or now)}.zip")
