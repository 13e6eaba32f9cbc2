"""One set of sentences for every storage: what a folder promises, a bucket promises.

moto stands for a bucket in the fast suite. It refuses no wrong checksum and lets any writer in, so what rests on that
is asked of SeaweedFS only (test_s3_*.py); here it is the server that cannot confirm, whose objects are read back.
"""

import contextlib
import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import trustme
from moto.server import ThreadedMotoServer

from archive.errors import AlreadyThereError, NotHeldError, OvertakenError, SettingsError, StorageError
from archive.storage import Storage, open_storage, tidy_daily
from tests.faultproxy import between


@pytest.fixture(scope="module")
def moto() -> Iterator[int]:
    """The port of a server with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        said(environment, f"http://{host}:{port}")
        boto3.client("s3").create_bucket(Bucket="shelves")
    yield port
    server.stop()


def said(environment: pytest.MonkeyPatch, endpoint: str) -> None:
    environment.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    environment.setenv("AWS_ACCESS_KEY_ID", "practice")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "practice")
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def mock_bucket(moto: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    said(monkeypatch, f"http://127.0.0.1:{moto}")
    return f"s3://shelves/{tmp_path.name}"


REAL = [pytest.mark.service, pytest.mark.xdist_group("seaweed")]


@pytest.fixture(params=["folder", "moto", pytest.param("seaweed", marks=REAL)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(str(tmp_path / "store"))
    return open_storage(request.getfixturevalue("mock_bucket" if request.param == "moto" else "bucket"))


def test_what_was_put_is_read_back_whole_and_in_ranges(storage: Storage) -> None:
    data = bytes(range(256)) * 5000
    assert storage.put("warc/a/2026/11/x.warc.gz", data)
    assert storage.get("warc/a/2026/11/x.warc.gz") == data
    assert storage.read("warc/a/2026/11/x.warc.gz", 1000, 17) == data[1000:1017]
    assert storage.read("warc/a/2026/11/x.warc.gz", len(data), 5) == b""
    assert storage.size("warc/a/2026/11/x.warc.gz") == len(data)
    with storage.open("warc/a/2026/11/x.warc.gz") as stream:
        assert stream.read(5) == data[:5]
        stream.seek(-3, 2)
        assert stream.read() == data[-3:]
        assert stream.read(1) == b""
        stream.seek(70_000)
        assert stream.read() == data[70_000:]


def test_an_empty_object_is_an_object(storage: Storage) -> None:
    assert storage.put("cdxj/a/empty", b"")
    assert not storage.put("cdxj/a/empty", b"")
    assert storage.get("cdxj/a/empty") == storage.read("cdxj/a/empty", 0, 9) == b""
    assert storage.size("cdxj/a/empty") == 0
    with storage.open("cdxj/a/empty") as stream:
        assert stream.read() == b""


def test_a_range_that_reaches_over_the_end_is_cut_there(storage: Storage) -> None:
    storage.put("warc/a/x", b"0123456789")
    assert storage.read("warc/a/x", 7, 100) == b"789"
    assert storage.read("warc/a/x", 10, 1) == storage.read("warc/a/x", 11, 1) == storage.read("warc/a/x", 3, 0) == b""


def test_a_file_is_put_as_its_bytes(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "spooled"
    source.write_bytes(b"captured")
    assert storage.put("warc/a/x", source)
    assert storage.get("warc/a/x") == b"captured"


def test_the_same_content_twice_is_no_news_and_other_content_is_refused(storage: Storage) -> None:
    assert storage.put("text/a", b"one")
    assert not storage.put("text/a", b"one")
    with pytest.raises(AlreadyThereError, match="text/a"):
        storage.put("text/a", b"two")
    assert storage.get("text/a") == b"one"
    assert storage.put("text/a", b"two", replace=True)
    assert storage.get("text/a") == b"two"


def test_keys_are_listed_in_order_by_prefix_and_may_be_arabic(storage: Storage) -> None:
    for key in ("text/b/2", "text/b/10", "text/a/1", "text/خبر/1", "warc/z"):
        storage.put(key, key.encode())
    assert list(storage.list("text/")) == ["text/a/1", "text/b/10", "text/b/2", "text/خبر/1"]
    assert list(storage.list("text/b/1")) == ["text/b/10"]
    assert list(storage.list("none/")) == []


def test_any_name_is_kept_as_it_is_and_the_list_has_the_order_of_bytes(storage: Storage) -> None:
    names = ["أستانا/خبر عاجل", "a b+c%20d", "q?#&=;@", "a/b", "~", "é", "e\u0301", "a-b", "a.b/c", "'\"<&>"]
    for name in names:
        storage.put(f"text/{name}", name.encode())
    listed = list(storage.list("text/"))
    assert listed == sorted((f"text/{name}" for name in names), key=str.encode)
    assert [storage.get(key).decode() for key in listed] == [key.removeprefix("text/") for key in listed]


@pytest.mark.parametrize("storage", ["moto", pytest.param("seaweed", marks=REAL)], indirect=True)
def test_a_file_and_a_folder_may_have_the_same_name_in_a_bucket(storage: Storage) -> None:
    storage.put("text/a", b"1")
    storage.put("text/a/b", b"2")
    assert (storage.get("text/a"), storage.get("text/a/b")) == (b"1", b"2")
    assert list(storage.list("text/a")) == ["text/a", "text/a/b"]


def test_a_conditional_write_succeeds_once_and_only_on_what_was_seen(storage: Storage) -> None:
    mark = storage.swap("state/x", b"one", None)
    seen = storage.look("state/x")
    assert (seen.data, seen.mark) == (b"one", mark)
    assert 0 <= seen.age < 30
    later = storage.swap("state/x", b"two", mark)
    for stale in (mark, None):
        with pytest.raises(OvertakenError, match="state/x"):
            storage.swap("state/x", b"three", stale)
    with pytest.raises(OvertakenError, match="state/none"):
        storage.swap("state/none", b"three", later)
    assert storage.get("state/x") == b"two"
    with pytest.raises(NotHeldError, match="state/none"):
        storage.look("state/none")


def test_leftovers_are_looked_for_once_a_day(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    left = tmp_path / "warc" / ".tmp-0"
    tidied = tmp_path / "state" / "tidied"
    for hours, stays in ((None, False), (None, True), (25, False)):
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(b"half")
        os.utime(left, (0, 0))
        if hours:
            at = tidied.stat().st_mtime - hours * 3600
            os.utime(tidied, (at, at))
        tidy_daily(storage)
        assert left.exists() == stays


def test_of_many_conditional_writers_exactly_one_wins_each_round(storage: Storage) -> None:
    mark: str | None = None
    for turn in range(2):
        (mark,) = _race(storage, turn, mark)
        assert storage.look("state/race").mark == mark


def _race(storage: Storage, turn: int, mark: str | None) -> list[str]:
    """The new marks of those who won, of six who write at once on what all have seen."""
    won, begin = list[str](), threading.Barrier(6)

    def write(number: int) -> None:
        begin.wait()
        with contextlib.suppress(OvertakenError):
            won.append(storage.swap("state/race", f"{turn} {number}".encode(), mark))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return won


def test_what_is_not_there_is_said_by_name(storage: Storage) -> None:
    for ask in (storage.get, storage.size, storage.open):
        with pytest.raises(NotHeldError, match="warc/none"):
            ask("warc/none")
    assert not storage.exists("warc/none")
    storage.delete("state/none")


def test_a_key_cannot_leave_the_store(storage: Storage) -> None:
    for key in ("", "/a", "a//b", "../a", "a/./b", "a/", "a/.tmp-b", "a\0b"):
        for ask in (storage.get, storage.size, storage.open, storage.delete, storage.look):
            with pytest.raises(StorageError, match="not a storage key"):
                ask(key)
        with pytest.raises(StorageError, match="not a storage key"):
            storage.put(key, b"x")
    with pytest.raises(StorageError, match="no storage key begins"):
        list(storage.list("../"))


def test_of_many_writers_of_one_key_exactly_one_wins(storage: Storage) -> None:
    wins, losses, begin = list[bool](), list[int](), threading.Barrier(12)

    def write(n: int) -> None:
        begin.wait()
        try:
            wins.append(storage.put("ledger/run/x.json", f"writer {n}".encode()))
        except AlreadyThereError:
            losses.append(n)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert wins == [True]
    assert len(losses) == 11


def test_a_source_that_cannot_be_read_leaves_nothing_under_any_name(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such spool file cannot be read"):
        storage.put("warc/a/x", tmp_path / "no such spool file")
    assert list(storage.list("warc/")) == []
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_an_unusable_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        open_storage(str(tmp_path / "file" / "store"))
    with pytest.raises(SettingsError, match="neither a folder nor s3"):
        open_storage("ftp://example.net/x")


@pytest.mark.usefixtures("mock_bucket")
def test_an_unreachable_bucket_is_one_clear_line() -> None:
    with pytest.raises(StorageError, match="cannot be reached"):
        open_storage("s3://nobody-made-this-bucket/x")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("patience=soon", "no number"),
        ("part=1MiB", "5 MiB at least"),
        ("confirm=never", "checksum or read"),
        ("patient=1", "no option is called 'patient'"),
        ("timeout=0", "longer than nothing"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_before_anything_is_asked(options: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        open_storage(f"s3://shelves/x?{options}")


def test_a_store_that_keeps_other_bytes_than_it_was_given_is_caught_and_told_again(
    moto: int, mock_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Behind this proxy moto is a store that lies: it takes bytes changed on their way, and says that all is well."""
    source = tmp_path / "spooled"
    source.write_bytes(b"captured")
    lies = [1]
    with between(moto, lambda asked: "flip-up" if "/warc/" in asked.path and lies and lies.pop() else "") as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        storage = open_storage(mock_bucket)
        assert storage.put("warc/a/x", source)
        assert proxy.done["flip-up"] == 1
        assert storage.get("warc/a/x") == b"captured"


def test_a_store_that_goes_on_lying_gets_no_file_and_keeps_no_name(
    moto: int, mock_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "spooled"
    source.write_bytes(b"captured")
    with between(moto, lambda asked: "flip-up" if "/warc/" in asked.path else "") as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        storage = open_storage(f"{mock_bucket}?patience=1")
        with pytest.raises(StorageError, match="does not keep the bytes it is given"):
            storage.put("warc/a/x", source)
    assert source.read_bytes() == b"captured"
    said(monkeypatch, f"http://127.0.0.1:{moto}")
    assert not open_storage(mock_bucket).exists("warc/a/x")


@pytest.mark.parametrize("header", [b"if-none-match", b"if-match"])
def test_a_server_that_overlooks_conditions_is_refused_before_anything_is_written(
    moto: int, mock_bucket: str, monkeypatch: pytest.MonkeyPatch, header: bytes
) -> None:
    with between(moto, overlooked=header) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        storage = open_storage(mock_bucket)
        with pytest.raises(StorageError, match=rf"does not honour (?i:{header.decode()})"):
            storage.put("warc/a/x", b"1")
    said(monkeypatch, f"http://127.0.0.1:{moto}")
    assert not open_storage(mock_bucket).exists("warc/a/x")


def test_a_server_of_a_private_authority_is_believed_when_ssl_cert_file_names_it_and_not_otherwise(
    moto: int, mock_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    with between(moto, tls=tls) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        with pytest.raises(StorageError, match=r"cannot be reached.*certificate verify failed"):
            open_storage(f"{mock_bucket}?patience=0")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert open_storage(mock_bucket).put("warc/a/x", b"1")
