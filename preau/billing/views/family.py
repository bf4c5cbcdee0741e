"""Invoices and payments, for those who pay."""

import datetime as dt
import logging

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.billing.actions.attempts import PaymentRefused, open_attempt, payment_refusal
from preau.billing.actions.settling import refresh_attempt
from preau.billing.choices import AttemptState
from preau.billing.forms import codes_in
from preau.billing.models import Invoice, PaymentAttempt
from preau.billing.payfip.client import PayFiPRefused, PayFiPUnavailable
from preau.billing.permissions import attempts_visible_to, invoices_visible_to
from preau.billing.queries.documents import pdf_of, quotient_of
from preau.billing.queries.invoices import (
    bills_to_pay,
    invoices_due,
    latest_invoices,
    lines_in_order,
    payment_under_way,
    takes_online,
    view_of,
)
from preau.billing.rules.attempts import PaymentRefusal
from preau.core.dates import local_day
from preau.core.money import euros

LEAVING = dt.timedelta(seconds=20)
STEPS = ("Mes factures", "Mon récapitulatif", "Mon paiement")
REFUSALS = {
    PaymentRefusal.NOTHING_CHOSEN: "Cochez au moins une facture, puis recommencez.",
    PaymentRefusal.SETTLED: "Une des factures choisies vient d’être réglée. Voici ce qui reste à payer.",
    PaymentRefusal.SEVERAL_REGIES: "Ces factures sont de plusieurs régies\u00a0: payez-les l’une après l’autre.",
    PaymentRefusal.TOO_SMALL: f"Le paiement en ligne commence à {euros(100)}. Payez à la régie.",
    PaymentRefusal.TOO_LARGE: "Ce montant est trop élevé pour un paiement en ligne. Cochez moins de factures.",
    PaymentRefusal.OFFLINE: "Cette régie ne se paie pas en ligne. Les autres moyens de payer sont sur la facture.",
    PaymentRefusal.NO_EMAIL: "Il manque une adresse e-mail à votre compte pour payer en ligne. Appelez la mairie.",
}
UNAVAILABLE = "Le site de paiement ne répond pas. Rien n’a été débité. Recommencez dans quelques minutes."
CLOSED = "Le paiement en ligne est fermé pour le moment. Rien n’a été débité. Payez à la régie, ou recommencez demain."

logger = logging.getLogger(__name__)


@family_page
@require_safe
def invoices(request: FamilyRequest) -> HttpResponse:
    now = timezone.now()
    bills = bills_to_pay(request.user, today=local_day(now))
    context = {
        "bills": bills,
        "waiting": sum(len(bill.invoices) for bill in bills),
        "under_way": payment_under_way(request.user, now=now),
    }
    return render(request, "billing/family/invoices.html", context)


@family_page
@require_safe
def history(request: FamilyRequest) -> HttpResponse:
    context = {
        "rows": latest_invoices(request.user, today=local_day(timezone.now())),
        "waiting": invoices_due(request.user).count(),
    }
    return render(request, "billing/family/history.html", context)


@family_page
@require_safe
def invoice(request: FamilyRequest, invoice_code: str) -> HttpResponse:
    found = get_object_or_404(
        invoices_visible_to(request.user)
        .select_related("regie__service", "payer__adult")
        .prefetch_related(lines_in_order()),
        code=invoice_code,
    )
    today = local_day(timezone.now())
    context = {
        "view": view_of(found, today=today),
        "invoice": found,
        "online": takes_online(found.regie, today),
        "quotient": quotient_of(found.lines.all()),
    }
    return render(request, "billing/family/invoice.html", context)


@family_page
@require_safe
def invoice_file(request: FamilyRequest, invoice_code: str) -> HttpResponse:
    return pdf_response(get_object_or_404(invoices_visible_to(request.user), code=invoice_code))


def pdf_response(found: Invoice) -> HttpResponse:
    """The PDF of an invoice, to be read in the browser."""
    name = f'inline; filename="facture-{found.number}.pdf"'
    return HttpResponse(pdf_of(found), content_type="application/pdf", headers={"Content-Disposition": name})


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: FamilyRequest) -> HttpResponse:
    """The recap, then the payment. No amount is read from the browser: what is due is asked to the database."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(request, asked.getlist("facture"))
    now = timezone.now()
    if refusal := payment_refusal(chosen, now=now):
        messages.error(request, REFUSALS[refusal])
        return redirect("billing:invoices")
    if request.method == "POST":
        try:
            attempt = open_attempt(by=request.user, payer=chosen[0].payer, invoices=chosen, now=now)
        except PaymentRefused as refused:
            messages.error(request, REFUSALS[refused.reason])
            return redirect("billing:invoices")
        except PayFiPUnavailable as fault:
            logger.warning("payment not opened: %s", fault)
            return _recap(request, chosen, fault=UNAVAILABLE)
        except PayFiPRefused as fault:
            logger.error("PayFiP refuses to open a payment of %s: %s", chosen[0].regie.code, fault)
            return _recap(request, chosen, fault=CLOSED)
        return redirect("billing:payment", attempt.code)
    return _recap(request, chosen)


def _chosen(request: FamilyRequest, values: list[str]) -> list[Invoice]:
    codes = codes_in(values)
    if codes is None:
        raise Http404
    visible = invoices_visible_to(request.user).select_related("regie", "payer__adult", "payer__family")
    chosen = list(visible.filter(code__in=codes).order_by("due_on", "pk"))
    if len(chosen) != len(codes):
        raise Http404
    return chosen


def _recap(request: FamilyRequest, chosen: list[Invoice], *, fault: str = "") -> HttpResponse:
    context = {
        "invoices": chosen,
        "regie": chosen[0].regie,
        "payer": chosen[0].payer,
        "cents": sum(invoice.due_cents for invoice in chosen),
        "steps": STEPS,
        "fault": fault,
        "under_way": payment_under_way(request.user, now=timezone.now()),
    }
    return render(request, "billing/family/recap.html", context, status=503 if fault else 200)


@family_page
@require_safe
def payment(request: FamilyRequest, attempt_code: str) -> HttpResponse:
    """« Préparation du paiement »: on to the payment site."""
    attempt = get_object_or_404(attempts_visible_to(request.user), code=attempt_code)
    if attempt.state != AttemptState.OPEN:
        return redirect("billing:payment_return", attempt_code)
    # Once only: somebody who comes back with their browser's arrow must not be sent away again.
    leaves = timezone.now() - attempt.opened_at < LEAVING
    response = render(request, "billing/family/payment.html", {"attempt": attempt, "steps": STEPS, "leaves": leaves})
    if leaves:
        response["Refresh"] = f"2; url={attempt.page_url}"  # a form could not go there: form-action is 'self'
    return response


@family_page
@require_safe
def payment_return(request: FamilyRequest, attempt_code: str) -> HttpResponse:
    """Where the payment stands, asked to the payment site itself: never a « paid » that it has not said."""
    attempt = get_object_or_404(attempts_visible_to(request.user), code=attempt_code)
    if attempt.state != AttemptState.PAID:
        try:
            attempt = refresh_attempt(attempt=attempt, now=timezone.now())
        except PayFiPUnavailable as fault:
            logger.warning("attempt %s: no answer on return (%s)", attempt.code, fault)
    is_waiting = attempt.state == AttemptState.OPEN and not attempt.alert
    reloads = is_waiting and "pause" not in request.GET
    response = render(request, "billing/family/return.html", _end_of(attempt) | {"reloads": reloads})
    if reloads:
        response["Refresh"] = "10"
    return response


def _end_of(attempt: PaymentAttempt) -> dict[str, object]:
    shares = [share.invoice for share in attempt.shares.select_related("invoice").order_by("invoice__due_on")]
    paid = attempt.payment if attempt.state == AttemptState.PAID else None
    return {
        "attempt": attempt,
        "invoices": shares,
        "payment": paid,
        "credit_cents": paid.amount_cents - paid.used_cents if paid else 0,
        "steps": STEPS,
        "is_waiting": attempt.state == AttemptState.OPEN,
        "still_due": any(invoice.due_cents for invoice in shares),
    }
