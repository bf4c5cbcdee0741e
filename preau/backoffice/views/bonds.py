"""« Liens »: who answers for whom in a file; changing a bond, or writing that an adult leaves. Shown before it is
written."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.backoffice.bond_forms import BondForm, LeavingForm
from preau.backoffice.queries.bonds import Effects, Tie, effects_of_bond, effects_of_leaving, ties_of
from preau.backoffice.views.counter import done, open_file_or_404
from preau.core.dates import local_day
from preau.families.choices import Situation
from preau.families.models import Family, Participant
from preau.members.actions.bonding import LastAdult, change_bond, leave_household


@staff_page(Capability.EDIT_FAMILIES)
@require_safe
def bonds(request: StaffRequest, family_code: str) -> HttpResponse:
    """Each adult of the file with each child."""
    family = open_file_or_404(request, family_code)
    ties = ties_of(family, on=local_day(timezone.now()))
    adults = list(family.adults.order_by("pk"))
    return render(request, "backoffice/families/bonds.html", {"family": family, "ties": ties, "adults": adults})


def _tie_or_404(family: Family, adult_code: str, child_code: str) -> Tie:
    ties = ties_of(family, on=local_day(timezone.now()))
    found = next((tie for tie in ties if (tie.adult.code, tie.child.code) == (adult_code, child_code)), None)
    if found is None:
        raise Http404
    return found


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def bond(request: StaffRequest, family_code: str, adult_code: str, child_code: str) -> HttpResponse:
    """Adjust or end what ties an adult of the file to a child."""
    family, now = open_file_or_404(request, family_code), timezone.now()
    tie, today = _tie_or_404(family, adult_code, child_code), local_day(now)
    held = tie.now.situation if tie.now else Situation.EXERCISES
    initial = {"situation": held, "starts_on": today, "tells": True}
    form = BondForm(request.POST if request.method == "POST" else None, initial=initial, today=today)
    effects: Effects | None = None
    if form.is_valid():
        given = form.cleaned_data
        wanted = {"situation": Situation(given["situation"]), "starts_on": given["starts_on"], "levels": form.levels}
        if given["seen"] == form.as_seen and "enregistrer" in request.POST:
            change_bond(
                adult=tie.adult,
                participant=tie.child,
                **wanted,
                reason=given["reason"],
                tells=given["tells"],
                by=request.user,
                now=now,
            )
            messages.success(request, f"Le lien de {tie.adult} avec {tie.child.first_name} est enregistré.")
            return redirect("backoffice:family_bonds", family.code)
        effects = effects_of_bond(tie, family, **wanted)
    context = {"family": family, "tie": tie, "form": form, "effects": effects}
    return render(request, "backoffice/families/bond.html", context)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: StaffRequest, family_code: str, adult_code: str) -> HttpResponse:
    """An adult leaves the household, and gets a file of their own."""
    family, now = open_file_or_404(request, family_code), timezone.now()
    adult = get_object_or_404(family.adults.select_related("family", "user"), code=adult_code)
    children = list(Participant.objects.filter(homes__family=family, adult=None).order_by("born_on", "pk"))
    sent = request.POST if request.method == "POST" else None
    form = LeavingForm(sent, initial={"tells": True}, children=children)
    chosen = [child for child in children if form.is_valid() and child.code in form.cleaned_data["children"]]
    effects = effects_of_leaving(adult, chosen, on=local_day(now))
    if form.is_valid() and form.cleaned_data["seen"] == form.as_seen and "enregistrer" in request.POST:
        tells: bool = form.cleaned_data["tells"]
        try:
            home = leave_household(adult=adult, with_home=chosen, tells=tells, by=request.user, now=now)
        except LastAdult:
            messages.error(request, effects.warnings[0])
        else:
            return done(request, home, f"{adult} a son dossier, le n°\u00a0{home.number}\u00a0: le voici.")
    context = {"family": family, "adult": adult, "form": form, "effects": effects, "is_seen": form.is_valid()}
    return render(request, "backoffice/families/leaving.html", context)
