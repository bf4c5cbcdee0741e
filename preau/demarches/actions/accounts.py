"""Requests for an account: asked, then answered by an agent."""

import datetime as dt
from dataclasses import asdict, replace

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from preau.accounts.choices import UserKind
from preau.accounts.credentials import change_names
from preau.accounts.models import User
from preau.demarches.actions.moving import answer, complete, open_demarche, withdraw
from preau.demarches.choices import ACCOUNT, OPEN, DemarcheState
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche
from preau.demarches.queries import identity_in, vouched_before
from preau.demarches.rules import VOUCHED, AccountIdentity, Correction, corrections
from preau.families.actions import NewHousehold, complete_contact, link_account, open_family
from preau.families.models import Adult
from preau.journal.actions import record

KEPT = dt.timedelta(days=30)
"""How long a refused account is kept: the time to read why, to call, and to ask again."""


def ask_account(
    *,
    user: User,
    identity: AccountIdentity,
    claimed_number: str,
    claimed_name: str,
    vouched_at: dt.datetime | None = None,
    photo: bytes = b"",
    now: dt.datetime,
) -> Demarche:
    """Ask an agent to link this account, which waits, to a file or to open one; the open request if there is one.

    `claimed_number` and `claimed_name` are the file that the person says is theirs; "" when they have none.
    `vouched_at` is when FranceConnect vouched for the identity; None when it did not, now nor in an earlier request.
    `photo` is a JPEG of core.photos, b"" without one.
    """
    asked = AccountAsked(
        claimed_number=claimed_number.strip()[:40],
        claimed_name=claimed_name.strip()[:120],
        vouched_at=vouched_at or vouched_before(user, identity),
        **asdict(identity),
    )
    try:
        with transaction.atomic():
            return _open_request(user) or _ask(user, asked, photo, now)
    except IntegrityError:
        if first := _open_request(user):  # the other of two simultaneous requests came first
            return first
        raise


def _open_request(user: User) -> Demarche | None:
    return Demarche.objects.filter(kind=ACCOUNT, asked_by=user, state__in=OPEN).first()


def _ask(user: User, asked: AccountAsked, photo: bytes, now: dt.datetime) -> Demarche:
    number = asked.claimed_number
    demarche = open_demarche(
        kind=ACCOUNT,
        asked_by=user,
        summary=f"Relier un compte au dossier {number}" if number else "Ouvrir un compte sans dossier",
        words=words_of(asked),
        now=now,
    )
    asked.demarche = demarche
    asked.save(force_insert=True)
    _keep_photo(asked, photo)
    return demarche


def _keep_photo(asked: AccountAsked, photo: bytes | None) -> None:
    """b"" for no photo any more; None changes nothing."""
    if photo:
        AskedPhoto.objects.update_or_create(asked=asked, defaults={"jpeg": photo})
    elif photo is not None:
        _forget_photo(asked.demarche)


def _forget_photo(demarche: Demarche) -> None:
    AskedPhoto.objects.filter(asked=demarche.pk).delete()


def words_of(asked: AccountAsked) -> list[str]:
    """What agents look for it by."""
    return [asked.first_name, asked.last_name, asked.birth_name, asked.claimed_number, asked.claimed_name]


@transaction.atomic
def link_asked(demarche: Demarche, *, adult: Adult, by: User, version: int, now: dt.datetime) -> Demarche:
    """Accept a request for an account: it is that of `adult`, and opens at once. The file keeps the numbers and the
    preferred contact that it did not know.

    Raises DemarcheRefused when the request has moved since `version`, LinkRefused when the two cannot be linked; then
    nothing at all is written.
    """
    accepted = _link(demarche, adult, by=by, version=version, now=now)
    complete_contact(adult=adult, told=demarche.account_asked.contact, by=by, now=now)
    return accepted


def _link(demarche: Demarche, adult: Adult, *, by: User, version: int, now: dt.datetime) -> Demarche:
    asker = _asker(demarche)
    accepted = answer(
        demarche,
        state=DemarcheState.ACCEPTED,
        reason="",
        by=by,
        version=version,
        family=adult.family,
        now=now,
    )
    link_account(adult=adult, user=asker, by=by, now=now)
    _forget_photo(demarche)
    return accepted


@transaction.atomic
def open_asked(demarche: Demarche, *, household: NewHousehold, by: User, version: int, now: dt.datetime) -> Demarche:
    """Accept a request for an account by opening a file for it, as the agent has put it right: what they left out of
    what was asked stays out. Raises what `link_asked` does."""
    adult = open_family(household=household, by=by, now=now)
    return _link(demarche, adult, by=by, version=version, now=now)


@transaction.atomic
def refuse_asked(demarche: Demarche, *, reason: str, by: User, version: int, now: dt.datetime) -> Demarche:
    """Refuse a request for an account, which then waits for another until it is erased; its photo goes at once."""
    refused = answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=by, version=version, now=now)
    _forget_photo(demarche)
    return refused


@transaction.atomic
def complete_asked(
    demarche: Demarche,
    *,
    text: str,
    identity: AccountIdentity,
    photo: bytes | None,
    by: User,
    now: dt.datetime,
) -> Demarche:
    """The person answers an agent, and puts right what they had written: look-alikes are those of what is written now.

    `photo` is that of `core.photos.PhotoForm.new_photo`. What FranceConnect vouched for stays; an account that bore the
    names of the request bears those that are right. Raises what `complete` does.
    """
    asked: AccountAsked = demarche.account_asked
    before = identity_in(asked)
    if asked.vouched_at:
        identity = replace(identity, **{name: getattr(before, name) for name in VOUCHED})
    changed = corrections(before, identity) + _of_photo(asked, photo)
    for name, value in asdict(identity).items():
        setattr(asked, name, value)
    _rename(by, before, identity, now=now)
    completed = complete(demarche, text=text, corrections=changed, words=words_of(asked), by=by, now=now)
    asked.save(update_fields=list(asdict(identity)))
    _keep_photo(asked, photo)
    return completed


def _rename(user: User, before: AccountIdentity, after: AccountIdentity, *, now: dt.datetime) -> None:
    names = (after.first_name, after.last_name)
    if (user.first_name, user.last_name) == (before.first_name, before.last_name) != names:
        change_names(user, first_name=names[0], last_name=names[1], username=user.username, now=now)


def _of_photo(asked: AccountAsked, photo: bytes | None) -> tuple[Correction, ...]:
    had = AskedPhoto.objects.filter(asked=asked).exists()
    if photo is None or not (photo or had):
        return ()
    after = ("une autre photo" if had else "une photo") if photo else ""
    return (Correction("Photo", "une photo" if had else "", after),)


@transaction.atomic
def withdraw_asked(demarche: Demarche, *, by: User, now: dt.datetime) -> Demarche:
    """The person gives up the request; its photo goes at once. Raises DemarcheRefused once it is answered."""
    withdrawn = withdraw(demarche, by=by, now=now)
    _forget_photo(demarche)
    return withdrawn


def _asker(demarche: Demarche) -> User:
    assert demarche.asked_by is not None, "an account is asked by the account itself"
    return demarche.asked_by


@transaction.atomic
def erase_refused(*, now: dt.datetime, limit: int = 50) -> int:
    """Erase the accounts that wait for nothing any more, with what they asked, and say how many.

    Their last request was refused or given up KEPT ago. Never one that an agent has yet to answer, nor one that has a
    file; the files themselves are never touched.
    """
    asked = Demarche.objects.filter(asked_by=OuterRef("pk"))
    waiting = User.objects.filter(kind=UserKind.FAMILY, is_admitted=False, adult__isnull=True)
    gone = waiting.filter(
        Exists(asked.filter(kind=ACCOUNT)),
        ~Exists(asked.filter(Q(state__in=OPEN) | Q(answered_at__gt=now - KEPT) | ~Q(kind=ACCOUNT))),
    )
    users = list(gone.select_for_update(of=("self",)).order_by("pk")[:limit])
    for user in users:
        record(None, "demarches.account_erased", at=now, subject=user.code)
    Demarche.objects.filter(asked_by__in=users).delete()
    User.objects.filter(pk__in=[user.pk for user in users]).delete()
    return len(users)
