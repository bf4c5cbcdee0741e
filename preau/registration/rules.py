"""What proves a file to be one's own, and how often one may try. Source: PRODUCT 4.9."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: 10 signs are 50 bits
CODE_LENGTH = 10
LOOKALIKES = str.maketrans("OIL", "011")
UNDECOMPOSED = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})

CODE = "code"
CONTACT = "contact"

# Wrong tries in the last hour. Narrow by account, wide by address: phone networks put hundreds of families behind one.
MOST_BY_ACCOUNT = 5
MOST_BY_ADDRESS = 40
READ_WHATEVER_OTHERS_DO = 2
MANY_ON_A_FILE = 10
MANY_EVERYWHERE = 300


def name_key(text: str) -> str:
    """A name without what people write in different ways: case, accents, hyphens, spaces, apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(UNDECOMPOSED))
    return "".join(sign for sign in decomposed if sign.isalnum())


def number_key(text: str) -> str:
    """A file number without dashes, spaces and case: « 1084-3154 » is 10843154."""
    return name_key(text)


def code_key(text: str) -> str:
    """A code as it was printed, from what was typed; "" when it cannot be one."""
    key = re.sub(r"[\s\-–—.]", "", text).upper().translate(LOOKALIKES)
    return key if len(key) == CODE_LENGTH and set(key) <= set(CODE_ALPHABET) else ""


def spaced_code(code: str) -> str:
    """« K7PM2 WXQ4T », easier to read and to type."""
    half = CODE_LENGTH // 2
    return f"{code[:half]} {code[half:]}"


@dataclass(frozen=True, slots=True)
class Claim:
    """The file that somebody says is theirs. `digest` is that of the code they typed, "" without one; `email` is an
    address that they have shown to be theirs."""

    file_name: str
    first_name: str
    last_name: str
    email: str
    proof: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class AdultFacts:
    """An adult of a file; `codes` are the digests of the codes that still hold."""

    key: int
    first_name: str
    last_name: str
    birth_name: str
    email: str
    has_account: bool
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that bears the number claimed."""

    name: str
    adults: tuple[AdultFacts, ...]


def proven_adult(claim: Claim, file: FileFacts, *, proofs: Sequence[str]) -> AdultFacts | None:
    """The adult whom the claim shows the person to be, or None.

    `proofs` are those that the town accepts; without any, number, name of the file and own name are enough. A code,
    printed or mailed, says by itself to whom it was sent. Two adults who fit are nobody.
    """
    if not _is_named(claim, file) or (proofs and claim.proof not in proofs):
        return None
    if claim.digest and claim.proof in (CODE, CONTACT):
        found = [adult for adult in file.adults if claim.digest in adult.codes]
    elif claim.proof == CONTACT:
        found = [adult for adult in _namesakes(claim, file) if adult.email and _same_address(adult.email, claim.email)]
    else:
        found = [] if proofs else _namesakes(claim, file)
    free = [adult for adult in found if not adult.has_account]
    return free[0] if len(free) == 1 else None


def adult_to_write(claim: Claim, file: FileFacts) -> AdultFacts | None:
    """The adult to whose known address a code may be sent for this claim, or None."""
    if not _is_named(claim, file):
        return None
    found = [adult for adult in _namesakes(claim, file) if adult.email and not adult.has_account]
    return found[0] if len(found) == 1 else None


def _is_named(claim: Claim, file: FileFacts) -> bool:
    return bool(name_key(claim.file_name)) and name_key(claim.file_name) == name_key(file.name)


def _namesakes(claim: Claim, file: FileFacts) -> list[AdultFacts]:
    return [adult for adult in file.adults if bears_name(adult, claim.first_name, claim.last_name)]


def bears_name(adult: AdultFacts, first_name: str, last_name: str) -> bool:
    """Whether these are the names of the adult: the first of the first names is enough, and the birth name will do."""
    first_names = {name_key(adult.first_name), name_key(adult.first_name.split(" ")[0])}
    last_names = {name_key(adult.last_name), name_key(adult.birth_name)} - {""}
    return name_key(first_name) in first_names - {""} and name_key(last_name) in last_names


def _same_address(one: str, other: str) -> bool:
    return one.strip().lower() == other.strip().lower()


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries in the last hour, by this account, from this address, on this file, and everywhere."""

    account: int = 0
    address: int = 0
    file: int = 0
    everywhere: int = 0


def must_wait(tries: Tries) -> bool:
    """Whether one must wait before trying again.

    However many others try a file, the first two tries of an account are read: nobody keeps the owner out.
    """
    if tries.account >= MOST_BY_ACCOUNT or tries.address >= MOST_BY_ADDRESS:
        return True
    return tries.account >= READ_WHATEVER_OTHERS_DO and (
        tries.file >= MANY_ON_A_FILE or tries.everywhere >= MANY_EVERYWHERE
    )


def proposed_username(first_name: str, last_name: str, taken: set[str]) -> str:
    """A user name like « z.pinceau », or « z.pinceau2 » when that one is `taken` (lower-case names)."""
    base = f"{name_key(first_name)[:1]}.{name_key(last_name)}".strip(".")[:40] or "parent"
    if base not in taken:
        return base
    number = 2
    while f"{base}{number}" in taken:
        number += 1
    return f"{base}{number}"


def in_capitals_or_not(name: str) -> str:
    """A name as people write it: « EL IDRISSI » is « El Idrissi », and « de la Tour » stays."""
    return name.title() if name.isupper() else name


S = TypeVar("S", bound=str)


def open_step(steps: Iterable[S], done: Collection[str]) -> S:
    """The first of `steps` that is not done: no later one may be opened. The last, the recap, never is."""
    return next(step for step in steps if step not in done)


def may_open(step: S, steps: Sequence[S], done: Collection[str]) -> bool:
    """Whether a step may be opened: those before it are done."""
    return all(before in done for before in steps[: steps.index(step)])
