"""Villepreux: the family of the guide's invoice, and parents whom the town hall invites."""

from preau.families.choices import Colour, Sex
from preau.town.choices import WayIn
from preau.townfile.demonstration.households import WEDNESDAY, Generator, Grownup, Household
from preau.townfile.demonstration.scene import EVERY_DAY, Scene, Visitor, agents, child, habits, household


def cast(generator: Generator) -> list[Household]:
    """The households that this demonstration always has: one that is there already, one that is invited."""
    generator.usernames |= {visitor.username.lower() for visitor in VILLEPREUX.visitors}
    return [_messiers(generator), _langlois(generator)]


def _messiers(generator: Generator) -> Household:
    """Mylis goes to the evening care, eats at school and spends Wednesdays at the centre, as on the guide's invoice."""
    mylis = child(generator, "Mylis", "Messiers", Sex.BOY, "ce1", "bateau", Colour.CIEL, (6, 2))
    mylis.habits = habits(
        restauration=EVERY_DAY, accueil_soir=frozenset({0, 1, 3}), mercredi_journee=frozenset({WEDNESDAY})
    )
    home = household(generator, "Messiers", [mylis], quotient=742)
    home.number = "3154"
    home.is_visited = True
    home.adults = [
        Grownup("Catherine", "Messiers", "Madame", "c.messiers", "06 12 34 56 78"),
        Grownup("Paul", "Messiers", "Monsieur"),
    ]
    return home


def _langlois(generator: Generator) -> Household:
    """Known at the desk, without an account."""
    rose = child(generator, "Rose", "Langlois", Sex.GIRL, "gs", "fleur", Colour.MENTHE, (10, 9))
    home = household(generator, "Langlois", [rose], quotient=1120)
    home.number = "3207"
    home.arrival = WayIn.INVITED
    home.adults = [Grownup("Nadia", "Langlois", "Madame", phone="06 20 30 40 50", address="nadia.langlois@example.org")]
    return home


VILLEPREUX = Scene(
    town="villepreux",
    families=80,
    sectors=(("maternelle-philipe", "elementaire-philipe"), ("maternelle-rostand", "elementaire-rostand")),
    near=(("78340", "Les Clayes-sous-Bois", "78165"), ("78370", "Plaisir", "78490")),
    agents=agents(
        "agent de l’Espace Services : invitations, demandes et réservations",
        role="agent-accueil",
    ),
    parents=(Visitor("c.messiers", "Catherine Messiers, mère de Mylis (CE1)"),),
    cast=cast,
    full=(("philipe-elementaire", "accueil-matin", 2), ("parc-elementaire", "mercredi-journee", 1)),
)
