"""What the payment site calls by itself."""

import re
from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from preau.billing.actions.settling import hint, refresh_attempt
from preau.billing.payfip.client import PayFiPUnavailable
from preau.billing.queries.payments import code_of
from preau.core.audience import public_page

OPERATION = re.compile("[0-9A-Za-z-]{1,60}")
PATIENCE = 4  # seconds: PayFiP waits for our answer; beyond, the worker asks


@public_page
@csrf_exempt
@require_POST
def notification(request: HttpRequest) -> HttpResponse:
    """Unsigned, and without a result: only a hint to ask. Always answered in the same way."""
    operation = request.POST.get("idop", "")
    now = timezone.now()
    attempt = hint(operation=operation, now=now) if OPERATION.fullmatch(operation) else None
    if attempt is not None:
        with suppress(PayFiPUnavailable):  # the hint is kept: the worker asks
            refresh_attempt(attempt=attempt, now=now, timeout=PATIENCE)
    return HttpResponse("OK", content_type="text/plain")


@public_page
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def comeback(request: HttpRequest) -> HttpResponse:
    """Where the payment site sends the browser, with `idop`. A form of theirs comes without our cookies: the next
    address, asked from here, has them and asks who is there.
    """
    operation = request.POST.get("idop") or request.GET.get("idop", "")
    code = code_of(operation) if OPERATION.fullmatch(operation) else None
    return redirect("billing:payment_return", code) if code else redirect("billing:invoices")
