"""A light load: requests written beforehand, sent one after the other on some kept connections, each of them once.

`python bench/load.py PORT CONNECTIONS SECONDS FILE`, FILE being a pickled list of bytes; prints a JSON of what came.
"""

import json
import pickle
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Connection:
    """A kept connection, and the answer that is coming on it."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


@dataclass(slots=True)
class Load:
    """Sends until the time or the requests run out, then waits for the last answers."""

    requests: list[bytes]
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    sent: int = 0

    def run(self, port: int, connections: int, seconds: float) -> float:
        """How long it took, in seconds."""
        with selectors.DefaultSelector() as selector:
            waiting = min(connections, len(self.requests))
            started = time.perf_counter()
            for _ in range(waiting):
                connection = Connection(socket.create_connection(("127.0.0.1", port)))
                connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                self.send(connection)
            while waiting:
                for key, _ in selector.select(timeout=30):
                    if not self.receive(key.data):
                        continue
                    if time.perf_counter() - started < seconds and self.sent < len(self.requests):
                        self.send(key.data)
                    else:
                        selector.unregister(key.data.socket)
                        key.data.socket.close()
                        waiting -= 1
            return time.perf_counter() - started

    def send(self, connection: Connection) -> None:
        connection.received, connection.sent_at = b"", time.perf_counter()
        connection.socket.sendall(self.requests[self.sent])
        self.sent += 1

    def receive(self, connection: Connection) -> bool:
        """Whether the answer is whole."""
        piece = connection.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        connection.received += piece
        head, blank, body = connection.received.partition(b"\r\n\r\n")
        if not blank or len(body) < length_of(head):
            return False
        self.latencies.append(time.perf_counter() - connection.sent_at)
        self.statuses[head.split(b" ", 2)[1].decode() + " " + location_of(head)] += 1
        return True


def length_of(head: bytes) -> int:
    return int(header(head, b"content-length") or 0)


def location_of(head: bytes) -> str:
    """Where an answer leads, without its last part."""
    return header(head, b"location").decode().rstrip("/").rpartition("/")[0]


def header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return b""


def main() -> None:
    port, connections, seconds, path = sys.argv[1:]
    load = Load(pickle.loads(Path(path).read_bytes()))
    took = load.run(int(port), int(connections), float(seconds))
    print(json.dumps({"seconds": took, "statuses": load.statuses, "latencies": load.latencies}))


if __name__ == "__main__":
    main()
