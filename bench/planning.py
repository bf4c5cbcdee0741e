"""The planning of a month against the same bytes served to the same parent: whole requests, in process."""

import io
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import override_settings
from django.urls import clear_url_caches

from bench import urls
from bench.report import Figure, spread
from bench.timing import interleaved, ratio
from bench.town import CSRF, MONTH, ONE_CHILD, THREE_CHILDREN, session_of
from preau.families.models import Participant

ROUNDS = 150
KB = 1000


def measure() -> list[Figure]:
    with override_settings(ROOT_URLCONF="bench.urls"):
        clear_url_caches()
        get = client()
        child = Participant.objects.get(homes__family=ONE_CHILD)
        one, three = f"/planning/{child.code}/{MONTH}/", f"/planning/tous/{MONTH}/"
        calls: dict[str, Callable[[], object]] = {}
        for name, page, user in (("one", one, ONE_CHILD), ("three", three, THREE_CHILDREN)):
            urls.SAVED[name] = get(page, user)
            calls[name] = lambda page=page, user=user: get(page, user)
            calls[f"same-{name}"] = lambda name=name, user=user: get(f"/mesure/{name}/", user)
        taken = interleaved(calls, rounds=ROUNDS, warm_up=5)
        queries = queries_of(calls["one"])
        zipped = len(get(one, ONE_CHILD, HTTP_ACCEPT_ENCODING="gzip"))
    milliseconds = {name: [value * 1000 for value in values] for name, values in taken.items()}

    def detail(name: str) -> str:
        page, floor = spread(milliseconds[name], " ms"), spread(milliseconds[f"same-{name}"], " ms")
        return f"{page} ; mêmes octets {floor} ; {len(urls.SAVED[name]) / KB:.0f} ko"

    return [
        Figure("planning.one_child", ratio(taken, "one", "same-one"), 4, "lower", detail("one")),
        Figure("planning.three_children", ratio(taken, "three", "same-three"), 5, "lower", detail("three")),
        Figure("planning.queries", queries, 8, "lower", f"{queries} requêtes, session comprise"),
        Figure("planning.gzip_kb", zipped / KB / 10, 1, "lower", f"{zipped / KB:.1f} ko pour un enfant"),
    ]


def client() -> Callable[..., bytes]:
    """`get(path, user)`: the body of the page, by the WSGI handler and all the middleware."""
    application = get_wsgi_application()

    def get(path: str, user: int, **headers: str) -> bytes:
        answered: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": f"preau_session={session_of(user)}; preau_csrf={CSRF}",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        } | headers
        response = application(environ, lambda status, *_: answered.append(status))
        body = b"".join(response)
        response.close()
        if answered != ["200 OK"]:
            raise RuntimeError(f"{path}: {answered}")
        return body

    return get


def queries_of(call: Callable[[], object]) -> int:
    count = 0

    def counting(execute: Callable[..., object], *arguments: Any) -> object:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counting):
        call()
    return count
