"""Two parents who live apart, their child, the hour."""

from dataclasses import dataclass

import pytest

from preau.families.models import Adult, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.members.testing import NOW
from preau.town.testing import make_service, make_town


@dataclass(frozen=True)
class Apart:
    """The mother and the father, each in their home, and their child; the mother has an elder child too."""

    mother: Adult
    father: Adult
    child: Participant
    elder: Participant

    @property
    def page(self) -> str:
        return f"/dossier/enfants/{self.child.code}/autorisations/"


@pytest.fixture
def apart(db, time_machine) -> Apart:
    time_machine.move_to(NOW, tick=False)
    make_town(phone="01 45 59 20 00")
    make_service("enfance")
    mother = make_adult(make_family(name="Roussel"), first_name="Inès", last_name="Roussel")
    father = make_adult(make_family(name="Carpentier"), first_name="Thomas", last_name="Carpentier")
    child = make_child(mother.family, father.family, first_name="Élio", last_name="Carpentier")
    elder = make_child(mother.family, first_name="Ana", last_name="Roussel")
    return Apart(mother, father, child, elder)
