"""The one helper that reads the environment. Every variable is listed in docs/installer.md (a test checks it)."""

import os

TRUE = {"1", "true", "yes", "oui", "on"}


def text(name: str, default: str = "") -> str:
    """The variable `PREAU_<name>`, stripped, or `default` when unset or empty."""
    return os.environ.get(f"PREAU_{name}", "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """Whether `PREAU_<name>` says yes (1, true, yes, oui, on)."""
    return text(name, "1" if default else "0").lower() in TRUE


def words(name: str, default: str = "") -> list[str]:
    """The variable `PREAU_<name>` as a list, split at commas."""
    return [word for word in (part.strip() for part in text(name, default).split(",")) if word]
