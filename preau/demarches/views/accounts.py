"""Answering a request for an account: who looks alike, linking, opening a file."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused, link_asked, open_asked
from preau.demarches.choices import ACCOUNT
from preau.demarches.forms import HouseholdForm, LinkForm
from preau.demarches.kinds import kind_of
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche
from preau.demarches.queries import Candidate, candidates_for, history_of
from preau.demarches.rules import fold
from preau.demarches.views.staff import STILL_OPEN, demarche_of, moved_in_words
from preau.families.actions import LinkRefused
from preau.families.models import Adult
from preau.families.rules import Contact
from preau.town.context import town_of


@staff_page(Capability.HANDLE_REQUESTS)
@require_safe
def account(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """What was written, and the people of the files who look alike, side by side."""
    return _show(request, _asked(request, demarche_code))


@staff_page(Capability.HANDLE_REQUESTS)
@require_POST
def linking(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """The account is that of somebody in a file."""
    asked, form = _asked(request, demarche_code), LinkForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "Cochez «\u00a0J’ai vérifié que c’est la même personne\u00a0» avant de relier le compte."
        )
        return redirect("demarches:account", demarche_code)
    given = form.cleaned_data
    adult = get_object_or_404(_open_adults(), code=given["adult"])
    try:
        link_asked(asked.demarche, adult=adult, by=request.user, version=given["version"], now=timezone.now())
    except (DemarcheRefused, LinkRefused) as refused:
        return _not_done(request, asked.demarche, refused)
    return _done(request, asked.demarche, adult.family.number)


@staff_page(Capability.HANDLE_REQUESTS)
@require_POST
def opening(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """A file is opened for the account."""
    asked = _asked(request, demarche_code)
    if not asked.demarche.is_open:
        messages.warning(request, moved_in_words(asked.demarche, request.user))
        return redirect("demarches:account", demarche_code)
    form = HouseholdForm(request.POST, has_candidates=bool(_candidates(asked)))
    if not form.is_valid():
        return _show(request, asked, form)
    email = asked.demarche.asked_by.email if asked.demarche.asked_by else ""
    household = form.household(email=email, insee_code=town_of(request).insee_code)
    version = form.cleaned_data["version"]
    try:
        opened = open_asked(asked.demarche, household=household, by=request.user, version=version, now=timezone.now())
    except (DemarcheRefused, LinkRefused) as refused:
        return _not_done(request, asked.demarche, refused)
    return _done(request, opened, opened.family.number if opened.family else "")


@staff_page(Capability.HANDLE_REQUESTS)
@require_safe
def account_photo(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """The photo given with the request, for as long as it waits: shown in a page, kept by no browser."""
    photo = get_object_or_404(AskedPhoto, asked=_asked(request, demarche_code))
    response = HttpResponse(bytes(photo.jpeg), content_type="image/jpeg")
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _asked(request: StaffRequest, code: str) -> AccountAsked:
    demarche = demarche_of(request, code)
    if demarche.kind != ACCOUNT:
        raise Http404
    asked: AccountAsked = demarche.account_asked
    asked.demarche = demarche
    return asked


def _open_adults() -> QuerySet[Adult]:
    return Adult.objects.filter(family__archived_at__isnull=True).select_related("family")


def _candidates(asked: AccountAsked, words: str = "") -> list[Candidate]:
    email = asked.demarche.asked_by.email if asked.demarche.asked_by else ""
    return candidates_for(asked, email, on=local_day(timezone.now()), words=words)


def _show(request: StaffRequest, asked: AccountAsked, form: HouseholdForm | None = None) -> HttpResponse:
    demarche, words = asked.demarche, request.GET.get("q", "")[:60]
    alike = _candidates(asked) if demarche.is_open else []
    context = {
        "demarche": demarche,
        "asked": asked,
        "has_photo": AskedPhoto.objects.filter(asked=asked).exists(),
        "lines": kind_of(ACCOUNT).lines(demarche),
        "events": history_of(demarche),
        "candidates": alike,
        "words": words,
        "searched": _candidates(asked, words) if words.strip() and demarche.is_open else [],
        "form": form or _household_form(request, asked, has_candidates=bool(alike)),
    }
    return render(request, "demarches/staff/account.html", context)


def _household_form(request: StaffRequest, asked: AccountAsked, *, has_candidates: bool) -> HouseholdForm:
    """What the person wrote, to be put right."""
    same = ("civility", "first_name", "last_name", "birth_name", "birth_date", "address", "postcode", "city")
    initial: dict[str, object] = {name: getattr(asked, name) for name in (*same, *Contact.__slots__)}
    initial |= {
        "version": asked.demarche.version,
        "name": asked.claimed_name or asked.last_name,
        "is_resident": bool(asked.city) and fold(asked.city) == fold(town_of(request).name),
    }
    return HouseholdForm(initial=initial, has_candidates=has_candidates)


def _done(request: StaffRequest, demarche: Demarche, number: str) -> HttpResponse:
    person = demarche.asked_by
    messages.success(request, f"Le compte de {person} est relié au dossier {number}. Un e-mail l’en prévient.")
    return redirect("demarches:worklist")


def _not_done(request: StaffRequest, demarche: Demarche, refused: DemarcheRefused | LinkRefused) -> HttpResponse:
    """Why nothing was written: somebody else answered, or these two cannot be linked."""
    fresh = demarche_of(request, demarche.code)
    if isinstance(refused, LinkRefused):
        messages.error(request, f"Le compte n’a pas été relié\u00a0: {refused.reason.label}.")
    elif fresh.is_open:
        messages.error(request, STILL_OPEN)
    else:
        messages.error(request, moved_in_words(fresh, request.user))
    return redirect("demarches:account", demarche.code)
