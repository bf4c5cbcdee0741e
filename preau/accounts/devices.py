"""What a browser says of itself, and those on which somebody has already signed in.

A browser that has signed in keeps a signed cookie which names no one: it waits for nobody else's wrong passwords, and
its owner is not warned of a new device each time.
"""

import hmac
import re
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from preau.accounts.models import User
from preau.core.codes import new_code

COOKIE = "preau_device"
A_YEAR = 365 * 86400
MOST_PEOPLE = 5
KINDS = (
    (r"iPad|Tablet|Android(?!.*Mobile)", "Tablette"),
    (r"iPhone|iPod|Mobile|Android", "Téléphone"),
    (r"Windows|Macintosh|X11|Linux|CrOS", "Ordinateur"),
)
SYSTEMS = (
    (r"Android", "Android"),
    (r"iPhone|iPod|iPad", "Apple"),
    (r"Windows", "Windows"),
    (r"Macintosh", "Mac"),
    (r"CrOS", "Chromebook"),
    (r"X11|Linux", "Linux"),
)
BROWSERS = (  # the first that fits: all the others claim to be Chrome or Safari too
    (r"Edg(?:A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)


def describe(user_agent: str) -> str:
    """« Téléphone Android, Firefox »; « Appareil inconnu » when the browser says nothing that we know."""
    kind, system, browser = (_first(user_agent, names) for names in (KINDS, SYSTEMS, BROWSERS))
    device = " ".join(word for word in (kind, system) if word)
    return ", ".join(word for word in (device, browser) if word) or "Appareil inconnu"


def known_device(request: HttpRequest, login: str) -> str:
    """The code of this browser, when whoever signs in under `login` (a name or an address) has done so on it, or ""."""
    device, people = _read(request)
    wanted = _mark(login)
    return device if any(hmac.compare_digest(wanted, mark) for mark in people) else ""


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether this person has already signed in on this browser."""
    return bool(known_device(request, user.username) or known_device(request, user.email))


def trust(request: HttpRequest, user: User) -> None:
    """This browser is this person's: the answer to this request says so to it."""
    request._device_of = user  # type: ignore[attr-defined]


def write_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell the browser what `trust` decided."""
    user: User | None = getattr(request, "_device_of", None)
    if user is None:
        return
    device, people = _read(request)
    marks = dict.fromkeys([_mark(user.username), _mark(user.email), *people])
    value = signing.dumps([device or new_code(), list(marks)[: 2 * MOST_PEOPLE]], salt=COOKIE)
    response.set_cookie(COOKIE, value, max_age=A_YEAR, secure=settings.SECURE, httponly=True, samesite="Lax")


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        read: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=A_YEAR)
        device, people = read
    except (signing.BadSignature, ValueError):
        return "", []
    return str(device), [str(mark) for mark in people]


def _mark(login: str) -> str:
    """A name that only we can read in the cookie."""
    return salted_hmac(COOKIE, login.strip().lower(), algorithm="sha256").hexdigest()[:24]


def _first(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for pattern, name in names if re.search(pattern, text)), "")
