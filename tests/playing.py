"""A pywb of its own environment, started for some tests, and what it plays."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPMessage, IncompleteRead
from pathlib import Path

import pytest

from archive import http

BIN = Path(__file__).parent.parent / ".venv-replay" / "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What pywb answered."""

    status: int
    body: bytes
    when: str | None
    headers: HTTPMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Pywb:
    """A running pywb. Mode `id_` asks for the bytes as they were; a redirect is what was captured and not followed."""

    port: int
    collection: str = "astana"

    def play(self, url: str, timestamp: str, mode: str = "id_") -> Played:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", f"/{self.collection}/{timestamp}{mode}/{url}", headers={"Connection": "close"})
            got = connection.getresponse()
            try:
                body = got.read()
            except IncompleteRead as torn:
                body = torn.partial
            when = got.headers["Memento-Datetime"]
            stamp = parsedate_to_datetime(when).strftime("%Y%m%d%H%M%S") if when else None
            return Played(status=got.status, body=body, when=stamp, headers=got.headers)
        finally:
            connection.close()


def content(played: Played) -> bytes:
    """The body as a browser would have it."""
    coding = (played.headers["Content-Encoding"] or "identity").encode()
    return http.content(http.parse(b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + b"\r\n\r\n" + played.body)).data


@contextmanager
def playing(folder: Path, log: Path, collection: str = "astana") -> Iterator[Pywb]:
    """pywb run from a folder, until the context ends."""
    if not (BIN / "wayback").exists():
        pytest.fail("pywb is not set up; run make test-services")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [BIN / "wayback", "-d", folder, "-b", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(run, stdout=out, stderr=out)
    try:
        _wait_for(port, server)
        yield Pywb(port=port, collection=collection)
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=0.1):
                return
        except OSError:
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail("pywb did not start")
