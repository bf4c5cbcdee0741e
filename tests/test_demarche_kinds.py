"""Every kind of request has all that the worklist leans on, in whatever area it is."""

import inspect

import pytest
from django.db.models import OneToOneField

from preau.accounts.choices import Capability
from preau.core.audience import AudienceKind
from preau.demarches.choices import ACCOUNT
from preau.demarches.kinds import KINDS, Kind
from preau.demarches.models import Demarche
from preau.townfile.tables.requests import request_codes
from tests.routes import routes_of

PAGES = {route.name: route for route in routes_of()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_a_kind_has_a_label_a_page_of_agents_and_a_detail_tied_to_its_header(kind: Kind) -> None:
    assert kind.label[0].isupper()
    page = PAGES[kind.page]
    assert page.parameters == ["demarche_code"]
    assert page.audience is not None
    assert (page.audience.kind, page.audience.capability) == (AudienceKind.STAFF, Capability.HANDLE_REQUESTS)
    key = kind.detail._meta.pk
    assert isinstance(key, OneToOneField)
    assert key.related_model is Demarche


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
@pytest.mark.parametrize("what", ["accept", "refuse"])
def test_a_kind_is_accepted_and_refused_by_somebody_on_a_version(kind: Kind, what: str) -> None:
    asked = inspect.signature(getattr(kind, what)).parameters
    assert {"by", "version", "now"} <= {name for name, one in asked.items() if one.kind is one.KEYWORD_ONLY}


def test_the_kind_of_accounts_is_there() -> None:
    assert "demarches.account" in KINDS


def test_each_kind_has_a_name_of_its_own_in_the_town_file() -> None:
    assert set(request_codes().values()) == set(KINDS) - {ACCOUNT}
