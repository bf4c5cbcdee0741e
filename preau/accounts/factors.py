"""Second factors: an application's codes, passkeys, recovery codes. allauth keeps the rows; here is what they do.

A code is taken once: the application's last period is kept with its secret, under a lock, so that neither a second
process nor a second click can take it again.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.journal import actions as journal

APP = Authenticator.Type.TOTP
PASSKEY = Authenticator.Type.WEBAUTHN
RECOVERY = Authenticator.Type.RECOVERY_CODES
MAIN = (APP, PASSKEY)
"""What protects by itself; recovery codes only stand for it."""

PERIOD = 30  # seconds
DRIFT = 1  # periods by which a phone's clock may be wrong
PROTECTION = Event("accounts/mail/protection")


class LastFactor(Exception):
    """An agent keeps one protection at least."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What protects somebody. `codes_left` counts the recovery codes not used yet."""

    app: Authenticator | None
    passkeys: tuple[Authenticator, ...]
    codes_left: int

    @property
    def exist(self) -> bool:
        return bool(self.app or self.passkeys)


def factors_of(user: User) -> Factors:
    """One query."""
    return read_factors(Authenticator.objects.filter(user=user).order_by("pk"))


def read_factors(rows: Iterable[Authenticator]) -> Factors:
    """The factors of one person, from the rows that keep them."""
    found = list(rows)
    codes = next((RecoveryCodes(row) for row in found if row.type == RECOVERY), None)
    return Factors(
        app=next((row for row in found if row.type == APP), None),
        passkeys=tuple(row for row in found if row.type == PASSKEY),
        codes_left=len(codes.get_unused_codes()) if codes else 0,
    )


def has_factor(user: User) -> bool:
    """Whether somebody is protected by more than a password."""
    return Authenticator.objects.filter(user=user, type__in=MAIN).exists()


# Codes


def code_at(secret: str, now: dt.datetime) -> str:
    """What an application shows at that instant."""
    shown: str = format_hotp_value(hotp_value(secret, _period(now)))
    return shown


def unused_code(app: Authenticator, now: dt.datetime) -> str:
    """A code of this application that still opens, for demonstrations; "" when one must wait for the next."""
    period = max(_period(now), app.data["last_period"] + 1)
    if period > _period(now) + DRIFT:
        return ""
    shown: str = format_hotp_value(hotp_value(decrypt(app.data["secret"]), period))
    return shown


@transaction.atomic
def take_code(user: User, code: str, *, kinds: Collection[str], now: dt.datetime) -> Authenticator | None:
    """The factor whose code this is, if it may still be used: it no longer may. None for a wrong code."""
    rows: Iterable[Authenticator] = Authenticator.objects.select_for_update().filter(user=user, type__in=kinds)
    for row in rows:
        if row.type == APP and _take_app_code(row, code, now):
            return row
        if row.type == RECOVERY and RecoveryCodes(row).validate_code(code):
            _tell(user, "Un code de secours a été utilisé pour se connecter.", now=now, key=f"{row.pk}")
            return row
    return None


def _take_app_code(row: Authenticator, code: str, now: dt.datetime) -> bool:
    period = period_of(decrypt(row.data["secret"]), code, now)
    if period is None or period <= row.data["last_period"]:
        return False
    row.data["last_period"] = period
    row.save(update_fields=["data"])
    return True


def period_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The period in which an application showed this code; None when it did not, give or take DRIFT."""
    for period in range(_period(now) - DRIFT, _period(now) + DRIFT + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, period))):
            return period
    return None


def _period(now: dt.datetime) -> int:
    return int(now.timestamp()) // PERIOD


# Changes


@transaction.atomic
def add_app(user: User, *, secret: str, period: int, now: dt.datetime) -> Authenticator:
    """An application that has just shown the code of that period, in the place of the one before."""
    Authenticator.objects.filter(user=user, type=APP).delete()
    return _add(user, APP, app_data(secret, period=period), "Une application de codes", now=now)


def app_data(secret: str, *, period: int = 0) -> dict[str, Any]:
    """What is kept of an application: its secret, sealed, and the last period whose code was taken."""
    return {"secret": encrypt(secret), "last_period": period}


@transaction.atomic
def add_passkey(user: User, *, name: str, credential: dict[str, Any], now: dt.datetime) -> Authenticator:
    """A passkey that has just been made for us."""
    return _add(
        user, PASSKEY, {"name": name, "credential": credential}, f"La clé d’accès «\u00a0{name}\u00a0»", now=now
    )


def _add(user: User, kind: str, kept: dict[str, Any], what: str, *, now: dt.datetime) -> Authenticator:
    row: Authenticator = Authenticator.objects.create(user=user, type=kind, data=kept, created_at=now, last_used_at=now)
    RecoveryCodes.activate(user)
    journal.record(user, "accounts.factor_added", at=now, subject=user.code, facts={"kind": kind})
    _tell(user, f"{what} protège maintenant votre compte.", now=now, key=f"{row.pk}")
    return row


@transaction.atomic
def renew_codes(user: User, *, now: dt.datetime) -> None:
    """New recovery codes; the ones before no longer open anything."""
    Authenticator.objects.filter(user=user, type=RECOVERY).delete()
    row = RecoveryCodes.activate(user).instance
    journal.record(user, "accounts.recovery_codes_renewed", at=now, subject=user.code)
    _tell(
        user, "De nouveaux codes de secours ont été créés\u00a0; les anciens ne servent plus.", now=now, key=f"{row.pk}"
    )


def codes_of(user: User) -> list[str]:
    """The recovery codes not used yet, to be shown once."""
    row = Authenticator.objects.filter(user=user, type=RECOVERY).first()
    return RecoveryCodes(row).get_unused_codes() if row else []


@transaction.atomic
def remove_factor(user: User, pk: int, *, now: dt.datetime) -> None:
    """Take a factor away; the recovery codes go with the last one. An unknown one is left alone. Raises LastFactor."""
    rows = list(Authenticator.objects.select_for_update().filter(user=user, type__in=MAIN).order_by("pk"))
    row = next((one for one in rows if one.pk == pk), None)
    if row is None:
        return
    if len(rows) == 1:
        if user.is_staff:
            raise LastFactor
        Authenticator.objects.filter(user=user).delete()
    else:
        row.delete()
    what = "L’application de codes" if row.type == APP else f"La clé d’accès «\u00a0{row}\u00a0»"
    journal.record(user, "accounts.factor_removed", at=now, subject=user.code, facts={"kind": row.type})
    _tell(user, f"{what} ne protège plus votre compte.", now=now, key=f"{pk}")


@transaction.atomic
def drop_newer_factors(user: User, *, since: dt.datetime, now: dt.datetime) -> None:
    """Take away what was added since, recovery codes included. An agent without an older protection keeps it: a mailbox
    alone would open the account; two administrators give an access back (see `recovering`)."""
    rows = Authenticator.objects.filter(user=user)
    if user.is_staff and not rows.filter(type__in=MAIN, created_at__lt=since).exists():
        return
    dropped = rows.filter(created_at__gte=since)
    if not rows.filter(type__in=MAIN, created_at__lt=since).exists():
        dropped = rows
    for row in dropped:
        row.delete()
        journal.record(user, "accounts.factor_removed", at=now, subject=user.code, facts={"kind": row.type})


def _tell(user: User, what: str, *, now: dt.datetime, key: str) -> None:
    facts = {"user": user, "what": what, "at": now}
    notify(PROTECTION, to=user, facts=facts, key=f"protection:{key}:{now.timestamp()}", now=now)
