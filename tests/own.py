"""What a parameter of an address stands for: our family's own, or a value that anyone may write.

A page with several things of ours is tried with each, in step.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from preau.accounts.models import Session, User
from preau.billing.models import Campaign, Invoice
from preau.core.dates import Month
from preau.families.models import Family
from preau.privacy.models import DataExport
from tests.household import NOW, SOON, Household
from tests.world import COLLEAGUE, COLLEAGUES_ROLE, LOST, PROPOSED

OWN: dict[str, Callable[[Household], tuple[object, ...]]] = {
    "who": lambda ours: (ours.child.code,),
    "token": lambda ours: (ours.submission.token,),
    "invoice_code": lambda ours: (ours.invoice.code, ours.to_come.code),
    "campaign_code": lambda ours: (campaign_of(ours.invoice).code, campaign_of(ours.to_come).code),
    "attempt_code": lambda ours: (ours.attempt.code,),
    "demarche_code": lambda ours: (
        ours.demarche.code,
        *(demarche.code for demarche in ours.followed),
        ours.signed.disagreement.code,
    ),
    "person_code": lambda ours: (ours.signed.person.code, ours.signed.others_person.code),
    "barred_code": lambda ours: (ours.signed.barred.code,),
    "agent_name": lambda ours: (COLLEAGUE,),
    "role_code": lambda ours: (COLLEAGUES_ROLE,),
    "proposal_code": lambda ours: (PROPOSED,),
    "recovery_code": lambda ours: (LOST,),
    "session_code": lambda ours: (elsewhere(ours.user).code,),
    "family_code": lambda ours: (ours.home.family.code,),
    "other_code": lambda ours: (other_file(ours.home.family).code,),
    "child_code": lambda ours: (ours.child.code,),
    "adult_code": lambda ours: (ours.home.adult.code,),
    "document_code": lambda ours: ours.papers.codes,
    "own_code": lambda ours: (ours.papers.own.code,),
    "paper_code": lambda ours: (ours.papers.of_the_town.code,),
    "export_code": lambda ours: (DataExport.objects.get(adult=ours.home.adult).code,),
    "takeover_code": lambda ours: (ours.takeover.code,),
    "erased_kind": lambda ours: ("family", "adult", "child"),
    "erased_code": lambda ours: (ours.home.family.code, ours.home.adult.code, ours.child.code),
}
OF_A_KIND: dict[str, Callable[[Household], tuple[object, ...]]] = {
    "demarches:account": lambda ours: (ours.demarche.code,),
    "demarches:change": lambda ours: tuple(demarche.code for demarche in ours.followed),
    "members:disagreement": lambda ours: (ours.signed.disagreement.code,),
    "documents:": lambda ours: ours.papers.codes,
    "members:asked": lambda ours: tuple(one.code for one in ours.signed.asked),
    "privacy:asked": lambda ours: tuple(one.code for one in ours.data_asked),
    "privacy:erase_asked": lambda ours: (ours.data_asked[-1].code,),
}
"""Pages about requests of one kind, by how their names begin: they know no other."""

FREE: dict[str, object] = {
    "link_token": "x" * 32,
    "month": Month.of(SOON),
    "day": SOON,
    "name": "courriel",
    "published_code": "terms",
    "version": 1,
    "subject": "traitements",
    "vaccine": "dtp",
    "step": "identite",
    "page_number": 1,
    "text_code": "texterefus",  # a text that agents of all services share
}


def other_file(family: Family) -> Family:
    """A file that an agent might merge with ours."""
    return Family.objects.exclude(pk=family.pk).earliest("pk")


def elsewhere(user: User) -> Session:
    """Where our parent is signed in too."""
    later = NOW + dt.timedelta(days=1)
    return Session.objects.get_or_create(session_key="elsewhere", user=user, defaults={"expire_date": later})[0]


def campaign_of(invoice: Invoice) -> Campaign:
    assert invoice.campaign is not None
    return invoice.campaign


def values_for(page: str, parameters: Sequence[str], ours: Household) -> list[dict[str, object]]:
    """The values of the parameters of a page, for each thing of ours that it can show."""
    unknown = [name for name in parameters if name not in OWN and name not in FREE]
    assert not unknown, f"{page}: say in tests/own.py what {unknown} stand for, in OWN or in FREE"
    own = {name: _own(page, name)(ours) for name in parameters if name in OWN}
    free = {name: FREE[name] for name in parameters if name in FREE}
    cases = max([len(things) for things in own.values()], default=1)
    return [free | {name: things[min(case, len(things) - 1)] for name, things in own.items()} for case in range(cases)]


def _own(page: str, name: str) -> Callable[[Household], tuple[object, ...]]:
    if name != "demarche_code":
        return OWN[name]
    return next((own for pages, own in OF_A_KIND.items() if page.startswith(pages)), OWN[name])


def is_own(parameters: Iterable[str]) -> bool:
    """Whether an address with these parameters names something of our family's."""
    return any(name in OWN for name in parameters)
