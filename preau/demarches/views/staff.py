"""The worklist of agents: the requests of their services, one of them open beside the list."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.core.dates import local_day
from preau.core.templatetags.ui import echeance
from preau.demarches.actions import DemarcheRefused, answer, release, take
from preau.demarches.actions.texts import save_answer_text
from preau.demarches.choices import DemarcheState, Refusal
from preau.demarches.forms import NO_MESSAGE, AnswerForm, FilterForm
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche
from preau.demarches.permissions import demarches_in_scope
from preau.demarches.queries import (
    TABS,
    answer_texts,
    history_of,
    rows_of,
    schools_in_scope,
    services_in_scope,
    tab_of,
    tabs_of,
    worklist,
)
from preau.families.permissions import opens_file

PER_PAGE = 20
FILTERS = ("q", "type", "service", "ecole", "delai", "moi")
KEPT_IN_ADDRESS = ("etat", *FILTERS, "page")
STILL_OPEN = "Cette demande a changé pendant que vous l’aviez ouverte. Relisez-la, puis répondez."


@staff_page(Capability.HANDLE_REQUESTS)
@require_safe
def demandes(request: StaffRequest) -> HttpResponse:
    """The list, the most urgent first."""
    return show(request)


@staff_page(Capability.HANDLE_REQUESTS)
@require_safe
def demande(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """The list, with one request beside it."""
    return show(request, demarche_of(request, demarche_code))


@staff_page(Capability.HANDLE_REQUESTS)
@require_POST
def taking(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """Take a request for oneself; `holder` is who had it when the page was read."""
    demarche = demarche_of(request, demarche_code)
    holder = User.objects.filter(username=request.POST.get("holder", "").replace("\0", "")[:60]).first()
    try:
        take(demarche, holder=holder, by=request.user, now=timezone.now())
    except DemarcheRefused:
        messages.warning(request, "Quelqu’un d’autre vient de s’en occuper.")
    return back_to(request, demarche)


@staff_page(Capability.HANDLE_REQUESTS)
@require_POST
def releasing(request: StaffRequest, demarche_code: str) -> HttpResponse:
    demarche = demarche_of(request, demarche_code)
    try:
        release(demarche, by=request.user, now=timezone.now())
    except DemarcheRefused:
        messages.warning(request, "Quelqu’un d’autre vient de s’en occuper.")
    return back_to(request, demarche)


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def refusing(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """Refuse with a reason; the kind of the request says what else a refusal does."""
    return _answering(request, demarche_code, DemarcheState.REFUSED)


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def asking_more(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """Ask the family for what is missing."""
    return _answering(request, demarche_code, DemarcheState.INCOMPLETE)


def _answering(request: StaffRequest, code: str, state: DemarcheState) -> HttpResponse:
    demarche = demarche_of(request, code)
    chooses_text = bool(request.htmx) and request.method != "POST"  # in a dialog that is open: sending it tells
    if not demarche.is_open and not chooses_text:
        messages.warning(request, moved_in_words(demarche, request.user))
        if written := request.POST.get("message", "").strip():
            return show(request, demarche, unsent=written)
        return back_to(request, demarche)
    texts = answer_texts(state)
    if request.method != "POST":
        chosen = next((text for text in texts if text.code == request.GET.get("modele")), None)
        initial = {
            "version": demarche.version,
            "message": chosen.body if chosen else "",
            "modele": chosen and chosen.code,
        }
        return show(request, demarche, dialog=state, form=AnswerForm(texts=texts, initial=initial))
    form = AnswerForm(request.POST, texts=texts)
    if not form.is_valid():
        return show(request, demarche, dialog=state, form=form)
    return _answer(request, demarche, state, form)


def _answer(request: StaffRequest, demarche: Demarche, state: DemarcheState, form: AnswerForm) -> HttpResponse:
    now, message, version = timezone.now(), form.cleaned_data["message"], form.cleaned_data["version"]
    try:
        if state == DemarcheState.REFUSED:
            kind_of(demarche.kind).refuse(demarche, reason=message, by=request.user, version=version, now=now)
        else:
            answer(demarche, state=state, reason=message, by=request.user, version=version, now=now)
    except DemarcheRefused as refused:
        return not_answered(request, demarche, refused, dialog=state, form=form)
    if form.cleaned_data["keep"]:
        save_answer_text(state=state, title=Truncator(message).chars(60), body=message, by=request.user, now=now)
    done = "refusée" if state == DemarcheState.REFUSED else "renvoyée à la famille"
    messages.success(request, f"La demande est {done}. {_told(demarche)}")
    return redirect("demarches:worklist")


def _told(demarche: Demarche) -> str:
    return f"Un e-mail en prévient {demarche.asked_by}." if demarche.asked_by else ""


def not_answered(
    request: StaffRequest, demarche: Demarche, refused: DemarcheRefused, *, dialog: DemarcheState, form: AnswerForm
) -> HttpResponse:
    """What somebody else did meanwhile is said, and what was written is kept as long as it may still be sent."""
    if refused.reason == Refusal.NO_REASON:
        form.add_error("message", NO_MESSAGE)
        return show(request, demarche, dialog=dialog, form=form)
    fresh = demarche_of(request, demarche.code)
    if not fresh.is_open:
        messages.error(request, moved_in_words(fresh, request.user))
        return show(request, fresh, unsent=form.cleaned_data["message"])
    written = request.POST.copy()
    written["version"] = str(fresh.version)
    again = AnswerForm(written, texts=answer_texts(dialog))
    again.add_error(None, STILL_OPEN)
    return show(request, fresh, dialog=dialog, form=again)


def moved_in_words(demarche: Demarche, reader: User) -> str:
    """Who answered before, and that nothing of what was just sent was kept."""
    when = echeance(demarche.answered_at)
    if demarche.answered_by is None:
        return f"La famille a retiré cette demande {when}. Votre réponse n’a pas été enregistrée."
    if demarche.answered_by == reader:
        return f"Vous avez déjà répondu à cette demande ({demarche.get_state_display()}), {when}."
    return (
        f"{demarche.answered_by} a déjà répondu à cette demande ({demarche.get_state_display()}), {when}. "
        "Votre réponse n’a pas été enregistrée."
    )


def demarche_of(request: StaffRequest, code: str) -> Demarche:
    """The request of this code, if this agent may answer it; else no such page."""
    found = demarches_in_scope(request.user, local_day(timezone.now()))
    related = ("service", "family", "participant", "asked_by", "assigned_to", "answered_by")
    return get_object_or_404(found.select_related(*related), code=code)


def back_to(request: StaffRequest, demarche: Demarche) -> HttpResponse:
    return redirect("demarches:demarche", demarche.code)


def show(
    request: StaffRequest,
    demarche: Demarche | None = None,
    *,
    dialog: DemarcheState | None = None,
    form: AnswerForm | None = None,
    unsent: str = "",
) -> HttpResponse:
    """The list of a tab, with a request beside it and a dialog over it when there is one. `unsent` is a message that
    came too late: nothing of what was written is lost."""
    now = timezone.now()
    context = _list(request, demarche, now)
    if demarche is not None:
        kind = kind_of(demarche.kind)
        context |= {"kind": kind, "lines": kind.lines(demarche), "events": history_of(demarche)}
        context |= {"chip": rows_of([demarche], now=now)[0].due, "unsent": unsent}
        context |= {"checks": kind.checks(demarche) if demarche.is_open else ()}
        context |= {"opens": opens_file(request.user, demarche.family, on=local_day(now))}
    if form is not None:
        context |= {"form": form, "dialog": dialog}
    return render(request, "demarches/staff/worklist.html", context | {"demarche": demarche})


def _list(request: StaffRequest, demarche: Demarche | None, now: dt.datetime) -> dict[str, Any]:
    today = local_day(now)
    search = FilterForm(
        request.GET,
        services=services_in_scope(request.user, on=today),
        schools=schools_in_scope(request.user, on=today),
    )
    here = tab_of(demarche) if demarche else TABS[0]
    tab = next((tab for tab in TABS if tab.code == request.GET.get("etat")), here)
    found = worklist(request.user, tab, on=today, sought=search.sought(now))
    page: Page[Demarche] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    tabs = tabs_of(request.user, on=today)
    return {
        "search": search,
        "tabs": tabs,
        "tab": next(one for one in tabs if one.code == tab.code),
        "page": page,
        "rows": rows_of(list(page.object_list), now=now),
        "is_filtered": any(search.cleaned_data.get(name) for name in FILTERS),
        "query": _kept(request.GET),
    }


def _kept(asked: QueryDict) -> str:
    """What the links of the list carry from one request to the next."""
    kept = QueryDict(mutable=True)
    for name in KEPT_IN_ADDRESS:
        if value := asked.get(name):
            kept[name] = value[:60]
    return kept.urlencode()
