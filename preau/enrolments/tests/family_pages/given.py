"""Builders and readers of these tests."""

import datetime as dt

from preau.activities.testing import make_activity, make_group, make_unit
from preau.core.dates import PARIS
from preau.enrolments.testing import make_intake
from preau.pricing.testing import make_tariff

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
LIST, NEW = "/inscriptions/", "/inscriptions/nouvelle/"
GRID = {"base": [{"kind": "grid", "at": ["0", "600"], "prices": ["2.10", "3.50"]}]}


def offered(code="accueil-matin-maternelle", *, group=None, capacity=None, price="3.50", **fields):
    """An activity open to whoever fits, with a price."""
    activity = make_activity(code, **fields)
    make_tariff(make_unit(activity), price)
    make_intake(activity, group or make_group(f"groupe-{code}"), capacity=capacity)
    return activity


def page(response) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def asked(nora, activity, **more):
    return {"enfant": nora.code, "type": "periscolaire", "activite": activity.code, "entree": "2026-10-05"} | more
