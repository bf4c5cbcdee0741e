"""What agents' telephones would show, in a demonstration. No such page elsewhere."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from preau.accounts.queries import agents_codes
from preau.core.audience import public_page


@public_page
@never_cache
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demonstration/codes.html", {"rows": agents_codes(now=timezone.now())})
