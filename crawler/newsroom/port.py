"""Port: one outlet's open socket on loopback: HTTP/1.1, keep-alive, exact headers; it never decides an answer."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from time import monotonic

from crawler.newsroom.answers import Ask, Ending, Framing, Reply, http_date

LOOPBACK = "127.0.0.1"
IDLE = 60.0  # seconds a kept-alive connection may stay silent
SOFTWARE = {"midan": "Apache/2.2.15 (CentOS)", "ufuq": "LiteSpeed", "commoncrawl-data": "AmazonS3"}
OTHERS = "nginx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When and how fast the newsroom works."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # aware; this default is the edge
    slow: float = 0.0  # seconds the slow answers wait


class Port(ThreadingHTTPServer):
    """One outlet's socket and the connections open on it; bound at once, serving after `open`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, outlet: str, number: int, hours: Hours, answer: Callable[[Ask], Reply]) -> None:
        self.outlet = outlet
        self.hours = hours
        self.answer = answer
        self.closing = Event()
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), name=f"newsroom-{outlet}", daemon=True)
        super().__init__((LOOPBACK, number), _Conversation)

    @property
    def host(self) -> str:
        """`127.0.0.1:port`."""
        return f"{LOOPBACK}:{self.server_address[1]}"

    def open(self) -> None:
        """Serve, in threads of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop serving, free the port, end the connections that clients keep alive; a second call does nothing."""
        self.closing.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._lock:
            still_open = tuple(self._connections)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was faster
                continue

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Remember the connection, then serve it in its thread."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]  # always a TCP socket here
        """Forget the connection when it ends."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of the press; anything else is told on stderr as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typed for UDP too


class _Conversation(BaseHTTPRequestHandler):
    """One connection; writes the status line and exactly the headers of the reply, the date and the framing."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: Port

    def do_GET(self) -> None:
        """Ask the outlet; the body of a POST is read and left aside, no command here needs one."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ask = Ask(
            outlet=self.server.outlet,
            method=self.command,
            target=self.path,
            headers=tuple(self.headers.items()),
            time=self.server.hours.now(),
            arrived=monotonic(),
        )
        self._send(ask, self.server.answer(ask))

    do_HEAD = do_GET  # noqa: N815 - http.server's name
    do_POST = do_GET  # noqa: N815 - http.server's name

    def _send(self, ask: Ask, reply: Reply) -> None:
        if reply.slow and self.server.hours.slow:
            self.server.closing.wait(self.server.hours.slow)
        if reply.ending is not Ending.WHOLE:
            self.close_connection = True
        if reply.ending is Ending.NONE:
            return
        self.send_response_only(reply.status)
        self.send_header("Date", http_date(ask.time))
        self.send_header("Server", SOFTWARE.get(self.server.outlet, OTHERS))
        for name, value in reply.headers:
            self.send_header(name, value)
        chunked = reply.framing is Framing.CHUNKED and self.request_version == "HTTP/1.1"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.status != 304:  # RFC 9110 §15.4.5: a 304 has no content to measure
            self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()
        if self.command != "HEAD":
            framed = in_chunks(reply) if chunked else reply.body
            self.wfile.write(framed[: len(framed) // 2] if reply.ending is Ending.CUT else framed)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Requests stand in Newsroom.log, not on stderr."""


def in_chunks(reply: Reply) -> bytes:
    """The body framed as RFC 9112 §7.1 says; no extensions, no trailers."""
    pieces = (reply.body[start : start + reply.piece] for start in range(0, len(reply.body), reply.piece))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
