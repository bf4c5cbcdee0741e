"""Files that look alike: found in the whole town, compared, made one, or said to be two."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.backoffice.tests.two_files import LIST, NOW, Two, client_of, differ, text
from preau.families.choices import TraitKind
from preau.families.merging import tell_apart
from preau.families.models import Adult, Family, Participant
from preau.families.searching import refile
from preau.families.testing import make_adult, make_child, make_family
from preau.families.traits import MOST_SHARED, pairs_alike
from preau.town.testing import make_place, make_town, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()
    make_year()


@pytest.fixture
def two() -> Two:
    return Two()


def test_who_is_who_is_proposed_values_are_chosen_and_the_page_merges(two: Two) -> None:
    differ(two)
    Participant.objects.filter(pk=two.nora_again.pk).update(born_on=two.nora.born_on)
    refile(two.kept.pk, two.gone.pk)
    client = client_of(two.agent)
    shown = text(client.get(f"{LIST}{two.kept.code}/"))
    assert "Un autre dossier lui ressemble : Pinceaux, n° 0912-0071 (même enfant et même adulte)." in shown
    page = f"{LIST}{two.kept.code}/reunir/{two.gone.code}/"
    compared = text(client.get(page))
    assert "Dossier 1084-3154 (gardé)" in compared
    assert "Zoe Pinceau et Nora Pinceau n’existeront qu’une fois." in compared
    assert "Téléphone portable, Zoé" in compared
    assert "Remplissez" in text(client.post(page, {"action": "reunir"}))
    same = {f"adulte-{two.zoe_again.code}": two.zoe.code, f"enfant-{two.nora_again.code}": two.nora.code}
    sent = {"reason": "Même mère", **same, f"adulte-{two.paul.code}": "autre", f"enfant-{two.elio.code}": "autre"}
    assert "Relisez avant de réunir" in text(client.post(page, sent))
    values = {"dossier-name": "garde", "dossier-address": "garde", f"adulte-{two.zoe_again.code}-first_name": "garde"}
    values |= {f"adulte-{two.zoe_again.code}-{field}": "ferme" for field in ("phone_mobile", "email")}
    sent |= {f"valeur-{name}": value for name, value in values.items()}
    assert "n’en font plus qu’un, le n° 1084-3154" in text(client.post(page, sent, follow=True))
    two.zoe.refresh_from_db()
    assert (two.zoe.first_name, two.zoe.phone_mobile) == ("Zoé", "06 00 00 00 09")
    Adult.objects.filter(pk=two.zoe.pk).update(phone_mobile="06 22 22 22 22")
    back = text(client.post(f"{LIST}{two.kept.code}/separer/", follow=True))
    assert "Le dossier n° 0912-0071 est de nouveau à part." in back
    assert "laissé tel quel : téléphone portable (Zoé Pinceau)." in back


def test_the_town_is_compared_with_itself_the_most_alike_first(two: Two) -> None:
    homonym = make_family(name="Autre", number="77")
    make_adult(homonym, first_name="Zoé")
    make_child(make_family(name="Zen"), make_family(name="Zut"), first_name="Ana")
    refile(*Family.objects.values_list("pk", flat=True))
    client, address = client_of(two.agent), f"{LIST}ressemblances/"
    assert address in client.get(LIST).content.decode()
    assert "1 paire à comparer" in text(client.get(address))
    shown = text(client.get(f"{address}?noms=oui"))
    assert "3 paires à comparer" in shown
    assert shown.index("Même enfant") < shown.index("77") < len(shown)
    assert "Zen" not in shown
    at_school = client_of(make_agent(Capability.SEE_FAMILIES, Capability.MERGE_FAMILIES, place=make_place("ecole")))
    assert at_school.get(address).status_code == 404


def test_two_families_said_so_are_not_shown_again_until_it_is_taken_back(two: Two) -> None:
    client = client_of(two.agent)
    apart = f"{LIST}{two.gone.code}/reunir/{two.kept.code}/deux-familles/"
    for _ in range(2):
        done = text(client.post(apart, {"deux": "oui", "suite": "liste"}, follow=True))
    assert "Aucune ressemblance" in done
    assert "Dites deux familles" in done
    assert "lui ressemble" not in text(client.get(f"{LIST}{two.kept.code}/"))
    assert "Dit différent du dossier n° 0912-0071" in text(client.get(f"{LIST}{two.kept.code}/historique/"))
    back = text(client.post(apart, {"deux": "non", "suite": "liste"}, follow=True))
    assert "1 paire à comparer" in back


def test_the_two_homes_of_separated_parents_do_not_look_alike() -> None:
    one, other = make_family(name="Roussel"), make_family(name="Carpentier")
    make_adult(one, first_name="Inès", last_name="Roussel")
    make_adult(other, first_name="Thomas", last_name="Carpentier")
    make_child(one, other, first_name="Élio")
    refile(one.pk, other.pk)
    shown = text(client_of(make_agent(Capability.SEE_FAMILIES, Capability.MERGE_FAMILIES)).get(f"{LIST}{one.code}/"))
    assert "lui ressemble" not in shown


def test_what_many_files_share_makes_no_likeness(two: Two) -> None:
    for _ in range(MOST_SHARED):
        make_adult(make_family(name="Foyer"), first_name="Zoé")
    assert [pair.kinds for pair in pairs_alike(most=9, homonyms=True)] == [(TraitKind.CHILD,)]


@pytest.mark.parametrize("path", ["{family}/", "ressemblances/"])
def test_looking_for_files_alike_keeps_the_same_queries(two: Two, path: str) -> None:
    client, counts = client_of(two.agent), []
    address = LIST + path.format(family=two.kept.code)
    for _ in range(2):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
        more, again = make_family(name="Pinceau"), make_family(name="Martin")
        for family in (more, again):
            make_adult(family, first_name="Zoé")
            make_child(family, first_name="Nora")
        tell_apart(one=more, other=again, by=two.agent, now=NOW)
    assert counts[0] == counts[1]
