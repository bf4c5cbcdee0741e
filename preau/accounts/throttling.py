"""Slowing down whoever guesses a secret: a password, a code. Waits grow, and nobody is ever locked out for good.

A guess is counted before it is tried (so that a hundred at once are a hundred), and forgotten when it was right.
Whoever guesses one target from one network waits longer each time. When a target, or the whole portal, is guessed from
everywhere, the others must wait once before their own first try: the true owner gets in after that wait, however hard
the others go on. A device that already signed in as this person is counted apart, and waits for nobody else.

The counts are rows of ours, which all processes share (allauth's are kept by each process, and let whoever goes on
guessing take the turn of the owner).
"""

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from preau.accounts.models import Tries, User

NOTHING = dt.timedelta(0)
FORGOTTEN = dt.timedelta(days=1)
IPV4_NETWORK, IPV6_NETWORK = 24, 56


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many wrong guesses are too many when they come in this time; they are forgotten as fast."""

    room: int
    time: dt.timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast guesses of one kind may follow each other.

    By target and network: `free` guesses, then `first_wait`, twice as long each time up to `longest_wait`. Then all the
    networks that guess a target, all the targets that a network guesses, and all of them.
    """

    kind: str
    free: int = 5
    first_wait: dt.timedelta = dt.timedelta(seconds=30)
    longest_wait: dt.timedelta = dt.timedelta(minutes=15)
    by_target: Bucket = field(default=Bucket(20, dt.timedelta(hours=1)))
    by_network: Bucket = field(default=Bucket(60, dt.timedelta(minutes=1)))
    everywhere: Bucket = field(default=Bucket(600, dt.timedelta(minutes=1)))


SIGN_IN, CODES = Pace("sign-in"), Pace("second-factor")
SLOWED_DOWN = "too_many_login_attempts"  # allauth's word for it


@dataclass(frozen=True, slots=True)
class Guess:
    """Somebody is about to try something: `target` is what they name, `device` one that is known to be its owner's."""

    pace: Pace
    target: str
    network: str
    device: str = ""

    @property
    def own_key(self) -> str:
        return _key(self.pace, "device", self.device) if self.device else self.pair_key

    @property
    def pair_key(self) -> str:
        return _key(self.pace, "pair", self.target, self.network)

    @property
    def shared(self) -> dict[str, Bucket]:
        """The counts that it shares with others, by key."""
        return {
            _key(self.pace, "target", self.target): self.pace.by_target,
            _key(self.pace, "network", self.network): self.pace.by_network,
            _key(self.pace, "everywhere"): self.pace.everywhere,
        }


def network_of(request: HttpRequest) -> str:
    """The network that a request comes from: phones of a street share one, and so do the addresses of one attacker."""
    address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    size = IPV4_NETWORK if address.version == 4 else IPV6_NETWORK
    return str(ipaddress.ip_network(f"{address}/{size}", strict=False))


@transaction.atomic
def wait_before(guess: Guess, *, now: dt.datetime) -> dt.timedelta:
    """How long to wait before trying; nothing when one may try now, and then the guess is counted as a wrong one."""
    own, is_new = Tries.objects.select_for_update().get_or_create(key=guess.own_key, defaults={"at": now})
    if own.wait_until and now < own.wait_until:
        return own.wait_until - now
    is_alarm = False
    if not guess.device:
        alarms = _full(guess, now=now)
        if wait := alarms.get(_key(guess.pace, "network", guess.network)):
            if is_new:
                own.delete()
            return wait
        is_alarm = bool(alarms)
    pace = guess.pace
    known = 0.0 if now - own.at > FORGOTTEN else own.level
    if is_alarm and known < pace.free:
        own.level, own.at, own.wait_until = pace.free, now, now + pace.first_wait
        own.save(update_fields=["level", "at", "wait_until"])
        return pace.first_wait
    own.level, own.at = known + 1, now
    own.wait_until = now + _wait_after(own.level, pace)
    own.save(update_fields=["level", "at", "wait_until"])
    return NOTHING


def was_right(guess: Guess) -> None:
    """Forget the guess, and those that the same person made before it."""
    Tries.objects.filter(key__in={guess.own_key, guess.pair_key}).delete()


@transaction.atomic
def was_wrong(guess: Guess, *, now: dt.datetime) -> None:
    """Count a wrong guess among those of others; one made on a known device says nothing of an attack."""
    if guess.device:
        return
    for key, bucket in sorted(guess.shared.items()):
        row, _ = Tries.objects.select_for_update().get_or_create(key=key, defaults={"at": now})
        row.level, row.at = min(_level(row, bucket, now=now) + 1, 2.0 * bucket.room), now
        row.save(update_fields=["level", "at"])


def forget_old_tries(*, now: dt.datetime) -> int:
    """Delete what no longer makes anybody wait, and say how many; run now and then by the worker."""
    return Tries.objects.filter(at__lt=now - FORGOTTEN).delete()[0]


def claim_code(user: User, *, now: dt.datetime) -> Callable[[], None]:
    """Before a code of a second factor is read: whoever sends one has given the password already, so that guesses are
    counted by person alone. Returns what to call when the code was right. Raises SlowedDown.
    """
    guess = Guess(CODES, str(user.pk), network="")
    if wait := wait_before(guess, now=now):
        raise SlowedDown(wait)
    return lambda: was_right(guess)


class SlowedDown(ValidationError):
    """Said in a form: how long to wait."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__(f"Trop d’essais. Attendez {in_words(wait)}, puis recommencez.", code=SLOWED_DOWN)


def in_words(wait: dt.timedelta) -> str:
    """« 30 secondes », « une minute », « 2 minutes »: never less than the wait."""
    seconds = -(-wait // dt.timedelta(seconds=1))
    if seconds < 60:
        return "une seconde" if seconds <= 1 else f"{seconds} secondes"
    minutes = -(-seconds // 60)
    return "une minute" if minutes == 1 else f"{minutes} minutes"


def _key(pace: Pace, *parts: str) -> str:
    return hashlib.sha256("\n".join([pace.kind, *parts]).encode()).hexdigest()


def _full(guess: Guess, *, now: dt.datetime) -> dict[str, dt.timedelta]:
    """The shared counts that are full, and when there will be room for one more."""
    buckets = guess.shared
    full = {}
    for row in Tries.objects.filter(key__in=buckets):
        bucket = buckets[row.key]
        above = _level(row, bucket, now=now) + 1 - bucket.room
        if above > 0:
            full[row.key] = above * bucket.time / bucket.room
    return full


def _level(row: Tries, bucket: Bucket, *, now: dt.datetime) -> float:
    return max(0.0, row.level - bucket.room * ((now - row.at) / bucket.time))


def _wait_after(tries: float, pace: Pace) -> dt.timedelta:
    if tries < pace.free:
        return NOTHING
    doublings = min(int(tries) - pace.free, 20)
    return min(pace.first_wait * (1 << doublings), pace.longest_wait)
