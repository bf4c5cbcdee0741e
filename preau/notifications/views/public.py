"""The mailbox of the demonstration, where anyone reads what the portal has sent. No such page elsewhere."""

from pathlib import Path

from csp.constants import NONE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.core.audience import public_page
from preau.notifications.queries import WrittenMail, written_mail, written_mails

SEALED = {"default-src": [NONE], "form-action": [NONE], "frame-ancestors": [NONE], "sandbox": []}


@public_page
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/mailbox/list.html", {"mails": written_mails(_folder())})


@public_page
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "notifications/mailbox/mail.html", {"mail": _mail_or_404(name)})


@public_page
@require_safe
@csp(SEALED)  # type: ignore[arg-type]  # its types forget addresses with a parameter
def mail_as_sent(request: HttpRequest, name: str) -> HttpResponse:
    """The mail's own HTML, in a page of its own that can neither run, load, nor reach anything of ours."""
    found = _mail_or_404(name)
    if not found.html:
        raise Http404
    return HttpResponse(found.html)


def _folder() -> Path:
    if not settings.DEMO:
        raise Http404
    return Path(settings.EMAIL_FILE_PATH)


def _mail_or_404(name: str) -> WrittenMail:
    found = written_mail(_folder(), name)
    if found is None:
        raise Http404
    return found
