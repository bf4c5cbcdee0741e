"""An account for somebody whom FranceConnect vouches for: asked, confirmed by mail, linked to the file that fits."""

import datetime as dt
from dataclasses import asdict, dataclass, replace

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Lower

from preau.accounts.franceconnect.client import Pivot, SignIn
from preau.accounts.models import User
from preau.demarches.actions import ask_account
from preau.demarches.rules import AccountIdentity
from preau.families.actions import LinkRefused, link_account
from preau.families.models import Adult
from preau.families.rules import Identity, sole_match
from preau.registration.actions.drafting import KEPT_AS_DRAFT, cancel_registration, submit_registration
from preau.registration.actions.linking import ClaimedFile, close_other_ways
from preau.registration.choices import Outcome
from preau.registration.models import Registration, WrongTry
from preau.registration.queries.claims import claimable_files, tries_of
from preau.registration.rules import in_capitals_or_not, must_wait, name_key, number_key, proposed_username
from preau.town.choices import Proof
from preau.town.models import Text
from preau.town.queries import the_town

CIVILITIES = {"female": "Madame", "male": "Monsieur"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person adds to their identity; the file is "" twice when they have none. Both texts were read."""

    email: str
    file_number: str
    file_name: str
    terms: Text | None
    privacy: Text | None


@transaction.atomic
def register_identity(
    *, sign_in: SignIn, asked: Asked, instead_of: Registration | None, now: dt.datetime
) -> Registration:
    """Mail a link, and keep the identity until it is pressed; an earlier demand of the same browser is void."""
    if instead_of is not None:
        cancel_registration(registration=instead_of, now=now)
    pivot = sign_in.pivot
    first_name, last_name = names_of(pivot)
    registration = Registration.objects.create(
        first_name=first_name[:60],
        last_name=last_name[:60],
        email=asked.email,
        username=_free_username(first_name, last_name),
        password=make_password(None),
        file_number=asked.file_number,
        file_name=asked.file_name,
        proof=Proof.FRANCECONNECT,
        identity=asdict(replace(sign_in, id_token="")),
        terms=asked.terms,
        terms_at=now,
        privacy=asked.privacy,
        privacy_at=now,
        created_at=now,
        expires_at=now + KEPT_AS_DRAFT,
    )
    submit_registration(registration=registration, now=now)
    return registration


def names_of(pivot: Pivot) -> tuple[str, str]:
    """How the person is called here: first first name, name in use."""
    return in_capitals_or_not(pivot.first_name), in_capitals_or_not(pivot.name_in_use or pivot.birth_name)


def _free_username(first_name: str, last_name: str) -> str:
    begins = proposed_username(first_name, last_name, set())
    names = User.objects.alias(name=Lower("username")).filter(name__startswith=begins)
    return proposed_username(first_name, last_name, {name.lower() for name in names.values_list("username", flat=True)})


def vouched_by(registration: Registration) -> SignIn | None:
    """What FranceConnect said of whoever registers; None when they came otherwise."""
    if registration.identity is None:
        return None
    kept = dict(registration.identity)
    return SignIn(**(kept | {"pivot": Pivot(**kept["pivot"])}))


@transaction.atomic
def claim_by_identity(*, user: User, sign_in: SignIn, claimed: ClaimedFile, address: str, now: dt.datetime) -> Outcome:
    """Link the account to the adult of the file claimed who is this very person, where the town takes that for a proof;
    else an agent is asked. `address` is the network's, as for `claim_file`."""
    if claimed.number and must_wait(tries_of(user, address=address, number=claimed.number, now=now)):
        return Outcome.TOO_MANY
    if claimed.number and Proof.FRANCECONNECT in the_town().proofs:
        adult = _adult_who_is(sign_in.pivot, claimed)
        if adult is not None and _is_linked(adult, user, now=now):
            return Outcome.LINKED
        WrongTry.objects.create(at=now, user=user, address=address, file=number_key(claimed.number)[:40])
    ask_account(
        user=user,
        identity=_told_to_agents(sign_in.pivot),
        claimed_number=claimed.number,
        claimed_name=claimed.name,
        vouched_at=dt.datetime.fromtimestamp(sign_in.auth_time, dt.UTC),
        now=now,
    )
    return Outcome.AGENT_ASKED


def _adult_who_is(pivot: Pivot, claimed: ClaimedFile) -> Adult | None:
    """Among the adults of the file without an account, the only one who is this person."""
    claimable = claimable_files(claimed.number)
    free = Adult.objects.filter(family__in=claimable, user__isnull=True).select_related("family")
    named = {adult.pk: adult for adult in free if name_key(adult.family.name) == name_key(claimed.name)}
    found = sole_match({key: identity_in_file(adult) for key, adult in named.items()}, proved(pivot))
    return named[found] if found is not None else None


def identity_in_file(adult: Adult) -> Identity:
    return Identity(
        first_names=adult.first_name,
        birth_name=adult.birth_name,
        birth_date=adult.birth_date,
        birth_place=adult.birth_place,
        birth_country=adult.birth_country,
        name=adult.last_name,
    )


def proved(pivot: Pivot) -> Identity:
    return Identity(
        first_names=pivot.first_names,
        birth_name=pivot.birth_name,
        birth_date=pivot.birth_date,
        birth_place=pivot.birth_place,
        birth_country=pivot.birth_country,
        name=pivot.name_in_use,
    )


def _is_linked(adult: Adult, user: User, *, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            link_account(adult=adult, user=user, by=user, now=now)
    except LinkRefused:  # another came first
        return False
    close_other_ways(adult, user, now=now)
    return True


def _told_to_agents(pivot: Pivot) -> AccountIdentity:
    first_name, last_name = names_of(pivot)
    return AccountIdentity(
        first_name=first_name[:60],
        last_name=last_name[:60],
        civility=CIVILITIES.get(pivot.gender, ""),
        birth_name=in_capitals_or_not(pivot.birth_name)[:60],
        birth_date=pivot.birth_date,
    )
