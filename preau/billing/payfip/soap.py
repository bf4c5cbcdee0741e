"""The SOAP calls, over eopayment: it brings the WSDL, the types and the reading of faults.

Its `Payment.request` and `.response` are not used: they ignore the address of the service, repair amounts in silence,
report an abandon as « waiting » for two minutes, and call unsigned answers signed.
"""
# mypy: disable-error-code="no-untyped-call"

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django import conf

DETAIL = ("refdet", "montant", "numcli", "saisie", "resultrans", "dattrans", "heurtrans", "numauto")


class FunctionalFault(Exception):
    """PayFiP understood, and says no. `code` is its own: P1, T2…"""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Trouble(Exception):
    """No answer, or one that makes no sense."""


def create(fields: Mapping[str, str], *, timeout: float) -> str:
    """`creerPaiementSecurise`: the number of the new operation, "" if there is none in the answer."""
    names = {"urlnotif": "url_notification", "urlredirect": "url_redirect"}
    arguments = {names.get(name, name): value for name, value in fields.items()}
    return str(_call(lambda payfip: payfip.get_idop(**arguments, timeout=timeout)) or "")


def detail(operation: str, *, timeout: float) -> dict[str, str]:
    """`recupererDetailPaiementSecurise`: what we read of the answer, "" for what is absent."""
    answer = _call(lambda payfip: payfip.get_info_paiement(operation, timeout=timeout))
    if answer is None:
        raise Trouble("empty answer")
    return {name: str(answer[name] or "").strip() for name in DETAIL}


def _call(ask: Callable[[Any], Any]) -> Any:
    from eopayment.payfip_ws import PayFiPError

    try:
        return ask(_payfip())
    except PayFiPError as error:
        # The codes of PayFiP are a letter and digits; eopayment's own are words (« HTTP error », « unknown »).
        if re.fullmatch(r"[A-Z][0-9]+", str(error.code)):
            raise FunctionalFault(str(error.code), str(error.message)) from error
        raise Trouble(f"{error.code}: {error.message}"[:300]) from error


@cache
def _payfip() -> Any:
    """Built once from the WSDL that eopayment ships: no network."""
    # Imported late: it takes half a second, that no other page or command should pay.
    from eopayment.payfip_ws import PayFiP
    from zeep import Settings, Transport

    class Wire(Transport):
        """Posts to the address of our settings. Each thread has its time limit, which zeep lets them overwrite."""

        limit = threading.local()

        @contextmanager
        def settings(self, timeout: float | None = None) -> Iterator[None]:
            self.limit.seconds = timeout
            yield

        def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
            # A new connection for each call: a kept one, dropped by the other side, would fail a family's payment.
            return self.session.post(
                conf.settings.PAYFIP_SERVICE_URL,
                data=message,
                headers=headers | {"Connection": "close"},
                timeout=self.limit.seconds,
            )

    # A field that PayFiP adds or moves one day must not stop payments.
    tolerant = Settings(strict=False, xsd_ignore_sequence_order=True)
    return PayFiP(zeep_client_kwargs={"transport": Wire(), "settings": tolerant})
