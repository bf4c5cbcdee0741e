"""« Ressemblances »: the files of the town that look alike, and those that an agent said to be two families."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.permissions import holds_everywhere
from preau.backoffice.queries.likeness import told_apart, told_pairs
from preau.backoffice.views.families import family_or_404
from preau.core.dates import local_day
from preau.families.merging import forget_told_apart, tell_apart
from preau.families.traits import pairs_alike

MOST = 500
PER_PAGE = 20


@staff_page(Capability.MERGE_FAMILIES)
@require_safe
def look_alikes(request: StaffRequest) -> HttpResponse:
    """The pairs of the whole town, the most alike first; no such page for whoever may merge a part of it only."""
    if not holds_everywhere(request.user, Capability.MERGE_FAMILIES, local_day(timezone.now())):
        raise Http404
    homonyms = request.GET.get("noms") == "oui"
    found = pairs_alike(most=MOST, homonyms=homonyms)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pairs": told_pairs(list(page)),
        "total": len(found),
        "homonyms": homonyms,
        "is_cut": len(found) == MOST,
        "apart": told_apart(),
    }
    return render(request, "backoffice/families/look_alikes.html", context)


@staff_page(Capability.MERGE_FAMILIES)
@require_POST
def apart(request: StaffRequest, family_code: str, other_code: str) -> HttpResponse:
    """« Ce sont deux familles »: they are not shown together any more, until somebody takes it back."""
    one = family_or_404(request, family_code, Capability.MERGE_FAMILIES)
    other = family_or_404(request, other_code, Capability.MERGE_FAMILIES)
    if one == other:
        raise Http404
    if request.POST.get("deux") == "non":
        forget_told_apart(one=one, other=other, by=request.user, now=timezone.now())
        messages.success(request, f"Les dossiers {one.number} et {other.number} peuvent de nouveau se ressembler.")
    else:
        tell_apart(one=one, other=other, by=request.user, now=timezone.now())
        messages.success(request, f"C’est noté\u00a0: {one.number} et {other.number} sont deux familles.")
    if request.POST.get("suite") == "liste":
        return redirect("backoffice:look_alikes")
    return redirect("backoffice:family", one.code)
