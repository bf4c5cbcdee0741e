"""The simulator by itself, for the demonstration."""

import argparse

from preau.accounts.franceconnect.simulator.server import BASE_PATH, serve
from preau.accounts.franceconnect.simulator.sessions import Client, Simulator
from preau.core.simulating import serve_until_stopped

RETURN_PATH, LOGOUT_PATH = "/franceconnect/retour/", "/franceconnect/deconnexion/"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m preau.accounts.franceconnect.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--portal", default="http://localhost:8000", help="address of the portal that it serves")
    parser.add_argument("--client-id", default="preau-demonstration")
    parser.add_argument("--client-secret", default="demonstration")
    options = parser.parse_args()
    client = Client(
        secret=options.client_secret,
        name="Portail famille de démonstration",
        redirect_uris=frozenset({options.portal + RETURN_PATH}),
        post_logout_redirect_uris=frozenset({options.portal + LOGOUT_PATH}),
    )
    simulator = Simulator({options.client_id: client})
    server = serve(simulator, options.host, options.port)
    address = f"http://{options.host}:{server.server_port}{BASE_PATH}"
    serve_until_stopped(server, f"Simulateur FranceConnect : {address}")


if __name__ == "__main__":
    main()
