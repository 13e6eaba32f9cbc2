"""A static server on loopback for the benchmarks, in a process of its own: answers made beforehand; no measuring.

    python benchmarks/server.py PAGES SEED

Prints its port, then serves /news/0 … /news/PAGES-1, /sitemap.xml and /robots.txt until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys

from pages import answer, pages

MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"


class Answering(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            head, _, self._asked = self._asked.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            self._transport.write(self._answers.get(path, MISSING))  # type: ignore[attr-defined]


async def serve(many: int, seed: int) -> None:
    answers = {f"/news/{number}".encode(): answer(page) for number, page in enumerate(pages(many, seed))}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(answers), "127.0.0.1", 0, backlog=64)
    port = server.sockets[0].getsockname()[1]
    urls = "".join(f"<url><loc>http://127.0.0.1:{port}/news/{number}</loc></url>" for number in range(many))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    answers[b"/sitemap.xml"] = answer(sitemap)
    answers[b"/robots.txt"] = answer(b"User-agent: *\nDisallow: /admin/\n")
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
