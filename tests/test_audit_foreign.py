"""What an audit says of an imported file that its writers made otherwise than we do, and rightly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archive import audit
from archive.audit import Finding
from archive.gzip import compress
from archive.holdings import Archive
from archive.imports import shelve
from archive.reindexing import mend
from archive.settings import load_settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REVISIT = (
    b"WARC/1.0\r\nWARC-Type: revisit\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    b"WARC-Date: 2017-01-23T10:00:00Z\r\nWARC-Target-URI: http://press.test/a\r\n"
    b"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest\r\n"
    b"WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
)


def test_a_revisit_without_a_block_is_indexed_and_no_fault(tmp_path: Path) -> None:
    archive = Archive(load_settings(store=str(tmp_path / "store")))
    file = tmp_path / "foreign.warc.gz"
    file.write_bytes(compress(REVISIT))
    assert shelve(archive, file, NOW).captures == 1
    assert [each for each in audit.audit_shelves(archive.storage) if isinstance(each, Finding)] == []
    assert mend(archive.storage) == ()
