"""What a child does not eat."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import FamilyRequest, family_page
from preau.core.templatetags.ui import date_longue
from preau.families.choices import AccessLevel, Subject
from preau.members.actions.eating import choose_diets
from preau.members.forms import DietForm
from preau.members.queries.diets import diet_choices_of, diets_offered, diets_on
from preau.members.views.child import opened


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def diet(request: FamilyRequest, who: str) -> HttpResponse:
    """The boxes of the town, from today or from a day to come."""
    page = opened(request, who, subject=Subject.IDENTITY, level=AccessLevel.ACT)
    offered = diets_offered(on=page.today)
    if not offered:
        raise Http404
    known = [one.code for one in diets_on([page.child], on=page.today)[page.child.pk]]
    form = DietForm(initial={"diets": known, "starts_on": page.today}, offered=offered, today=page.today)
    if request.method == "POST":
        form = DietForm(request.POST, offered=offered, today=page.today)
        if form.is_valid():
            starts_on = form.cleaned_data["starts_on"]
            choose_diets(
                adult=page.adult,
                participant=page.child,
                diets=form.chosen,
                starts_on=starts_on,
                by=request.user,
                now=page.now,
            )
            messages.success(request, f"C’est enregistré, à partir du {date_longue(starts_on)}.")
            return redirect("members:authorisations", who)
    context = {"child": page.child, "form": form, "choices": diet_choices_of(page.child), "today": page.today}
    return render(request, "members/family/diet.html", context)
