"""A server of raw sockets for the wire tests: answers oddly, and remembers every byte it read and wrote."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Self

from archive.records import Truncation


class After(Enum):
    """What the server does once it has answered."""

    KEEP = auto()
    CLOSE = auto()
    CUT = auto()  # over TLS: without the closing alert; else as CLOSE
    RESET = auto()
    STALL = auto()  # nothing more comes, and nothing is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """One odd exchange: what is answered, and what must be said of it afterwards.

    Of `answer` the last `excess` bytes belong to no answer. `foreign`: none of it is an HTTP answer.
    """

    answer: bytes
    after: After = After.KEEP
    pieces: int = 1 << 20
    truncated: Truncation | None = None
    missing: int | None = None
    says: str | None = None  # words of the capture's error; None: it has none
    excess: int = 0
    foreign: bool = False
    asked: int = 1  # how often the crawl asks, by its own rules
    limit: int | None = None  # what the request says it takes at most: the capture is then a beginning of the answer
    method: str = "GET"
    tls: bool | None = None  # only over TLS, only without, or (None) over both


@dataclass
class OddServer:
    """Serves until it is left; `seen[path]` lists request and answer bytes of each exchange, in order."""

    context: ssl.SSLContext | None = None
    answers: Mapping[str, Odd] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.seen: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
        self.connections = 0
        self.names: set[str] = set()
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        if self.context is not None:
            self.context.sni_callback = lambda _socket, name, _context: self.names.add(name)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self._listener.accept()
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            wrapped = self.context.wrap_socket(plain, server_side=True) if self.context else plain
            with wrapped:
                served = 0
                while self._exchange(wrapped, served):
                    served += 1

    def _exchange(self, connection: socket.socket, served: int) -> bool:
        """One request and its answer; whether the connection stays open."""
        request = _read_request(connection)
        if not request:
            return False
        path = request.split(b" ", 2)[1].decode("ascii")
        name = path.split("?")[0]
        if name == "/stale" and served and not self.seen[path]:
            self.seen[path].append((request, b""))
            return False
        odd = self.answers.get(name, NOT_FOUND)
        self.seen[path].append((request, odd.answer))
        for at in range(0, len(odd.answer), odd.pieces):
            connection.sendall(odd.answer[at : at + odd.pieces])
        if odd.after is After.STALL:
            self._over.wait(30)
        if odd.after is After.RESET:
            _wait_until_read(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if odd.after is After.CLOSE and isinstance(connection, ssl.SSLSocket):
            connection.settimeout(2)
            connection.unwrap()
        return odd.after is After.KEEP


def _wait_until_read(connection: socket.socket) -> None:
    """A reset may overtake what was sent before: wait until the other side's machine has it all."""
    queued = b"\1"
    while any(queued):
        import fcntl

        queued = fcntl.ioctl(connection, SIOCOUTQ, b"\0\0\0\0")


SIOCOUTQ = 0x5411
NOT_FOUND = Odd(answer=b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope")


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"content-length:\s*(\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        more = connection.recv(65536)
        body += more
        data += more
    return data
