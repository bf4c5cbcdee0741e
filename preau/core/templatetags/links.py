"""The `url` tag of Django, which remembers the addresses that take no argument. A template builtin."""

from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url

from preau.core.addresses import address_of

register = template.Library()


class KeptURLNode(template.Node):
    """`{% url 'name' %}`, alone: no argument, nothing to assign."""

    def __init__(self, name: FilterExpression) -> None:
        self.name = name

    def render(self, context: Context) -> str:
        return address_of(str(self.name.resolve(context)))


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    node: Any = django_url(parser, token)
    is_plain = isinstance(node, URLNode) and not (node.args or node.kwargs or node.asvar)
    return KeptURLNode(node.view_name) if is_plain else node
