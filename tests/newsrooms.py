"""A newsroom over a small press of the tests' own, and what it answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from crawler.newsroom import Hours, Newsroom, midan, nakhla, ufuq, wasla

NOW = datetime(2026, 11, 14, 22, 30, tzinfo=UTC)  # the 15th in Damascus

BODY = ["دمشق - فقرة أولى في الخبر.", "فقرة ثانية فيها «اقتباس» وفاصلة، ورقم ٢٤."]


def manuscripts(folder: Path) -> Path:
    """Twelve midan articles and a few of each other outlet, on days of 2017 and 2018."""

    def entry(number: int, day: str, **more: object) -> dict[str, object]:
        title = f"عنوان الخبر رقم {number}"
        return {"id": number, "section": "سياسة", "published": day, "title": title, "paragraphs": BODY, **more}

    texts = {
        "nakhla": [
            entry(11, "2017-01-23T09:30", slug="خبر-قديم", caption="صورة (إنترنت)", byline="رنا سعيد"),
            entry(12, "2018-03-01T10:00", inline={"after": 0, "to": 11}, related=[11], edited={"title": "عنوان مصحح"}),
            entry(13, "2018-03-02T10:00", inline={"after": 0, "to": 11}),
        ],
        "midan": [entry(20 + day, f"2017-09-{day:02}T08:00", related=[21]) for day in range(1, 24)],
        "wasla": [entry(31, "2017-09-14T00:10"), entry(32, "2017-09-14T23:50"), entry(33, "2017-09-16T12:00")],
        "ufuq": [
            entry(41, "2017-07-31T01:00", slug="خبر-أول", section="شؤون دولية"),
            *(entry(41 + day, f"2017-08-{day:02}T12:00", slug=f"خبر-{day}") for day in range(1, 13)),
        ],
    }
    for outlet, several in texts.items():
        (folder / f"{outlet}.yml").write_text(json.dumps(several, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manuscripts(tmp_path_factory.mktemp("press"))


@pytest.fixture(scope="module")
def newsroom(folder: Path) -> Iterator[Newsroom]:
    with Newsroom.start(hours=Hours(now=lambda: NOW), manuscripts=folder) as opened:
        yield opened


@pytest.fixture
def fresh(folder: Path) -> Iterator[Newsroom]:
    """A newsroom that nobody has visited or edited."""
    with Newsroom.start(hours=Hours(now=lambda: NOW), manuscripts=folder) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class Seen:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("windows-1256" if self.headers.get("Content-Type") == "text/html" else "utf-8")


def seen(response: HTTPResponse) -> Seen:
    return Seen(response.status, dict(response.getheaders()), response.read())


def ask(newsroom: Newsroom, outlet: str, target: str, method: str = "GET", **headers: str) -> Seen:
    target = target.removeprefix(newsroom.papers[outlet].address)
    with closing(HTTPConnection(newsroom.hosts[outlet], timeout=10)) as connection:
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return seen(connection.getresponse())


def story(newsroom: Newsroom, outlet: str, number: int) -> str:
    site = {"nakhla": nakhla, "midan": midan, "wasla": wasla, "ufuq": ufuq}[outlet]
    return site.address(newsroom.papers[outlet], newsroom.papers[outlet].stories[number])


def on_the_wire(newsroom: Newsroom, outlet: str, target: str, headers: str = "") -> bytes:
    """Everything one connection brings, framing and all."""
    path = target.removeprefix(newsroom.papers[outlet].address)
    host, _, port = newsroom.hosts[outlet].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))
