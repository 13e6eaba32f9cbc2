import gzip
import resource
import struct
import tempfile
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import ledger, warc
from archive.errors import AlreadyThereError, UsageError
from archive.holdings import Archive
from archive.imports import Imported, of_import, shelve
from archive.records import Capture
from archive.settings import load_settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = "<html><title>خبر</title><p>نص الخبر</p></html>".encode()


def capture(path: str) -> Capture:
    return Capture(
        outlet="x",
        url=f"http://example.net/{path}",
        date="2018-05-14T10:00:00Z",
        record=warc.mint_record(),
        request=f"GET /{path} HTTP/1.1\r\nHost: example.net\r\n\r\n".encode(),
        response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE,
    )


def warc_bytes(*paths: str) -> bytes:
    first = warc.warcinfo("x.warc.gz", {"software": "test"}, NOW)
    return first + b"".join(b"".join(warc.compose(capture(path)).members) for path in paths)


@pytest.fixture
def store(tmp_path: Path) -> Archive:
    return Archive(load_settings(store=str(tmp_path / "store")))


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def urls_of(store: Archive, done: Imported) -> list[str]:
    return [line.url for key in done.readable for line in of_import(store, key)]


def test_a_warc_lies_whole_and_unchanged_under_its_own_digest(store: Archive, tmp_path: Path) -> None:
    data = warc_bytes("a", "b")
    done = shelve(store, put(tmp_path, "x.warc.gz", data), NOW)
    assert store.storage.get(f"warc/{done.shelved}") == data
    assert done.readable == (done.shelved,)
    assert urls_of(store, done) == ["http://example.net/a", "http://example.net/b"]
    line = of_import(store, done.shelved)[0]
    member = store.storage.read(f"warc/{line.filename}", line.offset, line.length)
    assert warc.check(member) == ()
    assert store.imports() == [done.shelved]


def test_a_file_of_one_gzip_member_gets_a_seekable_copy(store: Archive, tmp_path: Path) -> None:
    whole = gzip.compress(gzip.decompress(warc_bytes("a", "b")))
    done = shelve(store, put(tmp_path, "one-member.warc.gz", whole), NOW)
    assert store.storage.get(f"warc/{done.shelved}") == whole
    (copy,) = done.readable
    assert copy != done.shelved
    assert gzip.decompress(store.storage.get(f"warc/{copy}")) == gzip.decompress(whole)
    assert len(urls_of(store, done)) == 2


def test_what_a_seekable_copy_had_to_leave_out_is_said(store: Archive, tmp_path: Path) -> None:
    whole = gzip.decompress(warc_bytes("a", "b"))
    done = shelve(store, put(tmp_path, "torn.warc.gz", gzip.compress(whole[:-300])), NOW)
    assert done.damages
    assert all(line.startswith("torn.warc.gz: at byte ") for line in done.damages)


def test_a_wacz_is_kept_and_its_warcs_are_read(store: Archive, tmp_path: Path) -> None:
    path = tmp_path / "c.wacz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("archive/one.warc.gz", warc_bytes("a"))
        packed.writestr("archive/two.warc.gz", warc_bytes("b"))
        packed.writestr("datapackage.json", "{}")
    done = shelve(store, path, NOW)
    assert store.storage.get(f"warc/{done.shelved}") == path.read_bytes()
    assert done.shelved.endswith(".wacz")
    assert sorted(urls_of(store, done)) == ["http://example.net/a", "http://example.net/b"]


def test_importing_twice_changes_nothing(store: Archive, tmp_path: Path) -> None:
    file = put(tmp_path, "x.warc.gz", warc_bytes("a"))
    first = shelve(store, file, NOW)
    before = list(store.storage.list(""))
    assert shelve(store, file, NOW) == first
    assert list(store.storage.list("")) == before
    assert len(list(ledger.read(store.storage, "import"))) == 1


@pytest.mark.parametrize(("first", "second"), [(None, "x"), ("x", None), ("x", "y")])
def test_a_file_stays_the_outlets_that_it_was_imported_as(
    store: Archive, tmp_path: Path, first: str | None, second: str | None
) -> None:
    file = put(tmp_path, "x.warc.gz", warc_bytes("a"))
    shelve(store, file, NOW, first)
    with pytest.raises(UsageError, match=rf"x\.warc\.gz was imported before as pages of {first or 'whichever'}.*so$"):
        shelve(store, file, NOW, second)
    assert [event.said["outlet"] for event in ledger.read(store.storage, "import")] == [first]


def test_a_record_that_is_too_long_is_called_so(
    store: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.warc.members.BLOCK_LIMIT", 10)
    data = b"".join(warc.compose(capture("a")).members)
    with pytest.raises(UsageError, match=r"no readable .* longer than 10 bytes and was not read \(http://example"):
        shelve(store, put(tmp_path, "x.warc.gz", data), NOW)


def test_a_bad_member_of_a_wacz_is_named_by_its_place(store: Archive, tmp_path: Path) -> None:
    path = tmp_path / "c.wacz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("archive/one.warc.gz", b"no WARC")
    with pytest.raises(UsageError, match=r"^c\.wacz!archive/one\.warc\.gz holds no WARC"):
        shelve(store, path, NOW)


def test_a_torn_file_gives_what_is_whole_and_says_what_is_not(store: Archive, tmp_path: Path) -> None:
    data = warc_bytes("a", "b")
    done = shelve(store, put(tmp_path, "torn.warc.gz", data[:-40]), NOW)
    assert len(urls_of(store, done)) == 2
    assert len(done.damages) == 1
    assert done.damages[0].startswith("torn.warc.gz: at byte ")


def wacz_bytes(folder: Path, data: bytes, packing: int = zipfile.ZIP_DEFLATED) -> bytearray:
    with zipfile.ZipFile(folder / "made.zip", "w", packing) as packed:
        packed.writestr("archive/one.warc.gz", data)
    return bytearray((folder / "made.zip").read_bytes())


def forged(packed: bytearray, at: int, kind: str, value: int) -> bytearray:
    """The same with another value in the directory at the zip's end, and flags in the member's own head too."""
    directory = packed.rfind(b"PK\x01\x02")
    struct.pack_into(kind, packed, directory + at, value)
    if at == 8:
        struct.pack_into(kind, packed, 6, value)
    return packed


def spoiled(packed: bytearray, at: int) -> bytearray:
    packed[at] ^= 0xFF
    return packed


def refused_waczs(folder: Path) -> dict[str, bytearray]:
    data = warc_bytes("a", "b")
    size = len(data)
    stored = wacz_bytes(folder, data, zipfile.ZIP_STORED)
    return {
        "archive/one.warc.gz is encrypted": forged(wacz_bytes(folder, data), 8, "<H", 1),
        "neither stored nor deflated": spoiled(wacz_bytes(folder, data, zipfile.ZIP_LZMA), 500),
        "as a WACZ must be": wacz_bytes(folder, data, zipfile.ZIP_BZIP2),
        "Error -3 while decompressing": spoiled(wacz_bytes(folder, data), 49),
        "Bad CRC-32": forged(wacz_bytes(folder, data), 24, "<I", size - 1),
        "shorter than it says": forged(forged(stored, 20, "<I", size + 9999), 24, "<I", size + 9999),
        "would unpack to 4000000000 bytes": forged(wacz_bytes(folder, data), 24, "<I", 4_000_000_000),
    }


def test_a_wacz_that_cannot_be_unpacked_is_refused_by_name_and_the_reason_said(store: Archive, tmp_path: Path) -> None:
    for said, packed in refused_waczs(tmp_path).items():
        with pytest.raises(UsageError, match=rf"c\.wacz is no readable WACZ: .*{said}.*; nothing of it was imported$"):
            shelve(store, put(tmp_path, "c.wacz", bytes(packed)), NOW)
    assert list(store.storage.list("warc/")) == []


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    store: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.imports.ROOM", 1 << 16)
    bomb = put(tmp_path, "bomb.wacz", bytes(wacz_bytes(tmp_path, bytes(1 << 20))))
    with pytest.raises(UsageError, match=r"bomb\.wacz is no readable WACZ: it would unpack to 1048576 bytes"):
        shelve(store, bomb, NOW)
    big = put(tmp_path, "big.wacz", bytes(wacz_bytes(tmp_path, warc_bytes(*map(str, range(100))))))
    assert shelve(store, big, NOW).captures == 100


def test_a_full_folder_for_temporary_files_is_called_so(
    store: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path, "c.wacz", bytes(wacz_bytes(tmp_path, bytes(3 << 20))))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, hard))
    try:
        with pytest.raises(
            UsageError, match=rf"c\.wacz could not be unpacked in {temporary}: .*; give TMPDIR a folder"
        ):
            shelve(store, file, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(temporary.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(UsageError, match=r"could not be unpacked in .*none: No such file"):
        shelve(store, file, NOW)


def test_an_index_that_stands_otherwise_is_left_and_said_when_the_file_is_imported_again(
    store: Archive, tmp_path: Path
) -> None:
    file = put(tmp_path, "x.warc.gz", warc_bytes("a"))
    done = shelve(store, file, NOW)
    (index,) = store.storage.list("cdxj/")
    stands = Path(store.settings.store) / index
    stands.chmod(0o644)
    stands.write_bytes(b"")
    again = shelve(store, file, NOW)
    assert again.damages == (
        "x.warc.gz: its index on the shelf says otherwise than what is read now; astana rebuild --from warc mends it",
    )
    assert stands.read_bytes() == b""
    for event in store.storage.list("ledger/"):
        (Path(store.settings.store) / event).unlink()
    with pytest.raises(AlreadyThereError, match=r"cdxj/"):
        shelve(store, file, NOW)
    assert again.shelved == done.shelved


@pytest.mark.parametrize("url", ["http://[bad/", "http://x.test:99999/", "http://[::1/"])
def test_a_record_of_a_broken_address_is_named_and_the_others_are_indexed(
    store: Archive, tmp_path: Path, url: str
) -> None:
    bad = b"".join(warc.compose(replace(capture("bad"), url=url)).members)
    done = shelve(store, put(tmp_path, "x.warc.gz", bad + warc_bytes("a")), NOW)
    assert urls_of(store, done) == ["http://example.net/a"]
    assert done.captures == 1
    (named,) = done.damages
    assert named.startswith("x.warc.gz: at byte ")
    assert f"its address is broken: not a web address: {url!r}" in named


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 no zip", b"\x1f\x8b no gzip"])
def test_what_is_no_archive_is_refused_by_name(store: Archive, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UsageError, match="thing"):
        shelve(store, put(tmp_path, "thing", data), NOW)
    assert list(store.storage.list("warc/")) == []


def test_a_missing_file_is_refused_by_name(store: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.warc"):
        shelve(store, tmp_path / "none.warc", NOW)
