"""Villennes-sur-Seine: a family that has its space, one whose old shared account is taken over, one that asks."""

from preau.demarches.rules import AccountIdentity
from preau.families.choices import Colour, Sex
from preau.town.choices import WayIn
from preau.townfile.demonstration.households import WEDNESDAY, Generator, Grownup, Household
from preau.townfile.demonstration.scene import EVERY_DAY, Asker, Scene, Visitor, agents, child, habits, household


def cast(generator: Generator) -> list[Household]:
    """The households that this demonstration always has."""
    generator.usernames |= {visitor.username.lower() for visitor in VILLENNES.visitors}
    return [_aubert(generator), _marchand(generator)]


def _aubert(generator: Generator) -> Household:
    """Two parents, a space for each."""
    lucie = child(generator, "Lucie", "Aubert", Sex.GIRL, "cm1", "oiseau", Colour.CORAIL, (8, 3))
    lucie.habits = habits(restauration=EVERY_DAY, accueil_soir=frozenset({1, 4}))
    gaspard = child(generator, "Gaspard", "Aubert", Sex.BOY, "gs", "fusee", Colour.CIEL, (11, 26))
    gaspard.habits = habits(restauration=EVERY_DAY, mercredi_journee=frozenset({WEDNESDAY}))
    home = household(generator, "Aubert", [lucie, gaspard], quotient=1450)
    home.number = "512"
    home.is_visited = True
    home.adults = [
        Grownup("Élise", "Aubert", "Madame", "e.aubert", "06 12 34 56 78"),
        Grownup("Simon", "Aubert", "Monsieur", "s.aubert"),
    ]
    return home


def _marchand(generator: Generator) -> Household:
    """On file; a newcomer of the same name asks for a space, and an agent tells them apart."""
    tom = child(generator, "Éliott", "Marchand", Sex.BOY, "cp", "tortue", Colour.SOLEIL, (4, 12))
    home = household(generator, "Marchand", [tom], quotient=880)
    home.number = "547"
    home.arrival = WayIn.INVITED
    home.adults = [
        Grownup("Claire", "Marchand", "Madame", phone="06 20 30 40 50", address="claire.marchand@example.org")
    ]
    return home


VILLENNES = Scene(
    town="villennes",
    families=70,
    sectors=(("maternelle-sables", "elementaire-sables"), ("maternelle-coteau", "elementaire-coteau")),
    near=(("78300", "Poissy", "78498"), ("78670", "Médan", "78384")),
    agents=agents(
        "agent du service Relations à la Population : les demandes d’espace, les invitations",
        role="agent-accueil",
    ),
    parents=(
        Visitor("e.aubert", "Élise Aubert, mère de Lucie (CM1) et de Gaspard (grande section)"),
        Visitor("s.aubert", "Simon Aubert, l’autre parent, avec son propre espace"),
    ),
    cast=cast,
    asker=Asker(
        "j.marchand",
        AccountIdentity(
            *("Julien", "Marchand", "Monsieur"),
            birth_date="1984-05-23",
            birth_country="France",
            birth_department="75",
            birth_town="Paris",
            address="8 rue du Coteau",
            postcode="78670",
            city="Villennes-sur-Seine",
            phone_mobile="06 31 41 59 26",
            phone_work="01 99 00 26 10",
            preferred_contact="mobile",
        ),
    ),
    full=(("sables-elementaire", "accueil-matin", 2), ("ile-elementaire", "mercredi-journee", 1)),
)
