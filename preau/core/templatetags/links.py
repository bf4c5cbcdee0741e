"""The `url` and `static` tags of Django, which remember the addresses that are always the same. A template builtin."""

from functools import cache
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.static import static as static_address
from django.urls import NoReverseMatch

from preau.core.addresses import address_of

register = template.Library()


class KeptURLNode(template.Node):
    """`{% url 'name' %}` or `{% url 'name' as variable %}`: without arguments."""

    def __init__(self, name: FilterExpression, variable: str | None) -> None:
        self.name = name
        self.variable = variable

    def render(self, context: Context) -> str:
        name = str(self.name.resolve(context))
        if self.variable is None:
            return address_of(name)
        try:
            context[self.variable] = address_of(name)
        except NoReverseMatch:
            context[self.variable] = ""
        return ""


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    node: Any = django_url(parser, token)
    is_plain = isinstance(node, URLNode) and not (node.args or node.kwargs)
    return KeptURLNode(node.view_name, node.asvar) if is_plain else node


@register.simple_tag
@cache
def static(path: str) -> str:
    return static_address(path)
