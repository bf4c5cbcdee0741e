"""The town itself: its ways to an account, its texts and sections."""

from collections.abc import Iterable, Iterator

from preau.core.money import NBSP
from preau.town.choices import Proof, TextCode, WayIn
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.values import unknown


def town_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Texts that no page shows, sections and ways written twice."""
    for path, code, _ in file.texts.items():
        if code not in TextCode.values:
            yield path, unknown(code, TextCode.values)
    yield from _twice(("town", "sections"), [row.code for row in file.town.sections] if file.town else [], "rubrique")
    if file.accounts:
        yield from _twice(("accounts", "ways"), file.accounts.ways, "façon d’ouvrir un compte")
        yield from _twice(("accounts", "proofs"), file.accounts.proofs, "preuve")


def _twice(path: Path, codes: Iterable[str], what: str) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            yield (*path, place), f"{what} écrite deux fois{NBSP}: {code}."
        seen.add(code)


def account_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """What opening an account needs and the file does not have: whatever the way, both texts are read on it."""
    if file.accounts is None or file.source.may_lack(("accounts",)):
        return
    for code in (TextCode.TERMS, TextCode.PRIVACY):
        if code not in file.texts.codes and not file.source.may_lack(("texts", code.value)):
            message = f"ouvrir un compte fait lire «{NBSP}{code.label}{NBSP}»{NBSP}: ajoutez [texts.{code.value}]."
            yield ("accounts", "ways"), message
    if Proof.FRANCECONNECT in file.accounts.proofs and WayIn.FRANCECONNECT not in file.accounts.ways:
        yield ("accounts", "proofs"), "FranceConnect ne prouve rien s’il n’est pas aussi dans ways."


def account_warnings(file: TownFile) -> Iterator[tuple[Path, str]]:
    """What a town may do with its accounts, and should know of."""
    if file.accounts is not None and not file.accounts.proofs:
        yield (
            ("accounts", "proofs"),
            "sans preuve, le numéro et le nom du dossier suffisent pour s’y relier, et chaque facture les montre. "
            f"Gardez au moins «{NBSP}{Proof.AGENT.value}{NBSP}».",
        )
