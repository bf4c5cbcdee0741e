"""The texts of the town, for the agents who publish them: their versions, a new one, and who accepted what.

A text binds the whole town: who accepted it is told only to whoever holds the capability everywhere.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts import acceptances
from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.conditions import ASKED
from preau.accounts.forms import SearchPeopleForm, TextForm
from preau.accounts.fresh import EXPORT_MINUTES, fresh
from preau.accounts.models import Acceptance
from preau.accounts.permissions import holds_everywhere
from preau.core.dates import local_day
from preau.core.exports import download
from preau.town.actions import TextMoved, publish_text
from preau.town.choices import TextCode
from preau.town.models import Text
from preau.town.queries import current_text
from preau.town.rules import blocks

PER_PAGE = 50


@staff_page(Capability.PUBLISH_TEXTS)
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    return render(request, "accounts/texts/texts.html", {"texts": acceptances.published_texts()})


@staff_page(Capability.PUBLISH_TEXTS)
@require_safe
def text(request: StaffRequest, published_code: str) -> HttpResponse:
    """The versions of a text, the one in force first."""
    code = _code(published_code)
    versions = list(acceptances.versions_of(code))
    is_asked = code in ASKED
    context = {
        "code": code,
        "versions": versions,
        "is_asked": is_asked,
        "may_see_who": is_asked and _sees_who(request),
        "waiting": acceptances.waiting_for(versions[0]) if is_asked and versions else 0,
    }
    return render(request, "accounts/texts/text.html", context)


@staff_page(Capability.PUBLISH_TEXTS)
@fresh(minutes=15)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: StaffRequest, published_code: str) -> HttpResponse:
    """Write a version, read it as people will, publish it."""
    code = _code(published_code)
    last = current_text(code)
    is_asked = code in ASKED
    form = TextForm(request.POST if request.method == "POST" else None, last=last, is_asked=is_asked)
    step = request.POST.get("step")
    context: dict[str, Any] = {"code": code, "last": last, "is_asked": is_asked, "form": form}
    if request.method != "POST" or not form.is_valid() or step == "edit":
        return render(request, "accounts/texts/write.html", context)
    if step == "publish":
        return _publish(request, code, form, context)
    given = form.cleaned_data
    context |= {
        "body": blocks(given["body"]),
        "changes": blocks(given["changes"]),
        "asked": acceptances.parents_asked() if is_asked else 0,
    }
    return render(request, "accounts/texts/preview.html", context)


def _publish(request: StaffRequest, code: TextCode, form: TextForm, context: dict[str, Any]) -> HttpResponse:
    try:
        done = publish_text(code=code, **form.cleaned_data, by=request.user, now=timezone.now())
    except TextMoved:
        last = current_text(code)
        assert last is not None
        return render(request, "accounts/texts/write.html", context | {"last": last, "form": form.after_another(last)})
    messages.success(request, f"La version {done.version} est publiée.")
    return redirect("accounts:text", code)


@staff_page(Capability.PUBLISH_TEXTS)
@require_safe
def accepted(request: StaffRequest, published_code: str, version: int) -> HttpResponse:
    """Who has accepted a version, and when."""
    found = _version(request, published_code, version)
    search = _search(request)
    words = search.words
    page: Page[Acceptance] = Paginator(acceptances.acceptances_of(found, words), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"text": found, "search": search, "words": words, "page": page, "count": page.paginator.count}
    return render(request, "accounts/texts/accepted.html", context)


@staff_page(Capability.PUBLISH_TEXTS)
@fresh(minutes=EXPORT_MINUTES)
@require_safe
def export(request: StaffRequest, published_code: str, version: int) -> HttpResponse:
    """The same list, for a spreadsheet."""
    found = _version(request, published_code, version)
    now = timezone.now()
    lines = acceptances.export_acceptances(found, _search(request).words, by=request.user, now=now)
    return download(f"acceptations-{found.title}-version-{version}-{local_day(now)}", lines)


def _code(published_code: str) -> TextCode:
    if published_code not in TextCode.values:
        raise Http404
    return TextCode(published_code)


def _version(request: StaffRequest, published_code: str, version: int) -> Text:
    """A version that parents accept, for whoever may know who did."""
    code = _code(published_code)
    if code not in ASKED or not _sees_who(request):
        raise Http404
    return get_object_or_404(Text, code=code, version=version)


def _sees_who(request: StaffRequest) -> bool:
    return holds_everywhere(request.user, Capability.PUBLISH_TEXTS, local_day(timezone.now()))


def _search(request: StaffRequest) -> SearchPeopleForm:
    return SearchPeopleForm(request.GET if "q" in request.GET else None)
