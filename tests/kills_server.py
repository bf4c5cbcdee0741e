"""The portal on two processes, each replaced as soon as it dies: `python -m tests.kills_server FD [--naive]`.

It answers on the socket FD, and tells the number of each process. With --naive it counts places, and puts payments on
invoices, after the transaction, as one must not.
"""

import datetime as dt
import os
import socket
import sys
import time
from collections.abc import Mapping
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

PROCESSES = 2
NAIVE_PAUSE = 0.02


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def serve(listening: socket.socket) -> None:
    from preau.config.wsgi import application

    server = WSGIServer(listening.getsockname(), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listening
    server.server_name, server.server_port = "localhost", listening.getsockname()[1]
    server.setup_environ()
    server.set_app(application)
    server.serve_forever()


def warm_up() -> None:
    """All that takes time without the database, so that new processes are ready at once."""
    import django

    django.setup()
    from django.template.loader import get_template
    from django.urls import get_resolver

    from preau.billing.payfip import soap
    from preau.config import wsgi

    assert wsgi.application
    assert get_resolver().url_patterns
    soap._payfip()
    for template in ("billing/family/return.html", "billing/mail/payment.html", "bookings/mail/outcome.html"):
        get_template(template)


def count_places_late() -> None:
    """What one must not do: the counters in another transaction, a moment later."""
    from django.db import transaction

    from preau.bookings.actions import writing

    rightly = writing._move_counters

    def later(moves: Mapping[int, int]) -> None:
        def move() -> None:
            time.sleep(NAIVE_PAUSE)
            rightly(moves)

        transaction.on_commit(move)

    writing._move_counters = later


def allocate_late() -> None:
    """What one must not do: the payment in one transaction, its invoices in another, a moment later."""
    from django.db import transaction

    from preau.billing.actions import settling
    from preau.billing.models import Payment, PaymentAttempt

    rightly = settling._allocate

    def later(payment: Payment, attempt: PaymentAttempt, *, now: dt.datetime) -> None:
        def allocate() -> None:
            time.sleep(NAIVE_PAUSE)
            with transaction.atomic():
                rightly(payment, attempt, now=now)

        transaction.on_commit(allocate)

    settling._allocate = later


def main() -> None:
    listening = socket.socket(fileno=int(sys.argv[1]))
    warm_up()
    if "--naive" in sys.argv:
        count_places_late()
        allocate_late()
    alive: set[int] = set()
    while True:
        while len(alive) < PROCESSES:
            pid = os.fork()
            if pid == 0:
                serve(listening)
            alive.add(pid)
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
        alive.discard(os.wait()[0])


if __name__ == "__main__":
    main()
