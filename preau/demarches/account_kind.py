"""The kind of requests for an account: how the worklist reads and answers it."""

from collections.abc import Sequence

from preau.demarches.actions import link_asked, refuse_asked, withdraw_asked
from preau.demarches.choices import ACCOUNT
from preau.demarches.kinds import Kind, Line
from preau.demarches.models import AccountAsked, Demarche
from preau.demarches.reading import birth_told, full_name, vouched_told
from preau.town.queries import the_town


def lines_of(demarche: Demarche) -> Sequence[Line]:
    """What the person wrote, without what was left empty."""
    asked: AccountAsked = demarche.account_asked
    file = " ".join(part for part in (asked.claimed_number, asked.claimed_name) if part)
    city = " ".join(part for part in (asked.postcode, asked.city) if part)
    told = (
        Line("Personne", full_name(asked)),
        Line("Identité", vouched_told(asked)),
        Line("Naissance", birth_told(asked)),
        Line("Dossier indiqué", file),
        Line("Adresse", ", ".join(part for part in (asked.address, city) if part)),
        Line("Téléphone", asked.contact.told()),
        Line("E-mail", demarche.asked_by.email if demarche.asked_by else ""),
        Line("À joindre par", asked.get_preferred_contact_display()),
    )
    return [line for line in told if line.value]


KIND = Kind(
    code=ACCOUNT,
    label="Compte",
    page="demarches:account",
    detail=AccountAsked,
    lines=lines_of,
    accept=link_asked,
    refuse=refuse_asked,
    mail="demarches/mail/account",
    withdraw=withdraw_asked,
    working_days=lambda: the_town().account_request_days,
)
