"""Opening an operation, and reading its outcome."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from preau.billing.payfip import soap
from preau.core.dates import PARIS
from preau.core.money import Cents

MIN_AMOUNT = Cents(100)  # below one euro, PayFiP takes nothing
MAX_AMOUNT = Cents(9_999_999)
MAX_URL = 250
MAX_LABEL = 100
LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


class PayFiPUnavailable(Exception):
    """No usable answer (network, time out, technical fault, nonsense): nothing is known, try again later."""


class PayFiPRefused(Exception):
    """PayFiP refuses to open the operation: trying again will not help. `code` is its own (T2, R3…)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class OutcomeStatus(StrEnum):
    PAID = "paid"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    PENDING = "pending"  # not opened yet, or being paid
    EXPIRED = "expired"  # unknown to PayFiP: cleaned in the night, or never existed


class Means(StrEnum):
    CARD = "card"
    DEBIT = "debit"


RESULTS = {
    "P": (OutcomeStatus.PAID, Means.CARD),
    "V": (OutcomeStatus.PAID, Means.DEBIT),
    "R": (OutcomeStatus.REFUSED, Means.CARD),
    "Z": (OutcomeStatus.REFUSED, Means.DEBIT),
    "A": (OutcomeStatus.ABANDONED, None),
}
NO_RESULT = {"P5": OutcomeStatus.PENDING, "P1": OutcomeStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Operation:
    """An opened operation: its number (idOp) and the page to send the family to, within 15 minutes."""

    number: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What PayFiP says of an operation. PENDING and EXPIRED say nothing else.

    The caller compares refdet, amount, numcli and mode with what was asked before settling anything. `paid_at` is when
    the result fell, to the minute; None when PayFiP gives no date. Only PAID is final: an operation abandoned or
    expired may still be paid. A debit that is PAID is only accepted: the bank may reject it weeks later.
    """

    status: OutcomeStatus
    means: Means | None = None
    refdet: str = ""
    amount: Cents | None = None
    numcli: str = ""
    mode: str = ""
    paid_at: dt.datetime | None = None
    authorisation: str = ""


def open_operation(
    *,
    numcli: str,
    exercice: int,
    refdet: str,
    amount: Cents,
    email: str,
    label: str,
    mode: str,
    notify_url: str,
    return_url: str,
    timeout: float = 8,
) -> Operation:
    """Open the payment of `amount` under the reference `refdet`, which must be new.

    Raises ValueError for what PayFiP would refuse or, worse, repair; PayFiPUnavailable; PayFiPRefused.
    """
    fields = {
        "numcli": numcli,
        "exer": str(exercice),
        "refdet": refdet,
        "montant": str(amount),
        "mel": email,
        "objet": _clean_label(label),
        "saisie": mode,
        "urlnotif": notify_url,
        "urlredirect": return_url,
    }
    if wrong := [name for name, is_accepted in ACCEPTED.items() if not is_accepted(fields[name])]:
        raise ValueError(f"PayFiP would not take this: {', '.join(wrong)}")
    try:
        number = soap.create(fields, timeout=timeout)
    except soap.FunctionalFault as fault:
        raise PayFiPRefused(fault.code, fault.message) from fault
    except soap.Trouble as trouble:
        raise PayFiPUnavailable(str(trouble)) from trouble
    if not re.fullmatch(r"[0-9A-Za-z-]{1,60}", number):
        raise PayFiPUnavailable(f"no operation number: {number!r}")
    return Operation(number, f"{settings.PAYFIP_PAGE_URL}?idop={number}")


def outcome_of(*, operation: str, timeout: float = 8) -> Outcome:
    """What has become of an operation, asked to PayFiP now. Raises PayFiPUnavailable."""
    try:
        answer = soap.detail(operation, timeout=timeout)
    except soap.FunctionalFault as fault:
        if fault.code not in NO_RESULT:
            raise PayFiPUnavailable(f"unexpected fault {fault}") from fault
        return Outcome(NO_RESULT[fault.code])
    except soap.Trouble as trouble:
        raise PayFiPUnavailable(str(trouble)) from trouble
    return _read(answer)


def accepts_mail(email: str) -> bool:
    """Whether PayFiP takes this address, which it requires."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return email.isascii() and 6 <= len(email) <= 80


def _is_amount(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,9}", text)) and MIN_AMOUNT <= int(text) <= MAX_AMOUNT


def _is_web_address(url: str) -> bool:
    return len(url) <= MAX_URL and bool(re.fullmatch(r"https?://[\w.\[\]:-]+(/[!-~]*)?", url, re.ASCII))


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: bool(re.fullmatch(pattern, text))


# The service checks little and its types say nothing (all strings, all optional): the rules are here.
ACCEPTED: dict[str, Callable[[str], bool]] = {
    "numcli": _matches(r"[0-9]{6}"),
    "exer": _matches(r"2[01][0-9]{2}"),
    "refdet": _matches(r"[A-Za-z0-9]{6,30}"),
    "montant": _is_amount,
    "mel": accepts_mail,
    "objet": _matches(r"[A-Za-z0-9 ]{1,100}"),
    "saisie": _matches(r"[TXW]"),
    "urlnotif": _is_web_address,
    "urlredirect": _is_web_address,
}


def _clean_label(label: str) -> str:
    """Letters, digits and spaces: all that PayFiP prints."""
    letters = unicodedata.normalize("NFKD", label.translate(LIGATURES))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub("[^A-Za-z0-9]+", " ", plain).split())[:MAX_LABEL].strip()


def _read(fields: Mapping[str, str]) -> Outcome:
    if fields["resultrans"] not in RESULTS or not re.fullmatch(r"[0-9]{1,9}", fields["montant"]):
        raise PayFiPUnavailable(f"unreadable result {fields['resultrans']!r} of {fields['montant']!r}")
    status, means = RESULTS[fields["resultrans"]]
    return Outcome(
        status=status,
        means=means,
        refdet=fields["refdet"],
        amount=Cents(int(fields["montant"])),
        numcli=fields["numcli"],
        mode=fields["saisie"],
        paid_at=_instant(fields["dattrans"], fields["heurtrans"]),
        authorisation=fields["numauto"],
    )


def _instant(day: str, hour: str) -> dt.datetime | None:
    """`JJMMAAAA` and `HHMM`, Paris time."""
    if not re.fullmatch(r"[0-9]{8} [0-9]{4}", f"{day} {hour}"):
        return None
    try:
        return dt.datetime.strptime(day + hour, "%d%m%Y%H%M").replace(tzinfo=PARIS)
    except ValueError:
        return None
