"""PayFiP for tests: the settings point to a simulator that really listens."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from preau.billing.payfip.simulator import PAGE_PATH, SERVICE_PATH, Simulator, running


@contextmanager
def simulated(simulator: Simulator | None = None) -> Iterator[Simulator]:
    """A simulator, at the addresses of the settings for the time of a test."""
    simulator = simulator or Simulator()
    with (
        running(simulator) as base_url,
        override_settings(PAYFIP_SERVICE_URL=base_url + SERVICE_PATH, PAYFIP_PAGE_URL=base_url + PAGE_PATH),
    ):
        yield simulator
