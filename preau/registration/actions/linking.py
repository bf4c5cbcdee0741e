"""An account says which file is its own: linked, told to wait, or handed to an agent."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction

from preau.accounts.models import User
from preau.demarches.actions import DemarcheRefused, ask_account, withdraw_asked
from preau.demarches.queries import account_request_of, identity_of
from preau.families.actions import LinkRefused, link_account
from preau.families.models import Adult
from preau.registration.actions.codes import close_codes, mail_code
from preau.registration.actions.inviting import close_invitation
from preau.registration.choices import Outcome
from preau.registration.models import ActivationCode, Registration, WrongTry
from preau.registration.queries.claims import files_numbered, tries_of
from preau.registration.rules import Claim, FileFacts, adult_to_write, must_wait, number_key, proven_adult
from preau.town.choices import Proof
from preau.town.queries import the_town


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """The file that a person says is theirs, as typed; `digest` is that of the code typed, "" without one."""

    number: str
    name: str
    proof: str
    digest: str = ""


@transaction.atomic
def claim_file(*, user: User, claimed: ClaimedFile, address: str, now: dt.datetime) -> Outcome:
    """Link the account to the file if the proof holds, else do what the proof asks for. `address` is the network's.

    A wrong try and an unknown file end alike; so do an address that the file knows and one that it does not.
    """
    if must_wait(tries_of(user, address=address, number=claimed.number, now=now)):
        return Outcome.TOO_MANY
    if claimed.proof == Proof.AGENT:
        return _ask_agent(user, claimed, now=now)
    files = files_numbered(claimed.number, now=now)
    claim = Claim(
        file_name=claimed.name,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        proof=claimed.proof,
        digest=claimed.digest,
    )
    if _link_proven(user, claim, files, now=now):
        return Outcome.LINKED
    WrongTry.objects.create(at=now, user=user, address=address, file=number_key(claimed.number)[:40])
    if claimed.proof == Proof.CONTACT and not claimed.digest and Proof.CONTACT in the_town().proofs:
        _write_to_adult(claim, files, now=now)
        return Outcome.CODE_SENT
    return Outcome.NOT_VERIFIED


def _ask_agent(user: User, claimed: ClaimedFile, *, now: dt.datetime) -> Outcome:
    if Proof.AGENT not in the_town().proofs:
        return Outcome.NOT_VERIFIED
    ask_account(
        user=user, identity=identity_of(user), claimed_number=claimed.number, claimed_name=claimed.name, now=now
    )
    return Outcome.AGENT_ASKED


def _link_proven(user: User, claim: Claim, files: list[FileFacts], *, now: dt.datetime) -> bool:
    proofs = the_town().proofs
    proven = [who for file in files if (who := proven_adult(claim, file, proofs=proofs))]
    if len(proven) != 1:
        return False
    adult = Adult.objects.select_related("family").get(pk=proven[0].key)
    try:
        with transaction.atomic():
            _use_code(adult, claim, now=now)
            _ask_agents_no_more(user, now=now)
            link_account(adult=adult, user=user, by=user, now=now)
    except (LinkRefused, CodeUsedMeanwhile):
        return False
    close_other_ways(adult, user, now=now)
    return True


def close_other_ways(adult: Adult, user: User, *, now: dt.datetime) -> None:
    """Now that this adult has an account: codes and invitations no longer open anything."""
    close_codes(adult=adult, now=now)
    close_invitation(adult=adult, by=user, now=now)
    Registration.objects.filter(user=user).delete()


def _ask_agents_no_more(user: User, *, now: dt.datetime) -> None:
    """What was asked has no object any more. Before the account is linked, as an agent who links it does: whoever locks
    rows in another order waits for ever."""
    asked = account_request_of(user)
    if asked is not None and asked.is_open:
        with suppress(DemarcheRefused):  # an agent has just answered
            withdraw_asked(asked, by=user, now=now)


class CodeUsedMeanwhile(Exception):
    """Of two who type one code at once, the second."""


def _use_code(adult: Adult, claim: Claim, *, now: dt.datetime) -> None:
    if claim.digest:
        unused = ActivationCode.objects.filter(adult=adult, digest=claim.digest, used_at=None, expires_at__gt=now)
        if not unused.update(used_at=now):
            raise CodeUsedMeanwhile


def _write_to_adult(claim: Claim, files: list[FileFacts], *, now: dt.datetime) -> None:
    """Mail a code to the adult whom the claim names, or do as much for nobody."""
    found = [who for file in files if (who := adult_to_write(claim, file))]
    is_owed = len(found) == 1
    anybody = Adult.objects.filter(pk=found[0].key) if is_owed else Adult.objects.filter(user=None).exclude(email="")
    adult = anybody.select_related("family").order_by("pk").first()
    if adult is not None:
        mail_code(adult=adult, is_owed=is_owed, now=now)
