"""A server of raw sockets for the wire tests: answers oddly, and remembers every byte it read and wrote."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import ssl
import struct
import threading
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Self

import brotli

PAGE = (
    "<html><head><title>صفحة للتجربة</title></head><body>"
    + "<p>سطر كتب لاختبار السلك وحده.</p>" * 80
    + "</body></html>"
).encode()
H = b"HTTP/1.1 "
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
GARBAGE = b"BYTES AFTER THE END"


def sized(body: bytes, extra: bytes = HTML, status: bytes = b"200 OK") -> bytes:
    return H + status + b"\r\n" + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes, size: int = 700, trailer: bytes = b"", extension: bytes = b"") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%X%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces)
    return framed + b"0\r\n" + trailer + b"\r\n"


_CHUNKED = H + b"200 OK\r\nTransfer-Encoding: chunked\r\n" + HTML

# Answers after which the connection stays open.
KEPT: dict[str, bytes] = {
    "/case": H
    + b"200 Tout Va Bien\r\nsErVeR: oDD/1\r\nX-tight:no-space\r\nx-wide:   lots   \r\nCONTENT-LENGTH: %d\r\n\r\n"
    % len(PAGE)
    + PAGE,
    "/latin1-header": sized(PAGE, HTML + b"X-Latin: caf\xe9\r\nX-Utf8: \xd8\xa3\xd8\xb3\r\n"),
    "/repeats": sized(PAGE, b"Set-Cookie: a=1\r\nVia: x\r\nset-cookie: b=2\r\nSET-COOKIE: c=3\r\n" + HTML),
    "/fold": sized(PAGE, HTML + b"X-Fold: one\r\n\ttwo\r\n  three\r\n"),
    "/no-colon": sized(PAGE, b"this line has no colon\r\n" + HTML),
    "/lf-only": sized(b"ok").replace(b"\r\n", b"\n"),
    "/chunked": _CHUNKED + b"\r\n" + chunked(PAGE),
    "/chunk-extension": _CHUNKED + b"\r\n" + chunked(PAGE, 999, extension=b";name=value"),
    "/chunk-trailer": _CHUNKED + b"Trailer: X-Sum\r\n\r\n" + chunked(PAGE, 1500, b"X-Sum: 1\r\n"),
    "/chunked-gzip": _CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunked(gzip.compress(PAGE, mtime=0), 50),
    "/gzip": sized(gzip.compress(PAGE, mtime=0), HTML + b"Content-Encoding: gzip\r\n"),
    "/deflate": sized(zlib.compress(PAGE), HTML + b"Content-Encoding: deflate\r\n"),
    "/br": sized(brotli.compress(PAGE), HTML + b"Content-Encoding: br\r\n"),
    "/not-really-gzip": sized(PAGE, HTML + b"Content-Encoding: gzip\r\n"),
    "/hop": sized(b"<a>moved</a>", b"Location: /case?from=hop\r\n", b"301 Moved"),
    "/404": sized(b"nope", b"Content-Type: text/plain\r\n", b"404 Not Found"),
    "/500": sized(b"err", b"", b"500 Oops"),
    "/empty": sized(b""),
    "/204": H + b"204 No Content\r\nX-A: b\r\n\r\n",
    "/304": H + b'304 Not Modified\r\nETag: "x"\r\n\r\n',
    "/no-reason": H + b"200\r\nContent-Length: 2\r\n\r\nok",
    "/early-hints": H + b"103 Early Hints\r\nLink: </a.css>\r\n\r\n" + sized(PAGE),
    "/two-interim": H + b"102 Processing\r\n\r\n" + H + b"103 Early Hints\r\nLink: </b.css>\r\n\r\n" + sized(b"ok"),
    "/big": sized(PAGE * 300),
    "/post": sized(b"posted"),
    "/excess": sized(b"short") + GARBAGE,
    "/drip": sized(PAGE[:300]),
}
# Answers after which it is closed.
CLOSED: dict[str, bytes] = {
    "/until-close": H + b"200 OK\r\n" + HTML + b"\r\n" + PAGE,
    "/http10": b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n" + PAGE,
    "/connection-close": H + b"200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
    "/torn-body": H + b"200 OK\r\n" + HTML + b"Content-Length: %d\r\n\r\n" % (len(PAGE) + 500) + PAGE,
    "/torn-chunk": _CHUNKED + b"\r\n" + chunked(PAGE)[:-400],
    "/torn-head": H + b"200 OK\r\nContent-Type: te",
    "/silent-close": b"",
    "/interim-only": H + b"103 Early Hints\r\nLink: </c.css>\r\n\r\n",
}
STALLED: dict[str, bytes] = {
    "/stall": H + b"200 OK\r\nContent-Length: 5000\r\n\r\npartial",
    "/never": b"",
}


@dataclass
class OddServer:
    """Serves until it is left; `seen[path]` lists request and answer bytes of each exchange, in order."""

    context: ssl.SSLContext | None = None
    answers: dict[str, bytes] = field(default_factory=dict)

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
        answer = self._answer(name)
        self.seen[path].append((request, answer))
        if name == "/reset":
            connection.sendall(answer)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        for piece in _pieces(answer, 25 if name == "/drip" else 1 << 20):
            connection.sendall(piece)
        if name in STALLED:
            self._over.wait(30)
        return name not in CLOSED and name not in STALLED

    def _answer(self, name: str) -> bytes:
        if name in self.answers:
            return self.answers[name]
        if name in ("/stale", "/reset"):
            return sized(b"ok")
        return KEPT.get(name) or CLOSED.get(name, STALLED.get(name, KEPT["/404"]))


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


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
