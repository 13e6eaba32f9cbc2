"""A small site on loopback for tests of the crawl: told what to answer, it remembers what was asked and when."""

from __future__ import annotations

import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ARTICLE = """<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><div class="story">
<p>أستانا - قال مصدر في الوفد المشارك إن الجلسة الأولى من المحادثات بدأت صباح اليوم.</p>
<p>وأضاف المصدر أن جدول الأعمال يضم تثبيت وقف إطلاق النار وملف المعتقلين، وأن البيان الختامي يصدر غدًا.</p></div>
</body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the site answers; with an ETag it answers 304 to who has it. `wait` holds the answer back until set."""

    body: str | bytes = ""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: threading.Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    path: str
    host: str
    headers: Mapping[str, str]
    at: float  # monotonic seconds


Answer = Reply | Callable[[int], Reply]  # a callable is given how often the path was asked for before


@dataclass(slots=True)
class Site:
    """Paths and their answers; everything else is 404."""

    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def answer(self, asked: Asked) -> Reply:
        before = self.paths().count(asked.path)
        self.asked.append(asked)
        found = self.pages.get(asked.path, Reply(status=404, body="not here", kind="text/plain"))
        return found(before) if callable(found) else found


def tag(words: str) -> str:
    """A strong ETag of what is served."""
    return f'"{hashlib.sha256(words.encode()).hexdigest()[:12]}"'


def article(number: int, **given: str) -> Reply:
    """An article page in our own words; with an ETag."""
    title = given.pop("title", f"بدء الجلسة {number} من المحادثات")
    return Reply(body=ARTICLE.format(title=title), headers={"ETag": tag(title), **given})


def feed(*items: str) -> Reply:
    """An RSS feed: `path` or `path date`."""
    parts = [item.partition(" ") for item in items]
    listed = "".join(
        f"<item><title>خبر</title><link>{path}</link>" + (f"<pubDate>{day}</pubDate>" if day else "") + "</item>"
        for path, _, day in parts
    )
    body = f"<rss version='2.0'><channel>{listed}</channel></rss>"
    return Reply(body=body, kind="application/rss+xml", headers={"ETag": tag(body)})


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(path=self.path, host=headers.get("host", ""), headers=headers, at=time.monotonic())
            self.send(site.answer(asked), headers)

        def send(self, reply: Reply, headers: Mapping[str, str]) -> None:
            if reply.wait is not None:
                reply.wait.wait(30)
            held = headers.get("if-none-match")
            fresh = held is not None and held == reply.headers.get("ETag")
            body = b"" if fresh else reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(304 if fresh else reply.status)
            for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The test reads `asked` instead."""

    return Handler


@contextmanager
def served(pages: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """The site, open on a free port of loopback."""
    site = Site(pages={"/robots.txt": Reply(status=404), **pages})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
