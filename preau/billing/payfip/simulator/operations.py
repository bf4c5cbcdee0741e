"""The operations: how they are created, opened, decided, forgotten, and how the merchant hears of it."""

import datetime as dt
import re
import secrets
import sqlite3
import threading
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from preau.core.dates import PARIS

USABLE = dt.timedelta(minutes=15)
READABLE = dt.timedelta(days=365)
CLEANING = dt.time(3)  # in the night, Paris time


class Result(StrEnum):
    """RESULTRANS."""

    CARD_PAID = "P"
    DEBIT_ACCEPTED = "V"
    CARD_REFUSED = "R"
    DEBIT_REFUSED = "Z"
    ABANDONED = "A"


class Outage(Enum):
    """A bad day of the web service; the payment page goes on."""

    CLOSED = auto()  # 503, an HTML page
    SILENT = auto()  # no answer, until the outage ends
    TECHNICAL_FAULT = auto()  # a SOAP fault that is not functional
    NONSENSE = auto()  # 200, and not XML


class Fault(Exception):
    """A functional fault, with the code of PayFiP."""

    WORDS = {
        "P1": "Identifiant de l’opération inconnu",
        "P3": "Identifiant de l’opération déjà utilisé",
        "P4": "Identifiant de l’opération périmé",
        "P5": "Résultat de la transaction non connu",
        "S1": "Type de saisie incorrect",
        "T1": "Numéro de client incorrect",
        "T2": "Client inconnu",
        "T4": "Client sans accès sécurisé",
        "M1": "Format du montant incorrect",
        "M3": "Montant trop faible",
        "M5": "Montant trop élevé",
        "A1": "Adresse de courriel absente",
        "A2": "Adresse de courriel incorrecte",
        "N1": "Adresse de notification incorrecte",
        "D1": "Adresse de retour incorrecte",
        "R3": "Référence de la dette incorrecte",
    }

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = self.WORDS[code]


@dataclass(frozen=True, slots=True)
class Client:
    """A régie known to PayFiP."""

    name: str
    has_secure_access: bool = True


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happens to an operation. The default is a good day.

    `notices`: how many notifications leave, all at once: 0 is a lost one, 2 a doubled one. `notice_delay`: seconds
    before they do. `notice_after_return`: they leave once the browser has been sent back, and not before.
    `notice_number`: they speak of this operation, instead of the true one. `amount`: cents told by the detail call,
    instead of the true amount. `short_year`: EXER comes back with two digits.
    """

    notices: int = 1
    notice_delay: float = 0
    notice_after_return: bool = False
    notice_number: str = ""
    amount: int | None = None
    short_year: bool = True


GOOD_DAY = Behaviour()
FIELDS = ("exer", "mel", "montant", "numcli", "objet", "refdet", "saisie", "urlnotif", "urlredirect")


class Simulator:
    """Thread-safe. Its state is in memory, or in the SQLite file at `path` to survive a restart.

    `clients` None knows every number of six digits. `behaviour`, `outage` and the clock may be changed at any time.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clients: Mapping[str, Client] | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.behaviour = GOOD_DAY
        self.outage: Outage | None = None
        self.stopping = threading.Event()
        self._behaviours: dict[str, Behaviour] = {}
        self._clients = clients
        self._clock = clock
        self._shift = dt.timedelta()
        self._lock = threading.RLock()
        self._notices: list[threading.Thread] = []
        self._database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute(
            f"CREATE TABLE IF NOT EXISTS operation (number TEXT PRIMARY KEY, {', '.join(FIELDS)},"
            " created_at TEXT, opened_at TEXT, result TEXT, decided_at TEXT, numauto TEXT)"
        )

    def close(self) -> None:
        """Let go of everything; notifications not yet sent are lost."""
        self.stopping.set()
        self.wait_for_notices()
        self._database.close()

    # The clock

    def now(self) -> dt.datetime:
        return self._clock() + self._shift

    def advance(self, by: dt.timedelta) -> None:
        """Let time pass at once."""
        self._shift += by

    # The web service

    def create(self, fields: Mapping[str, str]) -> str:
        """`creerPaiementSecurise`. Raises Fault."""
        if code := self._fault_of(fields):
            raise Fault(code)
        number = str(uuid.uuid4())
        values = [number, *(fields.get(name, "") for name in FIELDS), self.now().isoformat()]
        marks = ", ".join("?" * len(values))
        with self._lock:
            self._database.execute(
                f"INSERT INTO operation (number, {', '.join(FIELDS)}, created_at) VALUES ({marks})",  # noqa: S608
                values,
            )
        return number

    def detail(self, number: str) -> dict[str, str]:
        """`recupererDetailPaiementSecurise`. Raises Fault P1 or P5."""
        operation = self._find(number)
        if operation["result"] is None:
            raise Fault("P5")
        behaviour = self.behaviour_of(number)
        decided_at = dt.datetime.fromisoformat(operation["decided_at"]).astimezone(PARIS)
        return {  # in the order of the contract
            "dattrans": decided_at.strftime("%d%m%Y"),
            "exer": operation["exer"][-2:] if behaviour.short_year else operation["exer"],
            "heurtrans": decided_at.strftime("%H%M"),
            "idOp": number,
            "mel": operation["mel"],
            "montant": operation["montant"] if behaviour.amount is None else str(behaviour.amount),
            "numauto": operation["numauto"],
            "numcli": operation["numcli"],
            "objet": operation["objet"],
            "refdet": operation["refdet"],
            "resultrans": operation["result"],
            "saisie": operation["saisie"],
        }

    def client(self, number: str) -> Client:
        """`recupererDetailClient`. Raises Fault T1, T2 or T4."""
        if not re.fullmatch("[0-9]{6}", number):
            raise Fault("T1")
        if self._clients is None:
            return Client("Régie de démonstration")
        if number not in self._clients:
            raise Fault("T2")
        if not self._clients[number].has_secure_access:
            raise Fault("T4")
        return self._clients[number]

    # The payment page

    def open_page(self, number: str) -> sqlite3.Row:
        """The operation, whose page is shown now: once, and within 15 minutes. Raises Fault P1, P3 or P4."""
        with self._lock:
            operation = self._find(number)
            if operation["opened_at"] is not None:
                raise Fault("P3")
            if self.now() - dt.datetime.fromisoformat(operation["created_at"]) > USABLE:
                raise Fault("P4")
            return self._mark_opened(number)

    def opened(self, number: str) -> sqlite3.Row:
        """The operation, whose page has been shown, even long ago. Raises Fault P1."""
        with self._lock:
            operation = self._row(number)
        if operation is None or operation["opened_at"] is None:
            raise Fault("P1")
        return operation

    def record(self, number: str, result: Result) -> bool:
        """Write the result down; False if there is one already. It is readable from then on, even very late."""
        numauto = {Result.CARD_PAID: f"{secrets.randbelow(10**6):06d}", Result.DEBIT_ACCEPTED: "112233445566-tip"}
        with self._lock:
            done = self._database.execute(
                "UPDATE operation SET result = ?, decided_at = ?, numauto = ? WHERE number = ? AND result IS NULL",
                (result.value, self.now().isoformat(), numauto.get(result, ""), number),
            )
            return done.rowcount == 1

    def decide(self, number: str, result: Result) -> str:
        """What a person does on the page, without a browser: opens, decides. Returns where it sends them back.

        The age of the operation does not matter: a slow payment may end after all its delays.
        """
        with self._lock:
            operation = self._row(number)
            if operation is None:
                raise Fault("P1")
            if operation["opened_at"] is None:
                self._mark_opened(number)
            is_new = self.record(number, result)
        if is_new:
            self.notify(number)
        return self.return_url(operation)

    @staticmethod
    def return_url(operation: sqlite3.Row) -> str:
        """URLREDIRECT, with the number."""
        url: str = operation["urlredirect"]
        return url + ("&" if urlsplit(url).query else "?") + urlencode({"idop": operation["number"]})

    # Bad days and notifications

    def behave(self, number: str, behaviour: Behaviour) -> None:
        """Give one operation a behaviour of its own."""
        self._behaviours[number] = behaviour

    def behaviour_of(self, number: str) -> Behaviour:
        return self._behaviours.get(number, self.behaviour)

    def notify(self, number: str) -> None:
        """POST `idop` to URLNOTIF, from threads; nothing is retried, and nobody waits."""
        behaviour = self.behaviour_of(number)
        url = self.opened(number)["urlnotif"]
        what = (url, behaviour.notice_number or number, behaviour.notice_delay)
        with self._lock:
            self._notices = [notice for notice in self._notices if notice.is_alive()]
            for _ in range(behaviour.notices):
                notice = threading.Thread(target=self._post, args=what, daemon=True)
                notice.start()
                self._notices.append(notice)

    def wait_for_notices(self) -> None:
        """Until all notifications started so far have been answered or lost."""
        for notice in list(self._notices):
            notice.join()

    def _post(self, url: str, number: str, delay: float) -> None:
        if self.stopping.wait(delay):
            return
        request = urllib.request.Request(url, data=urlencode({"idop": number}).encode())  # noqa: S310 (N1 checks it)
        with suppress(OSError):  # a merchant that is down hears nothing, as with the true one
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310

    # Inside

    def _fault_of(self, fields: Mapping[str, str]) -> str | None:
        try:
            self.client(fields.get("numcli", ""))
        except Fault as fault:
            return fault.code
        amount, mail = fields.get("montant", ""), fields.get("mel", "")
        faults = {
            "S1": fields.get("saisie") not in ("T", "X", "W"),
            "M1": not re.fullmatch("[0-9]{1,9}", amount),
            "M3": amount.isdigit() and int(amount) < 100,
            "M5": amount.isdigit() and int(amount) > 9_999_999,
            "A1": not mail,
            "A2": not re.fullmatch(r"(?=.{6,80}$)[^@\s]+@[^@\s]+", mail),
            "N1": not _is_web_address(fields.get("urlnotif", "")),
            "D1": not _is_web_address(fields.get("urlredirect", "")),
            "R3": not re.fullmatch("[A-Za-z0-9]{6,30}", fields.get("refdet", "")),
        }
        return next((code for code, is_wrong in faults.items() if is_wrong), None)

    def _row(self, number: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._database.execute(
            "SELECT * FROM operation WHERE number = ?", (number,)
        ).fetchone()
        return row

    def _find(self, number: str) -> sqlite3.Row:
        """The operation as PayFiP remembers it: never shown, only until the next night. Raises Fault P1."""
        with self._lock:
            operation = self._row(number)
        if operation is None or self.now() >= self._forgotten_at(operation):
            raise Fault("P1")
        return operation

    @staticmethod
    def _forgotten_at(operation: sqlite3.Row) -> dt.datetime:
        if reached_at := operation["decided_at"] or operation["opened_at"]:
            return dt.datetime.fromisoformat(reached_at) + READABLE
        created_at = dt.datetime.fromisoformat(operation["created_at"]).astimezone(PARIS)
        cleaning = dt.datetime.combine(created_at.date(), CLEANING, PARIS)
        return cleaning if created_at < cleaning else cleaning + dt.timedelta(days=1)

    def _mark_opened(self, number: str) -> sqlite3.Row:
        self._database.execute("UPDATE operation SET opened_at = ? WHERE number = ?", (self.now().isoformat(), number))
        return self.opened(number)


def _is_web_address(url: str) -> bool:
    return len(url) <= 250 and bool(re.fullmatch(r"https?://[\w.\[\]:-]+(/[!-~]*)?", url, re.ASCII))
