"""The master key of the town: a file outside the database and outside its backups, one line per version.

    # anything after a hash is a note
    1 8mFh…= (32 bytes in base64)

The highest version wraps; the older ones are kept until `preau health rotate` has wrapped every key anew.
"""

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from preau.health.sealing import KEY_BYTES

NOTE = (
    "# Préau : clé des données de santé. Sans elle, elles sont perdues : gardez-en une copie, ailleurs que la base.\n"
)


class MasterFault(Exception):
    """The key file cannot be used; the message tells an administrator why, and what to do."""


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The versions of the master key."""

    secrets: Mapping[int, bytes] = field(repr=False)

    @property
    def current(self) -> int:
        """The version that wraps from now on."""
        return max(self.secrets)

    def secret(self, version: int) -> bytes:
        """Raises MasterFault for a version that the file lacks."""
        try:
            return self.secrets[version]
        except KeyError:
            raise MasterFault(
                f"La version {version} de la clé n’est pas dans le fichier des clés de santé : "
                "remettez la copie gardée à part."
            ) from None


def master_keys() -> MasterKeys:
    """The keys of the file, read again once it has changed. Raises MasterFault."""
    path = settings.HEALTH_KEY_FILE
    if not path:
        raise MasterFault(
            "PREAU_HEALTH_KEY_FILE n’est pas réglé : donnez-lui un chemin hors des sauvegardes de la base, par exemple "
            "/etc/preau/sante.cle, puis lancez « preau health new-key »."
        )
    try:
        seen = os.stat(path)
    except FileNotFoundError:
        raise MasterFault(
            f"Le fichier des clés de santé {path} n’existe pas : remettez sa copie ou, si aucune fiche "
            "n’a encore été remplie, lancez « preau health new-key »."
        ) from None
    except OSError as fault:
        raise MasterFault(f"Le fichier des clés de santé {path} ne se lit pas : {fault.strerror}.") from None
    return _read(str(path), seen.st_mode, (seen.st_mtime_ns, seen.st_size, seen.st_ino))


@lru_cache(maxsize=4)
def _read(path: str, mode: int, version: tuple[int, ...]) -> MasterKeys:
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MasterFault(
            f"Le fichier des clés de santé {path} est ouvert à d’autres que Préau : lancez « chmod 400 {path} »."
        )
    try:
        text = Path(path).read_text(encoding="ascii", errors="replace")
    except OSError as fault:
        raise MasterFault(f"Le fichier des clés de santé {path} ne se lit pas : {fault.strerror}.") from None
    secrets: dict[int, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if words := line.partition("#")[0].split():
            known, secret = _parsed(words, f"{path}, ligne {number}")
            if known in secrets:
                raise MasterFault(f"{path}, ligne {number} : la version {known} est écrite deux fois.")
            secrets[known] = secret
    if not secrets:
        raise MasterFault(f"Le fichier des clés de santé {path} est vide : remettez sa copie.")
    return MasterKeys(secrets)


def _parsed(words: list[str], where: str) -> tuple[int, bytes]:
    try:
        version, secret = int(words[0]), base64.b64decode(words[1], validate=True)
    except (ValueError, IndexError, binascii.Error):
        raise MasterFault(f"{where} : attendu une version, puis une clé en base64.") from None
    if not 1 <= version <= 9999 or len(secret) != KEY_BYTES or len(words) != 2:
        raise MasterFault(f"{where} : attendu une version de 1 à 9999, puis une clé de {KEY_BYTES} octets.")
    if is_guessable(secret):
        raise MasterFault(
            f"{where} : cette clé n’a pas été tirée au hasard. Faites-en une avec « preau health new-key »."
        )
    return version, secret


def is_guessable(secret: bytes) -> bool:
    """Whether a key is a word, a default or a pattern: 32 drawn bytes hold more than 16 values and are no text."""
    return len(set(secret)) <= 16 or all(32 <= byte < 127 for byte in secret)


def add_version(path: Path) -> int:
    """Write one more version to the file, made if need be, readable by its owner alone; returns its number.

    The file changes all at once. Raises MasterFault when what is there cannot be read.
    """
    text = NOTE
    versions: list[int] = []
    if path.exists():
        seen = path.stat()
        versions = list(_read(str(path), seen.st_mode, (seen.st_mtime_ns, seen.st_size, seen.st_ino)).secrets)
        text = path.read_text(encoding="utf-8")
    version = max(versions, default=0) + 1
    line = f"{version} {base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n"
    _replace(path, text.rstrip("\n") + "\n" + line, is_new=not versions)
    return version


def ensure_file(path: Path) -> None:
    """A file with a first version, unless there is one: for demonstrations and tests, several processes at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            add_version(path)
        except FileExistsError:
            return


def _replace(path: Path, text: str, *, is_new: bool) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(beside, path)  # of two that make it at once, one does
        else:
            os.replace(beside, path)
            return
    finally:
        beside.unlink(missing_ok=True)
