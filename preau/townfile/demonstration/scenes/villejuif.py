"""Villejuif: Zoé Pinceau and her children, remarkable households, the agents."""

from preau.families.choices import Colour, Sex
from preau.town.choices import WayIn
from preau.townfile.demonstration.households import WEDNESDAY, Birth, Generator, Grownup, Household
from preau.townfile.demonstration.scene import EVERY_DAY, Scene, Visitor, agents, child, habits, household

ZOE = "Z-pinceau"
FRANCE, MALI, VIETNAM = "99100", "99335", "99243"  # as the civil registry numbers them


def cast(generator: Generator) -> list[Household]:
    """The households that every demonstration has, Zoé's first."""
    generator.usernames |= {visitor.username.lower() for visitor in VILLEJUIF.visitors}
    return [
        _pinceau(generator),
        *_roussel_and_carpentier(generator),
        _six_children(generator),
        _long_names(generator),
        _neighbours(generator),
        _delacourt(generator),
    ]


def _pinceau(generator: Generator) -> Household:
    """Nora does not go to the morning care: she is enrolled during the visit."""
    nora = child(generator, "Nora", "Pinceau", Sex.GIRL, "gs", "lapin", Colour.CORAIL, (3, 14))
    nora.habits = habits(
        restauration=EVERY_DAY,
        accueil_soir=frozenset({0, 3}),
        passerelle=frozenset({1}),
        mercredi_journee=frozenset({WEDNESDAY}),
    )
    mylis = child(generator, "Mylis", "Pinceau", Sex.BOY, "ce1", "bateau", Colour.CIEL, (6, 2))
    mylis.habits = habits(
        restauration=EVERY_DAY,
        accueil_soir=frozenset({0, 3}),
        accueil_matin=frozenset({4}),
        mercredi_journee=frozenset({WEDNESDAY}),
    )
    home = household(generator, "Pinceau", [mylis, nora], quotient=742)
    home.number = "1842"
    home.is_visited = True
    home.adults = [
        Grownup("Zoé", "Pinceau", "Madame", ZOE, "06 12 34 56 78", birth=Birth("1988-04-12", FRANCE, "94076")),
        Grownup("Malik", "Pinceau", "Monsieur", "m.pinceau", "06 98 76 54 32"),
    ]
    return home


def _roussel_and_carpentier(generator: Generator) -> tuple[Household, Household]:
    """One child, two homes, one week each; each home has its own quotient, prices and invoices."""
    elio = child(generator, "Élio", "Carpentier", Sex.BOY, "ce2", "fusee", Colour.SOLEIL, (9, 21))
    elio.habits = habits(restauration=EVERY_DAY, accueil_soir=EVERY_DAY, mercredi_journee=frozenset({WEDNESDAY}))
    hers = household(generator, "Roussel", [elio], quotient=523)
    hers.adults = [
        Grownup("Inès", "Roussel", "Madame", "i.roussel", birth=Birth("1986-02-27", FRANCE, "75114", "Belkacem"))
    ]
    his = household(generator, "Carpentier", [], quotient=1380)
    his.adults = [Grownup("Thomas", "Carpentier", "Monsieur", "t.carpentier")]
    hers.other_home = his
    return hers, his


def _six_children(generator: Generator) -> Household:
    names = ("Fatou", "Ousmane", "Kadiatou", "Ismaël", "Hawa", "Issa")
    levels = ("cm2", "cm1", "ce2", "ce1", "gs", "ps")
    symbols = ("oiseau", "poisson", "tortue", "fusee", "cerise", "escargot")
    children = [
        child(generator, name, "Traoré Diallo", Sex.GIRL if place % 2 == 0 else Sex.BOY, level, symbol, colour, (4, 8))
        for place, (name, level, symbol, colour) in enumerate(zip(names, levels, symbols, Colour.values, strict=True))
    ]
    home = household(generator, "Traoré Diallo", children, quotient=386)
    home.adults = [
        Grownup("Aminata", "Traoré Diallo", "Madame", "a.traore-diallo", birth=Birth("1984", MALI)),
        Grownup("Boubacar", "Diallo", "Monsieur", birth=Birth("1979-07", MALI)),
    ]
    return home


def _long_names(generator: Generator) -> Household:
    name = "de La Rochefoucauld Saint-Hilaire de Montmorency"
    only = child(generator, "Marie-Clémentine-Apolline", name, Sex.GIRL, "cp", "etoile", Colour.LILAS, (1, 30))
    home = household(generator, name, [only], quotient=2310)
    home.adults = [Grownup("Anne-Charlotte-Bérénice", name, "Madame", "a.larochefoucauld")]
    return home


def _neighbours(generator: Generator) -> Household:
    """They live in the next town, and have not given their quotient."""
    children = [
        child(generator, "Linh", "Nguyen Van", Sex.GIRL, "cm1", "fleur", Colour.MENTHE, (11, 12)),
        child(generator, "Minh-Anh", "Nguyen Van", Sex.BOY, "ms", "chat", Colour.POMME, (7, 5)),
    ]
    home = household(generator, "Nguyen Van", children, quotient=None)
    home.postcode, home.city, home.insee_code = VILLEJUIF.near[0]
    home.adults = [Grownup("Mai", "Nguyen Van", "Madame", "m.nguyen-van", birth=Birth("1990-11-02", VIETNAM))]
    return home


def _delacourt(generator: Generator) -> Household:
    """On file, without an account: she creates it during the visit."""
    aurele = child(generator, "Aurèle", "Delacourt", Sex.BOY, "ms", "tortue", Colour.POMME, (9, 2))
    home = household(generator, "Delacourt", [aurele], quotient=905)
    home.number = "1907"
    home.arrival = WayIn.FIVE_STEPS
    home.adults = [
        Grownup("Julie", "Delacourt", "Madame", phone="06 20 30 40 50", address="julie.delacourt@example.org")
    ]
    return home


VILLEJUIF = Scene(
    town="villejuif",
    families=400,
    sectors=(
        ("maternelle-marronniers", "elementaire-philipe"),
        ("maternelle-pelloutier", "elementaire-langevin"),
        ("maternelle-vilar", "elementaire-vilar"),
        ("maternelle-lebon", "elementaire-cachin"),
    ),
    near=(
        ("94240", "L’Haÿ-les-Roses", "94038"),
        ("94230", "Cachan", "94016"),
        ("94110", "Arcueil", "94003"),
        ("94550", "Chevilly-Larue", "94021"),
        ("94400", "Vitry-sur-Seine", "94081"),
    ),
    agents=agents("agent du service Enfance : réservations, demandes et invitations", role="agent-enfance"),
    parents=(
        Visitor(ZOE, "Zoé Pinceau, mère de Nora (grande section) et de Mylis (CE1)"),
        Visitor("m.pinceau", "Malik Pinceau, l’autre parent du même foyer"),
        Visitor("i.roussel", "Inès Roussel, garde alternée : Élio est chez elle une semaine sur deux"),
        Visitor("t.carpentier", "Thomas Carpentier, l’autre foyer d’Élio"),
        Visitor("a.traore-diallo", "Aminata Traoré Diallo, six enfants"),
    ),
    cast=cast,
    full=(
        ("peri-marronniers", "accueil-matin", 2),
        ("repas-marronniers", "restauration", 1),
        ("peri-philipe", "accueil-matin", 2),
        ("repas-philipe", "restauration", 1),
        ("petit-bois-elementaire", "mercredi-journee", 1),
    ),
)
