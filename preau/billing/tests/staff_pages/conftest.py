from typing import Any

import pytest

from preau.activities.testing import make_activity, make_unit
from preau.billing.models import (
    Regie,
)
from preau.billing.testing import (
    OCTOBER,
    make_regie,
)
from preau.pricing.testing import make_tariff
from preau.town.testing import make_town


@pytest.fixture(autouse=True)
def october(time_machine: Any) -> None:
    """The 2nd of October: September is over."""
    time_machine.move_to(OCTOBER, tick=False)
    make_town()


@pytest.fixture
def regie() -> Regie:
    unit = make_unit(make_activity("soir", name="Accueil du soir"), "soir")
    make_tariff(unit, "4.55")
    return make_regie(unit.activity)
