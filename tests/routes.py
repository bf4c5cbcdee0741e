"""Every address of the portal, derived from the URLconf, with objects of a family in its parameters."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from preau.core.audience import Audience, audience_of

PARAMETER = re.compile(r"<(?:[^:>]+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`path` is as written in the URLconf, `planning/<slug:who>/<month:month>/`."""

    path: str
    name: str
    view: Callable[..., Any]
    converters: Mapping[str, Any]

    def __str__(self) -> str:
        return self.name or self.path

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    @property
    def audience(self) -> Audience | None:
        return audience_of(self.view)

    def address(self, values: Mapping[str, object]) -> str:
        """The address for these values, as the converters write them."""
        return self.raw({name: quote(self.converters[name].to_url(values[name])) for name in self.parameters})

    def raw(self, texts: Mapping[str, str]) -> str:
        """The address with these texts in it, whatever they are."""
        return "/" + PARAMETER.sub(lambda match: texts[match[1]], self.path)


def routes_of(urlconf: str | None = None) -> list[Route]:
    """Every page; fails on an address that this walk cannot read."""
    return list(_walk(get_resolver(urlconf).url_patterns, "", "", {}))


def _walk(
    patterns: list[URLPattern | URLResolver], before: str, namespace: str, converters: Mapping[str, Any]
) -> Iterator[Route]:
    for pattern in patterns:
        assert isinstance(pattern.pattern, RoutePattern), (
            f"{before}{pattern.pattern}: write it with path(), not re_path()"
        )
        path, known = before + str(pattern.pattern), {**converters, **pattern.pattern.converters}
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, path, inner, known)
        else:
            yield Route(path, f"{namespace}{pattern.name}" if pattern.name else "", pattern.callback, known)
