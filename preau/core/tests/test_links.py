import pytest
from django.template import Context, Template
from django.test import override_settings
from django.urls import NoReverseMatch, reverse

from preau.core.addresses import address_of


def render(source, **context):
    return Template(source).render(Context(context))


def test_a_link_without_argument_is_the_address_of_the_page():
    assert render("{% url 'portal:welcome' %}") == reverse("portal:welcome")


def test_a_link_may_name_its_page_by_a_variable():
    assert render("{% url page %}", page="portal:welcome") == reverse("portal:welcome")


def test_a_link_may_be_assigned_and_is_empty_when_there_is_no_such_page():
    assert render("{% url 'portal:welcome' as home %}[{{ home }}]") == f"[{reverse('portal:welcome')}]"
    assert render("{% url 'nowhere' as missing %}[{{ missing }}]") == "[]"


def test_an_unknown_page_is_a_fault():
    with pytest.raises(NoReverseMatch):
        render("{% url 'nowhere:at-all' %}")


def test_other_routes_are_other_addresses():
    address_of("portal:welcome")
    with override_settings(ROOT_URLCONF="preau.core.tests.ui_urls"):
        assert address_of("portal:welcome") == reverse("portal:welcome")
