"""Whom one may be on the simulator: people that French registers really hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FRANCE, VIETNAM, MALI, MOROCCO = "99100", "99243", "99335", "99350"


@dataclass(frozen=True, slots=True)
class Person:
    """A pivot identity: birth name, all first names, `birthdate` 1985-03-14, 1985-03 or 1985, INSEE codes of birth.

    `birthplace` is empty for those born abroad; `name_in_use` when it is not the birth name.
    """

    key: str
    given_names: tuple[str, ...]
    family_name: str
    birthdate: str
    gender: str
    birthplace: str
    birthcountry: str
    email: str
    who: str
    name_in_use: str = ""

    def claims(self) -> dict[str, object]:
        """What the scopes of a town give: `identite_pivot`, `preferred_username` and `email`."""
        told: dict[str, object] = {
            "given_name": " ".join(self.given_names),
            "given_name_array": list(self.given_names),
            "family_name": self.family_name,
            "birthdate": self.birthdate,
            "gender": self.gender,
            "birthplace": self.birthplace,
            "birthcountry": self.birthcountry,
            "email": self.email,
        }
        return told | ({"preferred_username": self.name_in_use} if self.name_in_use else {})


_ALL = (
    Person(
        "zoe-pinceau",
        ("Zoé", "Marie"),
        "PINCEAU",
        "1988-04-12",
        "female",
        "94076",
        FRANCE,
        "zoe.pinceau@example.org",
        "née à Villejuif",
    ),
    Person(
        "boubacar-diallo",
        ("Boubacar",),
        "DIALLO",
        "1979-07",
        "male",
        "",
        MALI,
        "b.diallo@example.org",
        "né au Mali en juillet 1979, jour inconnu",
    ),
    Person(
        "aminata-traore-diallo",
        ("Aminata", "Fanta"),
        "TRAORE DIALLO",
        "1984",
        "female",
        "",
        MALI,
        "a.traore@example.org",
        "nom double, née au Mali en 1984, mois et jour inconnus",
    ),
    Person(
        "mai-nguyen-van",
        ("Mai",),
        "NGUYEN VAN",
        "1990-11-02",
        "female",
        "",
        VIETNAM,
        "mai.nv@example.org",
        "née au Viêt Nam",
    ),
    Person(
        "ines-roussel",
        ("Inès", "Louise"),
        "BELKACEM",
        "1986-02-27",
        "female",
        "75114",
        FRANCE,
        "ines.belkacem@example.org",
        "nom d’usage Roussel, née Belkacem à Paris",
        name_in_use="ROUSSEL",
    ),
    Person(
        "paul-martin-1",
        ("Paul", "Louis"),
        "MARTIN",
        "1985-06-01",
        "male",
        "69123",
        FRANCE,
        "paul.martin1@example.org",
        "né à Lyon ; un homonyme existe",
    ),
    Person(
        "paul-martin-2",
        ("Paul", "Henri"),
        "MARTIN",
        "1985-06-01",
        "male",
        "69123",
        FRANCE,
        "paul.martin2@example.org",
        "l’homonyme, né à Lyon le même jour",
    ),
    Person(
        "salma-el-idrissi",
        ("Salma",),
        "EL IDRISSI",
        "1993-12-19",
        "female",
        "",
        MOROCCO,
        "salma.elidrissi@example.org",
        "née au Maroc, inconnue de la mairie",
    ),
)
PEOPLE: Mapping[str, Person] = MappingProxyType({person.key: person for person in _ALL})
