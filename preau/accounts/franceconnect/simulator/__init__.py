"""A FranceConnect of our own: identities, signed tokens, and their bad days. For the demonstration and the tests.

with running(Simulator(clients={...})) as base_url: ...
python -m preau.accounts.franceconnect.simulator --port 8002 --portal http://localhost:8000
"""

from preau.accounts.franceconnect.simulator.people import PEOPLE, Person
from preau.accounts.franceconnect.simulator.server import BASE_PATH, running, serve
from preau.accounts.franceconnect.simulator.sessions import Client, Fault, Outage, Simulator

__all__ = ["BASE_PATH", "PEOPLE", "Client", "Fault", "Outage", "Person", "Simulator", "running", "serve"]
