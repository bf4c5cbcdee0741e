"""The simulator by itself, for the demonstration."""

import argparse
import signal
import sys
from pathlib import Path

from preau.billing.payfip.simulator.operations import Simulator
from preau.billing.payfip.simulator.server import PAGE_PATH, SERVICE_PATH, serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m preau.billing.payfip.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, help="SQLite file that keeps the operations; in memory without it")
    options = parser.parse_args()
    simulator = Simulator(options.state)
    server = serve(simulator, options.host, options.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = f"http://{options.host}:{server.server_port}"
    sys.stdout.write(f"Simulateur PayFiP : {address}{SERVICE_PATH} et {address}{PAGE_PATH}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        simulator.close()


if __name__ == "__main__":
    main()
