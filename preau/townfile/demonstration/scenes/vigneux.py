"""Vigneux-sur-Seine: the family of the leaflet, its canteen that is read and not booked, sports and arts."""

from preau.families.choices import Colour, Sex
from preau.town.choices import WayIn
from preau.townfile.demonstration.households import WEDNESDAY, Generator, Grownup, Household
from preau.townfile.demonstration.scene import EVERY_DAY, Scene, Visitor, agents, child, habits, household


def cast(generator: Generator) -> list[Household]:
    """The households that this demonstration always has: one with an account, one that may create its own."""
    generator.usernames |= {visitor.username.lower() for visitor in VIGNEUX.visitors}
    return [_dupont(generator), _lemaire(generator)]


def _dupont(generator: Generator) -> Household:
    jeanne = child(generator, "Jeanne", "Dupont", Sex.GIRL, "ce2", "etoile", Colour.LILAS, (5, 17))
    jeanne.habits = habits(
        restauration=EVERY_DAY, accueil_soir=frozenset({0, 3}), ecole_des_sports=frozenset({WEDNESDAY})
    )
    home = household(generator, "Dupont", [jeanne], quotient=640)
    home.number = "20418"
    home.is_visited = True
    home.adults = [Grownup("Martin", "Dupont", "Monsieur", "m.dupont", "06 12 34 56 78")]
    return home


def _lemaire(generator: Generator) -> Household:
    """On file, without an account."""
    basile = child(generator, "Basile", "Lemaire", Sex.BOY, "ms", "chat", Colour.POMME, (2, 20))
    home = household(generator, "Lemaire", [basile], quotient=410)
    home.number = "20533"
    home.arrival = WayIn.FIVE_STEPS
    home.adults = [Grownup("Julie", "Lemaire", "Madame", phone="06 20 30 40 50", address="julie.lemaire@example.org")]
    return home


VIGNEUX = Scene(
    town="vigneux",
    families=90,
    sectors=(("maternelle-seine", "elementaire-seine"), ("maternelle-foret", "elementaire-foret")),
    near=(("91230", "Montgeron", "91421"), ("91210", "Draveil", "91201")),
    agents=agents("agent Enfance/Éducation : réservations, demandes et invitations", role="agent-accueil"),
    parents=(Visitor("m.dupont", "Martin Dupont, père de Jeanne (CE2)"),),
    cast=cast,
    full=(("seine-elementaire", "accueil-matin", 2), ("lac-elementaire", "mercredi-journee", 1)),
    hobbies=(("ecole-des-sports", 0.2, WEDNESDAY), ("emap", 0.12, WEDNESDAY)),
)
