"""The simulator by itself, for the demonstration."""

import argparse
from pathlib import Path

from preau.billing.payfip.simulator.operations import Simulator
from preau.billing.payfip.simulator.server import PAGE_PATH, SERVICE_PATH, serve
from preau.core.simulating import serve_until_stopped


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m preau.billing.payfip.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, help="SQLite file that keeps the operations; in memory without it")
    options = parser.parse_args()
    simulator = Simulator(options.state)
    server = serve(simulator, options.host, options.port)
    address = f"http://{options.host}:{server.server_port}"
    try:
        serve_until_stopped(server, f"Simulateur PayFiP : {address}{SERVICE_PATH} et {address}{PAGE_PATH}")
    finally:
        simulator.close()


if __name__ == "__main__":
    main()
