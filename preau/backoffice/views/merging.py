"""Two files that look alike, made one, and separated again; a file archived, and opened again."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.backoffice.filing import StillInUse, archive, undo
from preau.backoffice.forms import MergeForm
from preau.backoffice.queries.comparing import choices_of, compare, side_of, taken_of
from preau.backoffice.views.families import family_or_404
from preau.core.dates import local_day
from preau.core.templatetags.ui import enumeration
from preau.families.changing import reopen_file
from preau.families.merged_values import MergeRefused, Taken
from preau.families.merging import merge_files
from preau.families.models import Adult, Family, Merge, Participant


def files_or_404(request: StaffRequest, family_code: str, other_code: str) -> tuple[Family, Family]:
    """Two different open files, both within what this agent may merge."""
    kept = family_or_404(request, family_code, Capability.MERGE_FAMILIES)
    gone = family_or_404(request, other_code, Capability.MERGE_FAMILIES)
    if kept == gone or kept.archived_at or gone.archived_at:
        raise Http404
    return kept, gone


@staff_page(Capability.MERGE_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, family_code: str, other_code: str) -> HttpResponse:
    """Both files side by side: who is who, then which values are right, then they become one."""
    kept, gone = files_or_404(request, family_code, other_code)
    today, sent = local_day(timezone.now()), request.POST
    sides = side_of(kept, on=today), side_of(gone, on=today)
    compares = sent.get("action") == "comparer"
    form = MergeForm(sent if sent and not compares else None, kept=sides[0], gone=sides[1], initial=sent.dict())
    choices = choices_of(*sides, form.same, sent)
    is_read = all(choice.name in sent for choice in choices)
    if form.is_valid() and is_read and _merged(request, kept, gone, form, taken_of(choices)):
        messages.success(request, f"Les deux dossiers n’en font plus qu’un, le n°\u00a0{kept.number}.")
        return redirect("backoffice:family", kept.code)
    context = {
        "kept": kept,
        "gone": gone,
        "form": form,
        "choices": choices,
        "lines": compare(*sides),
        "once": [str(one) for one in sides[1].people if one.pk in _paired(form, one)],
        "invoices": sides[1].invoices,
        "is_unread": form.is_bound and form.is_valid() and not is_read,
    }
    return render(request, "backoffice/families/merge.html", context)


def _paired(form: MergeForm, one: Adult | Participant) -> Mapping[int, int]:
    return form.same.adults if isinstance(one, Adult) else form.same.participants


def _merged(request: StaffRequest, kept: Family, gone: Family, form: MergeForm, taken: Taken) -> bool:
    """Whether they were; else the form says why."""
    reason = form.cleaned_data["reason"]
    try:
        merge_files(
            kept=kept, gone=gone, same=form.same, taken=taken, reason=reason, by=request.user, now=timezone.now()
        )
    except MergeRefused as refused:
        form.add_error(None, refused.text)
        return False
    return True


@staff_page(Capability.MERGE_FAMILIES)
@require_POST
def separate(request: StaffRequest, family_code: str) -> HttpResponse:
    """Undo the last merge of the file."""
    family = family_or_404(request, family_code, Capability.MERGE_FAMILIES)
    last = get_object_or_404(Merge.objects.filter(kept=family, undone_at=None).order_by("-at", "-pk")[:1])
    try:
        left = undo(merge=last, by=request.user, now=timezone.now())
    except MergeRefused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, f"Le dossier n°\u00a0{last.gone.number} est de nouveau à part.")
        if left:
            messages.warning(request, f"Changé depuis la réunion, et laissé tel quel\u00a0: {enumeration(left)}.")
    return redirect("backoffice:family", family.code)


@staff_page(Capability.MERGE_FAMILIES)
@require_POST
def archiving(request: StaffRequest, family_code: str) -> HttpResponse:
    """Archive the file, or open it again."""
    family, now = family_or_404(request, family_code, Capability.MERGE_FAMILIES), timezone.now()
    if request.POST.get("archiver") == "non":
        reopen_file(family=family, by=request.user, now=now)
        messages.success(request, "Le dossier est rouvert.")
        return redirect("backoffice:family", family.code)
    try:
        archive(family=family, by=request.user, now=now)
    except StillInUse as used:
        messages.error(request, used.text)
    else:
        messages.success(request, "Le dossier est archivé\u00a0: ses adultes ne peuvent plus rien y faire.")
    return redirect("backoffice:family", family.code)
