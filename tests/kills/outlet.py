"""A small outlet on loopback, a process of its own: each answer has a number, and its end is logged when it was sent.

`python -m tests.kills.outlet FOLDER`: `FOLDER/listed` says how many pages its sitemap lists, `FOLDER/answers` is the
log, one JSON line an answer, and `FOLDER/port` the port once it is open.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Lock

NUMBER = "X-Answer"
AGAIN = (2, 4, 5)  # pages that the sitemap says were changed, although two of them never were
CHANGED = "2099-01-01"
SIZES = (600, 4_000, 15_000, 40_000, 120_000)  # bytes of filling that packs badly
PIECES = 3
PAUSE = 0.004  # seconds between the pieces of a long page

PAGE = """<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><div class="story">
<p>أستانا - قال مصدر في الوفد المشارك إن الجلسة {number} من المحادثات بدأت صباح اليوم.</p>
<p>وأضاف المصدر أن جدول الأعمال يضم تثبيت وقف إطلاق النار وملف المعتقلين، وأن البيان الختامي رقم {number} يصدر غدًا.</p>
</div><!-- {filling} --></body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as the server logged it; `at`: the machine's monotonic seconds when its last byte had been sent."""

    number: int
    path: str
    status: int
    at: float
    clock: float  # the same moment by the clock on the wall


def page(number: int, before: int) -> bytes:
    """A page: mixed sizes; the last of AGAIN says something else each time it is asked for."""
    edition = before if number in AGAIN[2:] else 0
    seeded = random.Random(number)
    filling = seeded.randbytes(SIZES[number % len(SIZES)] // 2).hex()
    return PAGE.format(
        title=f"بدء الجلسة {number} من محادثات أستانا {edition or ''}", number=number, filling=filling
    ).encode()


def listing(pages: int) -> bytes:
    """The sitemap of the first so many pages."""
    changed = dict.fromkeys(AGAIN, f"<lastmod>{CHANGED}</lastmod>")
    listed = "".join(f"<url><loc>/news/{n}</loc>{changed.get(n, '')}</url>" for n in range(1, pages + 1))
    return f"<urlset>{listed}</urlset>".encode()


class Server(ThreadingHTTPServer):
    """Answers and logs; everything is told apart by the number of the answer."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.log = os.open(folder / "answers", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.numbers = count(1)
        self.asked: dict[str, int] = {}
        self.lock = Lock()

    def next(self, path: str) -> tuple[int, int]:
        """The number of an answer, and how often its path was asked for before."""
        with self.lock:
            before = self.asked.get(path, 0)
            self.asked[path] = before + 1
            return next(self.numbers), before

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed hangs up; that is what this is for."""


class Handler(BaseHTTPRequestHandler):
    """GET only."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Answer, and log the answer once its last byte was given to the kernel."""
        number, before = self.server.next(self.path)
        status, kind, body = self._content(before)
        self.send_response(status)
        self.send_header(NUMBER, str(number))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        step = max(len(body) // PIECES, 8_000)
        for start in range(0, len(body), step):
            if start:
                time.sleep(PAUSE)
            self.wfile.write(body[start : start + step])
        said = {"number": number, "path": self.path, "status": status, "at": time.monotonic()}
        said["clock"] = time.time()
        os.write(self.server.log, f"{json.dumps(said)}\n".encode())

    def _content(self, before: int) -> tuple[int, str, bytes]:
        if self.path == "/map.xml":
            return 200, "text/xml", listing(int((self.server.folder / "listed").read_text("ascii")))
        if self.path.startswith("/news/") and self.path[6:].isdecimal():
            return 200, "text/html; charset=utf-8", page(int(self.path[6:]), before)
        return 404, "text/plain", b"not here"

    def log_message(self, *_: object) -> None:
        """The log is a file of its own."""


def answers(folder: Path) -> list[Answer]:
    """The log so far."""
    lines = (folder / "answers").read_text("ascii").splitlines() if (folder / "answers").exists() else []
    return [Answer(**json.loads(line)) for line in lines]


def main() -> None:
    """Serve until the end of standard input, which comes with the parent's death, too."""
    folder = Path(sys.argv[1])
    server = Server(folder)
    draft = folder / "port.tmp"
    draft.write_text(str(server.server_port), encoding="ascii")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    draft.rename(folder / "port")
    server.serve_forever(poll_interval=1)


if __name__ == "__main__":
    main()
