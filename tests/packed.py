"""A small store to be packed as WACZ, and what lies in a WACZ."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from archive import warc
from archive.catalog import Query
from archive.cdx import CdxLine
from archive.holdings import Archive
from archive.records import Address, Article, Capture, Hints, Reading, Reason, Rejection, Role, TextHead, Unchanged, Via
from archive.settings import load_settings
from archive.wacz import About
from tests.captures import answer, chunked_gzip
from tests.made import article
from tests.shelving import NOW, at, copied, shelved

EVERYTHING = Query(include_off_topic=True)
PAGE, OTHER, HOP = "https://press.test/news/1", "https://press.test/news/2", "https://press.test/?p=1"
MOVED = b"HTTP/1.1 301 Moved\r\nLocation: " + PAGE.encode() + b"\r\nContent-Length: 0\r\n\r\n"
ABOUT = About(created=NOW, title="تصدير")

Hops = dict[str, tuple[str, ...]]


def read_as(store: Archive, lines: Iterable[CdxLine], stories: dict[str, str], hops: Hops) -> None:
    """Text objects for some captures, one a file: pages are articles, revisits unchanged, all else rejections."""
    by_file: dict[str, list[CdxLine]] = {}
    for line in lines:
        by_file.setdefault(line.filename, []).append(line)
    for file, some in by_file.items():
        originals = {line.digest: line.record for line in some if line.is_full}
        readings = []
        for line in sorted(some, key=lambda line: line.offset):
            if line.url not in stories:
                continue
            outcome: Article | Rejection | Unchanged = article(f"نص {line.url} {line.digest}", title=line.url)
            if line.is_revisit or line.status == "304":
                outcome = Unchanged(of=originals.get(line.digest))
            elif line.status != "200":
                outcome = Rejection(reason=Reason.HTTP_STATUS, detail=line.status)
            readings.append(
                Reading(
                    story=stories[line.url],
                    outlet="press",
                    url=line.url,
                    record=line.record,
                    date=line.date,
                    via=Via.LIVE,
                    address=Address(warc=file, offset=line.offset, length=line.length, sha256=line.sha256),
                    payload_digest=line.digest,
                    hints=Hints(hops=hops.get(line.url, ())),
                    outcome=outcome,
                )
            )
        store.put_text(TextHead(schema=1, warc=file, outlet="press", reader="0f", non_articles={}), readings)
    store.set_reader("press", "0f")
    store.index()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stories: one with a redirect before it, a revisit, a 304 and a later text; one alone. Beside them a seed."""
    folder = tmp_path_factory.mktemp("wacz") / "store"
    with Archive(load_settings(store=str(folder))) as archive:
        lines = shelved(
            archive,
            "w",
            at(0, url="https://press.test/feed", hints=Hints(role=Role.SEED)),
            at(1, MOVED, url=HOP),
            at(2, chunked_gzip(), url=PAGE),
            at(3, url=OTHER),
            at(4, chunked_gzip(), url=PAGE),
            at(5, b"HTTP/1.1 304 Not Modified\r\n\r\n", url=PAGE),
            at(6, answer("نص ثان".encode()), url=PAGE),
        )
        read_as(archive, lines, {PAGE: "press-a", OTHER: "press-b"}, {PAGE: (HOP,)})
    return folder


@pytest.fixture
def store(made: Path) -> Iterator[Archive]:
    """To be read only."""
    with Archive(load_settings(store=str(made))) as archive:
        yield archive


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Iterator[Archive]:
    """To be changed."""
    with copied(made, tmp_path / "store") as archive:
        yield archive


def members(store: Archive, key: str = "warc/press/2026/11/w.warc.gz") -> dict[str, bytes]:
    """Every gzip member of a file by its record's id."""
    data = store.storage.get(key)
    found = [each for each in warc.records(io.BytesIO(data)) if isinstance(each, warc.Record)]
    return {str(each.header("WARC-Record-ID")): data[each.offset : each.offset + each.length] for each in found}


def parts(wacz: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wacz) as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
        return {name: packed.read(name) for name in packed.namelist()}


def warcs(wacz: Path) -> bytes:
    return b"".join(data for name, data in sorted(parts(wacz).items()) if name.startswith("archive/"))


def captures(data: bytes) -> list[Capture]:
    return [each for each in warc.read(io.BytesIO(data), "x", "press") if isinstance(each, Capture)]


def index(wacz: Path) -> list[dict[str, Any]]:
    lines = gzip.decompress(parts(wacz)["indexes/index.cdx.gz"]).decode().splitlines()
    assert [line.rsplit(" {")[0] for line in lines] == sorted(line.rsplit(" {")[0] for line in lines)
    return [json.loads(line.split(" ", 2)[2]) for line in lines]


def pem(folder: Path, curve: ec.EllipticCurve) -> Path:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "key.pem"
    path.write_bytes(ec.generate_private_key(curve).private_bytes(*form))
    return path
