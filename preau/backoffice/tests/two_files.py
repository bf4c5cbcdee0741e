"""Two files of one family, opened twice by mistake."""

import datetime as dt

import pytest
from django.test import Client
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.testing import make_booking, open_days, paris
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.changing import write_note
from preau.families.merged_values import MergeRefused, Taken
from preau.families.merging import SamePeople, merge_files
from preau.families.models import Address, Adult, Family, Merge, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.pricing.testing import make_quotient, make_tariff
from preau.town.testing import make_place

NOW = paris(2026, 11, 9, 9)
SOON = dt.date(2026, 11, 19)
LIST = "/mairie/familles/"
NBSP = "\u00a0"


class Two:
    """The Pinceaus, and a second file opened by mistake: another Zoé with the account, another Nora who is booked."""

    def __init__(self) -> None:
        self.agent = make_agent(Capability.SEE_FAMILIES, Capability.MERGE_FAMILIES)
        self.kept = make_family(name="Pinceau", number="1084-3154")
        self.zoe = make_adult(self.kept, first_name="Zoé", signs_in=False)
        self.nora = make_child(self.kept, first_name="Nora")
        self.gone = make_family(name="Pinceau", number="0912-0071")
        self.zoe_again = make_adult(self.gone, first_name="Zoe")
        self.paul = make_adult(self.gone, first_name="Paul")
        self.nora_again = make_child(self.gone, first_name="Nora")
        self.elio = make_child(self.gone, first_name="Élio", born_on=dt.date(2019, 5, 2))
        self.activity = make_activity("cantine", name="Restauration")
        self.unit = make_unit(self.activity, "repas", parts=("midi",))
        self.group = make_group("groupe", place=make_place("ecole"), midi=9)
        make_tariff(self.unit)
        make_intake(self.activity, self.group)
        for child in (self.nora_again, self.elio):
            make_enrolment(child, self.activity, self.group)
        open_days(self.activity, now=NOW)
        for child in (self.nora_again, self.elio):
            make_booking(child, self.unit, self.group, SOON)
        make_quotient(self.gone, "300")
        write_note(family=self.gone, text="Appeler le soir", by=self.agent, now=NOW)

    @property
    def same(self) -> SamePeople:
        return SamePeople({self.zoe_again.pk: self.zoe.pk}, {self.nora_again.pk: self.nora.pk})

    def merge(self, same: SamePeople | None = None, taken: Taken | None = None) -> Merge:
        return merge_files(
            kept=self.kept,
            gone=self.gone,
            same=same or self.same,
            taken=taken or Taken(),
            reason="Même mère",
            by=self.agent,
            now=NOW,
        )

    @property
    def all_taken(self) -> Taken:
        """The other file is right about everything."""
        fields, names = ["phone_mobile", "first_name"], ["first_name", "born_on"]
        return Taken(["name"], True, {self.zoe_again.pk: fields}, {self.nora_again.pk: names})

    def refusal(self) -> str:
        with pytest.raises(MergeRefused) as refused:
            self.merge()
        return refused.value.text.replace(NBSP, " ")


def differ(two: Two) -> None:
    """The other file knows better."""
    Family.objects.filter(pk=two.gone.pk).update(name="Pinceaux")
    Adult.objects.filter(pk=two.zoe_again.pk).update(phone_mobile="06 00 00 00 09")
    Participant.objects.filter(pk=two.nora_again.pk).update(born_on=dt.date(2021, 4, 1))
    Address.objects.filter(family=two.gone).update(lines="4 impasse du Lac")


def client_of(user) -> Client:
    client = Client()
    testing.sign_in(client, user)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).replace(NBSP, " ").replace("&nbsp;", " ").split())
