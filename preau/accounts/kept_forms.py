"""A form sent after its session ended is not lost: it waits a day for the same person, who sees it and sends it once.

It is kept on our side, never in the browser. A form with a password is not kept at all, nor are files. What an area
seals in its own tables is sealed here too (see `seal_forms_of`).
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, resolve_url
from django.urls import ResolverMatch, resolve
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme

from preau.accounts.models import KeptForm, Session, User
from preau.core.codes import new_code

KEPT_FOR = dt.timedelta(days=1)
MOST_SIGNS = 64 * 1024
MOST_FIELDS = 1000
MOST_FORMS = 5  # of one person
FIELD = "saisie_gardee"
LEFT_BY = "left_by"
SECRET = re.compile(r"passw|mot.?de.?passe|secret|otp", re.IGNORECASE)
NOT_KEPT = frozenset({"csrfmiddlewaretoken", FIELD})
SEALED = "sealed"
Fields = list[tuple[str, list[str]]]


class Closet(Protocol):
    """Seals what is typed on the pages of an area. `values` are those of the page's address, `code` the form's."""

    def seal(self, user: User, values: Mapping[str, Any], code: str, text: str) -> str | None:
        """None when this person may not send that form: then it is not kept."""

    def unseal(self, values: Mapping[str, Any], code: str, sealed: str) -> str | None:
        """None once it opens no more."""


CLOSETS: dict[str, Closet] = {}


def seal_forms_of(namespace: str, closet: Closet) -> None:
    """From now on, what is typed on the pages of `namespace` is never kept in clear."""
    CLOSETS[namespace] = closet


def owner_of(request: HttpRequest) -> User | None:
    """Who was signed in on this browser, in the session that it still names and that ended a short while ago; or whose
    form it has already left here since."""
    if left_by := request.session.get(LEFT_BY):
        return User.objects.filter(pk=left_by, is_active=True).first()
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = Session.objects.select_related("user").filter(session_key=key, expire_date__lte=timezone.now()).first()
    if row is None or row.user is None or timezone.now() - row.expire_date > KEPT_FOR:
        return None
    return row.user if row.user.is_active else None


def keep_form(request: HttpRequest, user: User) -> bool:
    """Keep what was sent, for `user`; False when it can't be: a secret, too long, not a page's form."""
    try:
        pairs = [(name, values) for name, values in request.POST.lists() if name not in NOT_KEPT]
        files = len(request.FILES)
    except (RequestDataTooBig, TooManyFieldsSent, MultiPartParserError):
        return False
    address = request.get_full_path()
    signs = sum(len(name) + sum(map(len, values)) for name, values in pairs)
    if request.method != "POST" or request.headers.get("HX-Request") or signs > MOST_SIGNS or len(pairs) > MOST_FIELDS:
        return False
    if len(address) > 500 or any(SECRET.search(name) for name, _ in pairs):
        return False
    code = new_code()
    if (kept := _sealed(request.resolver_match, user, code, pairs)) is None:
        return False
    _write(user, code=code, address=address, fields=kept, files=files, now=timezone.now())
    if not request.user.is_authenticated:
        request.session[LEFT_BY] = user.pk
    return True


def _sealed(match: ResolverMatch | None, user: User, code: str, pairs: Fields) -> Fields | None:
    """The fields as they are kept; None when they may not be."""
    closet = CLOSETS.get(match.namespace) if match else None
    if match is None or closet is None:
        return pairs
    sealed = closet.seal(user, match.kwargs, code, json.dumps(pairs))
    return None if sealed is None else [(SEALED, [sealed])]


def is_sealed(kept: KeptForm) -> bool:
    """Whether what was typed is sealed: whoever reads it again shows once more who they are."""
    return [name for name, _ in kept.fields] == [SEALED] and _page(kept).namespace in CLOSETS


def fields_of(kept: KeptForm) -> Fields | None:
    """The fields as they were typed; None when they open no more."""
    if not is_sealed(kept):
        return [(name, values) for name, values in kept.fields]
    match = _page(kept)
    text = CLOSETS[match.namespace].unseal(match.kwargs, kept.code, kept.fields[0][1][0])
    return None if text is None else [(name, values) for name, values in json.loads(text)]


def _page(kept: KeptForm) -> ResolverMatch:
    return resolve(urlsplit(kept.address).path)


@transaction.atomic
def _write(user: User, *, code: str, address: str, fields: list[Any], files: int, now: dt.datetime) -> None:
    """The last form of each address, and no more than a few."""
    waiting = KeptForm.objects.filter(user=user, sent_at=None)
    waiting.filter(address=address).delete()
    oldest = waiting.order_by("-kept_at").values_list("pk", flat=True)[MOST_FORMS - 1 :]
    KeptForm.objects.filter(pk__in=list(oldest)).delete()
    KeptForm.objects.create(user=user, code=code, address=address, fields=fields, files=files, kept_at=now)


def has_lost_files(request: HttpRequest) -> bool:
    """Whether what is sent was kept from an ended session, without the files that came with it."""
    kept = getattr(request, "_kept_form", None)
    return kept is not None and bool(kept.filter(files__gt=0).exists())


def waiting_form(user: User, *, now: dt.datetime) -> KeptForm | None:
    """The last thing that this person had typed and has not sent since."""
    kept = KeptForm.objects.filter(user=user, sent_at=None, kept_at__gt=now - KEPT_FOR)
    return kept.order_by("-kept_at", "-pk").first()


def forget_old_forms(*, now: dt.datetime) -> int:
    """Delete what nobody came back for, and what was sent; run now and then by the worker."""
    return KeptForm.objects.filter(kept_at__lte=now - KEPT_FOR).delete()[0]


def page_of(request: HttpRequest) -> str:
    """The page of ours that sent this request, or where one arrives."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class KeptFormMiddleware(MiddlewareMixin):
    """A form that was kept is sent by its page like any other, with its code: the first time, it goes through."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.method != "POST" or FIELD not in request.POST:
            return None
        kept = KeptForm.objects.filter(code=request.POST[FIELD][:10], user__pk=request.user.pk or 0)
        if kept.filter(sent_at=None).update(sent_at=timezone.now()):
            request._kept_form = kept  # type: ignore[attr-defined]
            return None
        messages.info(request, "Cette saisie est déjà partie : rien n’est envoyé deux fois.")
        return redirect("accounts:landing")

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Once sent, it is emptied; when the page failed, it may be sent again."""
        kept = getattr(request, "_kept_form", None)
        if kept is not None:
            changed: dict[str, Any] = {"sent_at": None} if response.status_code >= 500 else {"fields": []}
            kept.update(**changed)
        return response
