"""A PayFiP of our own: the web service, the payment page, and their bad days. For the demonstration and the tests.

with running(Simulator()) as base_url: ...
python -m preau.billing.payfip.simulator --port 8001 --state FILE
"""

from preau.billing.payfip.simulator.operations import Behaviour, Fault, Outage, Result, Simulator
from preau.billing.payfip.simulator.server import PAGE_PATH, SERVICE_PATH, running

__all__ = ["PAGE_PATH", "SERVICE_PATH", "Behaviour", "Fault", "Outage", "Result", "Simulator", "running"]
