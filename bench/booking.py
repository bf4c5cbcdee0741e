"""Five days booked through HTTP against the least that PostgreSQL can do for it: everyone on the same five days.

The floor moves five counters and writes five rows in one prepared statement, by pgbench, in tables of their own. Each
request is a « Terminer » that books; users, sessions and drafts are there beforehand.
"""

import json
import pickle
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from bench import server
from bench.report import Figure, spread
from bench.town import CSRF, HOT_DAYS, ONE_CHILD, THREE_CHILDREN, session_of
from preau.bookings.models import Booking
from preau.core.codes import new_code
from scripts.private_postgres import newest_binaries

ROUNDS = 5
SECONDS = 4
CONNECTIONS = 16
PROCESSES = 2
WARM_UP = 200  # requests
LOAD = Path(__file__).with_name("load.py")
FLOOR_TABLES = """
DROP TABLE IF EXISTS bench_booking, bench_opening;
CREATE TABLE bench_opening (id bigint PRIMARY KEY, unit_id bigint NOT NULL, day date NOT NULL, capacity int NOT NULL,
  booked int NOT NULL DEFAULT 0, UNIQUE (unit_id, day), CHECK (booked <= capacity)) WITH (fillfactor = 75);
CREATE TABLE bench_booking (id bigserial PRIMARY KEY, child_id bigint NOT NULL, unit_id bigint NOT NULL,
  day date NOT NULL, opening_id bigint NOT NULL REFERENCES bench_opening, at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (child_id, day, unit_id));
CREATE INDEX ON bench_booking (opening_id);
INSERT INTO bench_opening SELECT place, 1, date '2026-01-01' + place, 100000000 FROM generate_series(1, 5) AS place;
"""
# The lock in order is part of the least: without it, this very statement ends in deadlocks.
FLOOR = r"""
\set n :n + 1
WITH want AS MATERIALIZED (
  SELECT id FROM bench_opening WHERE id IN (1, 2, 3, 4, 5) AND booked < capacity ORDER BY id FOR UPDATE
), moved AS (
  UPDATE bench_opening AS opening SET booked = booked + 1 FROM want WHERE opening.id = want.id
  RETURNING opening.id, unit_id, day
) INSERT INTO bench_booking (child_id, unit_id, day, opening_id)
SELECT :round * 100000000 + :client_id * 1000000 + :n, unit_id, day, id FROM moved;
"""


@dataclass(slots=True)
class Rush:
    """What the rounds through HTTP gave."""

    per_second: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def booked(self) -> int:
        return sum(count for status, count in self.statuses.items() if status == "302 /planning/bilan")


def measure() -> list[Figure]:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR_TABLES)
    deadlocks = deadlocks_so_far()
    users = [user for user in range(1, THREE_CHILDREN) if user != ONE_CHILD]
    decks = [[terminer(user) for user in users[number::PROCESSES]] for number in range(PROCESSES)]
    warm, rush, floors = Rush(), Rush(), []
    with server.running() as port:
        go(warm, port, decks, seconds=60, most=WARM_UP // PROCESSES)
        for number in range(ROUNDS):
            floors.append(floor(number))
            go(rush, port, decks, seconds=SECONDS)
    check(warm, rush)
    ratios = [got / least for got, least in zip(rush.per_second, floors, strict=True)]
    centiles = statistics.quantiles(rush.latencies, n=20)
    detail = (
        f"{spread(rush.per_second, '/s', 0)} ; pgbench {spread(floors, '/s', 0)} ; rapport par tour"
        f" {spread(ratios)} ; p95 {centiles[-1] * 1000:.0f} ms ; {rush.booked} demandes, toutes réservées"
    )
    return [
        Figure("booking.five_days_http", statistics.median(ratios), 0.3, "higher", detail),
        Figure("booking.oversold", oversold(), 0, "lower", "places données en trop"),
        Figure("booking.deadlocks", deadlocks_so_far() - deadlocks, 0, "lower", "vus par PostgreSQL"),
    ]


def terminer(user: int) -> bytes:
    """The request, whole, of a click on « Terminer »."""
    body = urlencode({"csrfmiddlewaretoken": CSRF, "jeton": new_code(), "action": "terminer"}).encode()
    head = (
        "POST /planning/validation/ HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
        f"Cookie: preau_session={session_of(user)}; preau_csrf={CSRF}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def go(rush: Rush, port: int, decks: list[list[bytes]], *, seconds: float, most: int = 10**6) -> None:
    """Send requests for a while, one process for each deck; those that were sent leave it."""
    with tempfile.TemporaryDirectory() as folder:
        loads = []
        for number, deck in enumerate(decks):
            file = Path(folder) / str(number)
            file.write_bytes(pickle.dumps(deck[:most]))
            options = [str(port), str(CONNECTIONS // len(decks)), str(seconds), file]
            loads.append(subprocess.Popen([sys.executable, LOAD, *options], stdout=subprocess.PIPE))
        answers = [json.loads(load.communicate()[0]) for load in loads]
    rush.per_second.append(sum(len(answer["latencies"]) / answer["seconds"] for answer in answers))
    for deck, answer in zip(decks, answers, strict=True):
        del deck[: len(answer["latencies"])]
        rush.latencies += answer["latencies"]
        rush.statuses.update(answer["statuses"])


def floor(number: int) -> float:
    """Transactions per second of pgbench."""
    database = settings.DATABASES["default"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(FLOOR)
        script.flush()
        options = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", str(PROCESSES), "-T", str(SECONDS)]
        variables = ["-D", "n=0", "-D", f"round={number + 1}"]
        where = ["-h", database["HOST"], "-U", database["USER"], database["NAME"]]
        command = [newest_binaries() / "pgbench", *options, *variables, "-f", script.name, *where]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(next(line.split()[2] for line in told.splitlines() if line.startswith("tps")))


def check(warm: Rush, rush: Rush) -> None:
    """Every answer led to an outcome, and every outcome is five bookings."""
    strange = {status for some in (warm, rush) for status in some.statuses if status != "302 /planning/bilan"}
    if strange:
        raise RuntimeError(f"answers that are no outcome: {strange}")
    rows = Booking.objects.filter(day__in=HOT_DAYS, state="booked").count()
    if rows != 5 * (warm.booked + rush.booked):
        raise RuntimeError(f"{rows} bookings for {warm.booked + rush.booked} acknowledged requests of five days")


def oversold() -> int:
    """Seats above the places of their slot, counted from the seats themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(greatest(0, held.seats - slot.capacity - slot.extra)), 0) FROM bookings_slot AS slot"
            " JOIN (SELECT slot_id, count(*) AS seats FROM bookings_seat GROUP BY slot_id) AS held"
            " ON held.slot_id = slot.id"
        )
        return int(cursor.fetchone()[0])


def deadlocks_so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
