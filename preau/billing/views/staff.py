"""Campaigns and payments, for régisseurs."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.billing.actions.campaigns import CampaignRefused, draft_campaign, drop_draft, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.actions.settling import refresh_attempt
from preau.billing.choices import CampaignState, InvoiceState
from preau.billing.forms import DayForm, IssueForm, PrepareForm, SearchForm
from preau.billing.models import Campaign, Invoice, PaymentAttempt, Regie
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
from preau.billing.queries.desk import months_of
from preau.billing.queries.invoices import lines_by_child
from preau.billing.queries.payments import attempts_to_watch, credits_of, payments_on, totals_by_day
from preau.billing.rules.campaigns import CampaignRefusal
from preau.billing.views.family import pdf_response
from preau.core.dates import local_day

STEPS = ("Préparer", "Anomalies", "Aperçu", "Émettre")
PER_PAGE = 50
REFUSALS = {
    CampaignRefusal.NOT_OVER: "Ce mois n’est pas terminé : préparez ses factures à partir du 1er du mois suivant.",
    CampaignRefusal.ISSUED: "Ces factures sont déjà émises. Pour corriger, il faut un avoir.",
    CampaignRefusal.NO_DRAFT: "Calculez d’abord le brouillon.",
    CampaignRefusal.EMPTY: "Le brouillon ne contient aucune facture : il n’y a rien à émettre.",
    CampaignRefusal.STALE: "Des réservations ont changé depuis le calcul. Recalculez, puis relisez l’aperçu.",
    CampaignRefusal.DUE_IN_THE_PAST: "Choisissez une date à partir d’aujourd’hui",
    CampaignRefusal.SERIES_FULL: "La numérotation de la régie est pleine : il faut changer son modèle de numéro.",
}


@staff_page(Capability.PREPARE_INVOICES)
@require_http_methods(["GET", "HEAD", "POST"])
def campaigns(request: StaffRequest) -> HttpResponse:
    """The régies and their months; POST opens one."""
    now = timezone.now()
    regies = _regies(request, now)
    if request.method == "POST":
        form = PrepareForm(request.POST)
        if form.is_valid():
            regie = get_object_or_404(regies, code=form.cleaned_data["regie"])
            try:
                found = open_campaign(regie=regie, month=form.cleaned_data["month"], by=request.user, now=now)
            except CampaignRefused as refused:
                messages.error(request, REFUSALS[refused.reason])
            else:
                return redirect("billing:campaign", found.code)
        else:
            messages.error(request, "Choisissez un des mois proposés.")
        return redirect("billing:campaigns")
    return render(request, "billing/staff/campaigns.html", {"boards": months_of(regies, today=local_day(now))})


@staff_page(Capability.PREPARE_INVOICES)
@require_safe
def campaign(request: StaffRequest, campaign_code: str) -> HttpResponse:
    """Where the campaign stands: to compute, to check, or issued."""
    now = timezone.now()
    found = _campaign(request, campaign_code, now)
    context: dict[str, object] = {"campaign": found, "steps": STEPS}
    if found.state == CampaignState.OPEN:
        return render(request, "billing/staff/prepare.html", context | {"counted": counted(found)})
    if found.state == CampaignState.DRAFTED:
        context |= {"figures": figures(found), "has_moved": has_moved(found)}
        return render(request, "billing/staff/anomalies.html", context)
    today = local_day(now)
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
    now = timezone.now()
    found = _campaign(request, campaign_code, now)
    if found.state != CampaignState.DRAFTED:
        return redirect("billing:campaign", campaign_code)
    due_on = local_day(now) + dt.timedelta(days=found.regie.due_days)
    return _preview(request, found, IssueForm(initial={"due_on": due_on}), local_day(now))


@staff_page(Capability.PREPARE_INVOICES)
@require_POST
def issue(request: StaffRequest, campaign_code: str) -> HttpResponse:
    now = timezone.now()
    found = _campaign(request, campaign_code, now)
    form = IssueForm(request.POST)
    if form.is_valid():
        try:
            issue_campaign(campaign=found, due_on=form.cleaned_data["due_on"], by=request.user, now=now)
        except CampaignRefused as refused:
            form.add_error(
                "due_on" if refused.reason == CampaignRefusal.DUE_IN_THE_PAST else None, REFUSALS[refused.reason]
            )
        else:
            messages.success(request, "Les factures sont émises. Les e-mails partent dans les minutes qui viennent.")
            return redirect("billing:campaign", campaign_code)
    if found.state != CampaignState.DRAFTED:
        return redirect("billing:campaign", campaign_code)
    return _preview(request, found, form, local_day(now))


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
def payments(request: StaffRequest) -> HttpResponse:
    """The money of a day, the days of the month, and what is not settled."""
    now = timezone.now()
    today = local_day(now)
    form = DayForm(request.GET if "jour" in request.GET else {"jour": today.isoformat()})
    day = (form.cleaned_data["jour"] or today) if form.is_valid() else today
    regies = regies_in_scope(request.user, Capability.SEE_PAYMENTS, today)
    received = list(payments_on(regies, day))
    context = {
        "form": form,
        "day": day,
        "today": today,
        "received": received,
        "cents": sum(payment.amount_cents for payment in received),
        "totals": totals_by_day(regies, today=today),
        "credits": credits_of(regies),
        "attempts": attempts_to_watch(regies, now=now),
    }
    return render(request, "billing/staff/payments.html", context)


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
        messages.info(request, f"Réponse de PayFiP pour {attempt.reference} : {attempt.get_state_display()}.")
    return redirect("billing:payments")


def _regies(request: StaffRequest, now: dt.datetime) -> QuerySet[Regie]:
    return regies_in_scope(request.user, Capability.PREPARE_INVOICES, local_day(now))


def _campaign(request: StaffRequest, code: str, now: dt.datetime) -> Campaign:
    return get_object_or_404(campaigns_in(_regies(request, now)), code=code)


def _list(request: StaffRequest, found: Campaign, today: dt.date) -> dict[str, object]:
    search = SearchForm(request.GET if request.method == "GET" else None)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    page: Page[Invoice] = Paginator(invoices_of(found, words), PER_PAGE).get_page(request.GET.get("page"))
    return {"search": search, "words": words, "page": page, "rows": rows_of(found, page.object_list, today=today)}


def _preview(request: StaffRequest, found: Campaign, form: IssueForm, today: dt.date) -> HttpResponse:
    context = {
        "campaign": found,
        "steps": STEPS,
        "figures": figures(found),
        "has_moved": has_moved(found),
        "form": form,
    }
    return render(request, "billing/staff/preview.html", context | _list(request, found, today))
