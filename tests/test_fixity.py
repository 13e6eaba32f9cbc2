"""The WARCs of the practice press under others eyes: warcio and fastwarc check block digests, we the payload ones."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive import warc
from archive.records import Capture
from tests.pressrun import PressRun, opened

pytestmark = pytest.mark.xdist_group("desk")


def files(press: PressRun) -> list[tuple[str, bytes]]:
    with opened(press.place) as archive:
        return [(key, archive.storage.get(f"warc/{key}")) for key in archive.warcs()]


def test_fastwarc_finds_every_block_digest_right(press: PressRun) -> None:
    for key, data in files(press):
        records = 0
        for record in ArchiveIterator(io.BytesIO(data), parse_http=False):
            records += 1
            assert record.verify_block_digest(), f"{key} at {record.stream_pos}"
        assert records > 4


def test_fastwarc_finds_payload_digests_right_but_where_chunks_were_sent(press: PressRun) -> None:
    wrong, chunked = 0, 0
    for key, data in files(press):
        for record in ArchiveIterator(
            io.BytesIO(data), record_types=WarcRecordType.response, parse_http=True, auto_decode="none"
        ):
            framed = "chunked" in (record.http_headers.get("Transfer-Encoding") or "")
            chunked += framed
            if not record.verify_payload_digest():
                wrong += 1
                assert framed, f"{key}: {record.headers['WARC-Target-URI']}"
    assert wrong == chunked > 0


def test_warcio_complains_of_nothing_but_payloads_of_chunked_records(press: PressRun) -> None:
    folder = press.folder / "store" / "warc"
    for path in sorted(folder.rglob("*.warc.gz")):
        done = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
        )
        failed = [line.strip() for line in done.stdout.splitlines() if "failed" in line]
        assert all(line.startswith("payload digest failed") for line in failed), (path.name, failed[:3])


def test_payload_digests_are_the_standards_on_every_record(press: PressRun) -> None:
    checked = 0
    for key, data in files(press):
        for found in warc.read(io.BytesIO(data), f"warc/{key}", key.split("/", maxsplit=1)[0]):
            assert isinstance(found, Capture), found
            if found.response and found.address is not None:
                at = found.address
                assert warc.check(data[at.offset : at.offset + at.length]) == ()
                checked += 1
    assert checked > 100
