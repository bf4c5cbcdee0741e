"""Campaigns and payments, for régisseurs."""

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, ask_again, is_fresh
from preau.billing.actions.campaigns import CampaignRefused, draft_campaign, drop_draft, open_campaign
from preau.billing.actions.reading import NotAsRead, issue_as_read
from preau.billing.actions.settling import refresh_attempt
from preau.billing.choices import CampaignState, InvoiceState
from preau.billing.desk_forms import A_MONTH, PeriodForm
from preau.billing.forms import DUE_IN_THE_PAST, DUE_TOO_FAR, IssueForm, PrepareForm, SearchForm
from preau.billing.models import Campaign, Invoice, Payment, PaymentAttempt, Regie
from preau.billing.payfip.client import PayFiPUnavailable
from preau.billing.permissions import regies_in_scope
from preau.billing.queries.campaigns import (
    campaigns_in,
    figures,
    invoice_of,
    invoices_of,
    issued_figures,
    rows_of,
)
from preau.billing.queries.counting import counted, has_moved
from preau.billing.queries.desk import (
    attempt_rows,
    credit_rows,
    issued_rows,
    months_of,
    payment_lines,
    payment_rows,
    payments_between,
    totals_of,
)
from preau.billing.queries.invoices import lines_by_child
from preau.billing.queries.payments import attempts_to_watch, credits_of
from preau.billing.queries.sources import campaign_before
from preau.billing.rules.campaigns import CampaignRefusal, months_ready
from preau.billing.rules.reading import ReadRefusal
from preau.billing.views.family import pdf_response
from preau.core.dates import local_day
from preau.core.exports import download
from preau.journal.actions import record

ISSUED_NOW = "Les factures sont émises. Les e-mails partent dans les minutes qui viennent."
STEPS = ("Préparer", "Anomalies", "Aperçu", "Émettre")
PER_PAGE = 50
REFUSALS = {
    CampaignRefusal.NOT_OVER: "Ce mois n’est pas terminé\u00a0: préparez ses factures à partir du 1er du mois suivant.",
    CampaignRefusal.ISSUED: "Ces factures sont déjà émises. Pour corriger, il faut un avoir.",
    CampaignRefusal.NO_DRAFT: "Calculez d’abord le brouillon.",
    CampaignRefusal.EMPTY: "Le brouillon ne contient aucune facture\u00a0: il n’y a rien à émettre.",
    CampaignRefusal.STALE: "Des réservations ont changé depuis le calcul. Recalculez, puis relisez l’aperçu.",
    CampaignRefusal.DUE_IN_THE_PAST: f"{DUE_IN_THE_PAST}.",
    CampaignRefusal.SERIES_FULL: "La numérotation de la régie est pleine\u00a0: il faut changer son modèle de numéro.",
}
NOT_AS_READ = {
    ReadRefusal.REDRAFTED: "Le brouillon a été recalculé depuis que vous l’avez lu. Relisez l’aperçu, puis émettez.",
    ReadRefusal.DUE_TOO_FAR: f"{DUE_TOO_FAR}.",
}


@staff_page(Capability.PREPARE_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def campaigns(request: StaffRequest) -> HttpResponse:
    """The régies and their months; POST opens one."""
    now = timezone.now()
    regies = _regies(request, now)
    if request.method == "POST":
        return _open(request, regies.filter(retired_on__isnull=True), now)
    return render(request, "billing/staff/campaigns.html", {"boards": months_of(regies, today=local_day(now))})


def _open(request: StaffRequest, regies: QuerySet[Regie], now: dt.datetime) -> HttpResponse:
    form = PrepareForm(request.POST)
    if not form.is_valid() or form.cleaned_data["month"] < months_ready(local_day(now))[-1]:
        messages.error(request, "Choisissez un des mois proposés.")
        return redirect("billing:campaigns")
    regie = get_object_or_404(regies, code=form.cleaned_data["regie"])
    try:
        found = open_campaign(regie=regie, month=form.cleaned_data["month"], by=request.user, now=now)
    except CampaignRefused as refused:
        messages.error(request, REFUSALS[refused.reason])
        return redirect("billing:campaigns")
    return redirect("billing:campaign", found.code)


@staff_page(Capability.PREPARE_INVOICES)
@require_safe
def campaign(request: StaffRequest, campaign_code: str) -> HttpResponseBase:
    """Where the campaign stands: to compute, to check, or issued."""
    now = timezone.now()
    found = _campaign(request, campaign_code, now)
    context: dict[str, object] = {"campaign": found, "steps": STEPS}
    if found.state == CampaignState.OPEN:
        return render(request, "billing/staff/prepare.html", context | {"counted": counted(found)})
    if found.state == CampaignState.DRAFTED:
        context |= {"figures": (totals := figures(found)), "has_moved": has_moved(found)}
        context |= {"page": Paginator(totals.anomalies, PER_PAGE).get_page(request.GET.get("page"))}
        return render(request, "billing/staff/anomalies.html", context)
    today = local_day(now)
    if wants_csv(request):
        if not is_fresh(request, minutes=EXPORT_MINUTES):
            return ask_again(request)
        rows = list(issued_rows(found, _words(_search(request)), today=today))
        facts = {"rows": str(len(rows) - 1)}
        record(request.user, "billing.invoices_exported", at=now, subject=found.code, facts=facts)
        return download(f"factures-{found.label}-{today}", rows)
    context |= {"figures": figures(found), "issued": issued_figures(found, today=today)}
    return render(request, "billing/staff/issued.html", context | _list(request, found, today))


@staff_page(Capability.PREPARE_INVOICES)
@require_POST
def draft(request: StaffRequest, campaign_code: str) -> HttpResponse:
    now = timezone.now()
    found = _campaign(request, campaign_code, now)
    try:
        draft_campaign(campaign=found, by=request.user, now=now)
    except CampaignRefused as refused:
        messages.error(request, REFUSALS[refused.reason])
    else:
        messages.success(request, "Le brouillon est calculé. Les familles ne le voient pas.")
    return redirect("billing:campaign", campaign_code)


@staff_page(Capability.PREPARE_INVOICES)
@require_POST
def drop(request: StaffRequest, campaign_code: str) -> HttpResponse:
    now = timezone.now()
    found = _campaign(request, campaign_code, now)
    try:
        drop_draft(campaign=found, by=request.user, now=now)
    except CampaignRefused as refused:
        messages.error(request, REFUSALS[refused.reason])
        return redirect("billing:campaign", campaign_code)
    messages.success(request, "Le brouillon est abandonné.")
    return redirect("billing:campaigns")


@staff_page(Capability.PREPARE_INVOICES)
@require_safe
def preview(request: StaffRequest, campaign_code: str) -> HttpResponse:
    """The draft, and its signature: as it was sent, when it has to be mended."""
    now = timezone.now()
    found, today = _campaign(request, campaign_code, now), local_day(now)
    if found.drafted_at is None or found.state != CampaignState.DRAFTED:
        return redirect("billing:campaign", campaign_code)
    sent = request.GET if "due_on" in request.GET else None
    context = {
        "campaign": found,
        "steps": STEPS,
        "figures": figures(found),
        "has_moved": has_moved(found),
        "before": campaign_before(found),
        "form": IssueForm(sent, today=today, initial={"due_on": today + dt.timedelta(days=found.regie.due_days)}),
        "read": found.drafted_at.isoformat(),
    }
    return render(request, "billing/staff/preview.html", context | _list(request, found, today))


@staff_page(Capability.PREPARE_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: StaffRequest, campaign_code: str) -> HttpResponse:
    """Issue the draft as it was read. A refusal is told by the preview: a page that answers a form cannot be gone
    back to."""
    now = timezone.now()
    found, to_preview = (
        _campaign(request, campaign_code, now),
        reverse("billing:campaign_preview", args=[campaign_code]),
    )
    if request.method != "POST":
        return redirect(to_preview)
    form = IssueForm(request.POST, today=local_day(now))
    if form.is_valid():
        try:
            issued = issue_as_read(
                campaign=found,
                read=request.POST.get("read", ""),
                due_on=form.cleaned_data["due_on"],
                by=request.user,
                now=now,
            )
        except NotAsRead as refused:
            messages.error(request, NOT_AS_READ[refused.reason])
            return redirect(to_preview)
        except CampaignRefused as refused:
            messages.error(request, REFUSALS[refused.reason])
            return redirect(to_preview)
        messages.success(request, ISSUED_NOW if issued.issued_at == now else REFUSALS[CampaignRefusal.ISSUED])
        return redirect("billing:campaign", campaign_code)
    if found.state != CampaignState.DRAFTED:
        messages.error(request, REFUSALS[_why_not(found)])
        return redirect("billing:campaign", campaign_code)
    sent = {name: request.POST.get(name, "")[:20] for name in ("due_on", "checked")}
    return redirect(f"{to_preview}?{urlencode(sent)}")


def _why_not(found: Campaign) -> CampaignRefusal:
    """What someone else did meanwhile to a campaign that is no draft any more."""
    return CampaignRefusal.ISSUED if found.state == CampaignState.ISSUED else CampaignRefusal.NO_DRAFT


@staff_page(Capability.PREPARE_INVOICES)
@require_safe
def bill(request: StaffRequest, campaign_code: str, invoice_code: str) -> HttpResponse:
    """One invoice of a campaign, draft or issued, with the reason of each price."""
    found = _campaign(request, campaign_code, timezone.now())
    invoice = get_object_or_404(invoice_of(found, invoice_code))
    children = lines_by_child(invoice.lines.all())
    return render(request, "billing/staff/bill.html", {"campaign": found, "invoice": invoice, "children": children})


@staff_page(Capability.PREPARE_INVOICES)
@require_safe
def bill_file(request: StaffRequest, campaign_code: str, invoice_code: str) -> HttpResponse:
    found = _campaign(request, campaign_code, timezone.now())
    return pdf_response(get_object_or_404(found.invoices.filter(state=InvoiceState.ISSUED), code=invoice_code))


@staff_page(Capability.SEE_PAYMENTS)
@require_safe
def payments(request: StaffRequest) -> HttpResponseBase:
    """The money of a period, its days, and what is not settled."""
    now = timezone.now()
    today = local_day(now)
    form, first, last = _period(request, today)
    regies = regies_in_scope(request.user, Capability.SEE_PAYMENTS, today)
    received = payments_between(regies, first, last)
    if wants_csv(request):
        if not is_fresh(request, minutes=EXPORT_MINUTES):
            return ask_again(request)
        rows = list(payment_lines(received))
        facts = {"first": first.isoformat(), "last": last.isoformat(), "rows": str(len(rows) - 1)}
        record(request.user, "billing.payments_exported", at=now, facts=facts)
        return download(f"paiements-{first}-{last}", rows)
    totals = totals_of(received)
    may_open = _open_regies(request, now)
    page: Page[Payment] = Paginator(received, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "first": first,
        "last": last,
        "totals": totals,
        "count": sum(row.payments for row in totals),
        "cents": sum(row.cents for row in totals),
        "credit_cents": sum(row.credit_cents for row in totals),
        "page": page,
        "rows": payment_rows(list(page.object_list), open_regies=may_open),
        "credits": credit_rows(list(credits_of(regies)), open_regies=may_open),
        "attempts": attempt_rows(list(attempts_to_watch(regies, now=now)), open_regies=may_open),
    }
    return render(request, "billing/staff/payments.html", context)


def _period(request: StaffRequest, today: dt.date) -> tuple[PeriodForm, dt.date, dt.date]:
    """The period asked for; when it is wrong the form says so, and the last month is shown."""
    first = today - A_MONTH
    asked = {"du": request.GET.get("du") or first.isoformat(), "au": request.GET.get("au") or today.isoformat()}
    form = PeriodForm(asked)
    return (form, form.cleaned_data["du"], form.cleaned_data["au"]) if form.is_valid() else (form, first, today)


def _open_regies(request: StaffRequest, now: dt.datetime) -> set[int]:
    """The régies whose invoices this agent may open: reading payments is another capability."""
    if not request.user.may(Capability.PREPARE_INVOICES):
        return set()
    return set(_regies(request, now).values_list("pk", flat=True))


@staff_page(Capability.SEE_PAYMENTS)
@require_POST
def check(request: StaffRequest, attempt_code: str) -> HttpResponse:
    """Ask the payment site about an attempt, now."""
    now = timezone.now()
    regies = regies_in_scope(request.user, Capability.SEE_PAYMENTS, local_day(now))
    attempt = get_object_or_404(PaymentAttempt.objects.filter(regie__in=regies), code=attempt_code)
    try:
        attempt = refresh_attempt(attempt=attempt, now=now)
    except PayFiPUnavailable:
        messages.error(request, "PayFiP ne répond pas. Recommencez dans quelques minutes.")
    else:
        messages.info(request, f"Réponse de PayFiP pour {attempt.reference}\u00a0: {attempt.get_state_display()}.")
    return redirect("billing:payments")


def _regies(request: StaffRequest, now: dt.datetime) -> QuerySet[Regie]:
    return regies_in_scope(request.user, Capability.PREPARE_INVOICES, local_day(now))


def _campaign(request: StaffRequest, code: str, now: dt.datetime) -> Campaign:
    return get_object_or_404(campaigns_in(_regies(request, now)), code=code)


def _list(request: StaffRequest, found: Campaign, today: dt.date) -> dict[str, object]:
    search = _search(request)
    words = _words(search)
    page: Page[Invoice] = Paginator(invoices_of(found, words), PER_PAGE).get_page(request.GET.get("page"))
    return {"search": search, "words": words, "page": page, "rows": rows_of(found, page.object_list, today=today)}


def _search(request: StaffRequest) -> SearchForm:
    return SearchForm(request.GET if request.method == "GET" and "q" in request.GET else None)


def _words(search: SearchForm) -> str:
    words: str = search.cleaned_data["q"] if search.is_valid() else ""
    return words


def wants_csv(request: StaffRequest) -> bool:
    return request.GET.get("export") == "csv"
