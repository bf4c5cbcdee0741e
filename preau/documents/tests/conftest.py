"""A household of two parents, the other home of their child, and an agent who reads documents."""

from dataclasses import dataclass

import pytest

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent
from preau.documents.testing import AT
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.town.models import Service
from preau.town.testing import make_service, make_town, make_year


@dataclass(frozen=True)
class Home:
    """Zoé and Malik, their child Nora, who lives with Thomas too."""

    family: Family
    zoe: Adult
    malik: Adult
    other: Family
    thomas: Adult
    nora: Participant
    service: Service

    @property
    def user(self) -> User:
        return user_of(self.zoe)


def user_of(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


@pytest.fixture
def home(db: None, time_machine) -> Home:
    time_machine.move_to(AT, tick=False)
    make_town()
    make_year()
    service = make_service("enfance")
    family, other = make_family(), make_family(name="Carpentier")
    zoe = make_adult(family)
    malik = make_adult(family, first_name="Malik")
    thomas = make_adult(other, first_name="Thomas", last_name="Carpentier")
    return Home(family, zoe, malik, other, thomas, make_child(family, other), service)


@pytest.fixture
def agent(home: Home) -> User:
    """Answers and reviews for the service, without what health or judgments need."""
    return make_agent(Capability.HANDLE_REQUESTS, Capability.REVIEW_DOCUMENTS, service=home.service)
