"""One HTTP/1.1 connection to a server on this machine, cheap enough not to slow what it measures.

Sending and receiving are two steps, so that a test can lose an answer on purpose.
"""

import socket
from dataclasses import dataclass
from typing import NamedTuple

PATIENCE = 30.0
"""Seconds to wait for an answer; a server that was killed closes the connection at once."""


class Answer(NamedTuple):
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Cut(OSError):
    """The connection ended before the answer was complete."""


@dataclass
class Connection:
    """Opened at the first request and again after a cut; ``headers`` go with every request."""

    port: int
    headers: dict[str, str]

    def __post_init__(self) -> None:
        self._socket: socket.socket | None = None
        self._rest = b""

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send and wait for the answer; raises ``OSError`` where there is none."""
        self.send(method, path, body, **headers)
        return self.receive()

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        """Send a request; dashes of header names are written as underscores."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lines += [f"{name}: {value}" for name, value in (self.headers | named).items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._rest = b""
        try:
            self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        except OSError:
            self.close()
            raise

    def receive(self) -> Answer:
        """The answer to the request that was sent."""
        try:
            answer = self._read()
        except OSError:
            self.close()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Give up the connection, and with it any answer still under way."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self) -> Answer:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        status = int(first.split(" ", 2)[1])
        length = 0 if status in (204, 304) else int(headers.get("content-length", "0"))
        while len(self._rest) < length:
            self._more()
        body, self._rest = self._rest[:length], self._rest[length:]
        return Answer(status, headers, body)

    def _more(self) -> None:
        if self._socket is None:
            raise Cut("nothing was sent")
        part = self._socket.recv(262_144)
        if not part:
            raise Cut("the server closed the connection")
        self._rest += part
