"""One set of sentences for both storages: what a folder promises, a bucket promises."""

import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from archive.errors import AlreadyThereError, NotHeldError, SettingsError, StorageError
from archive.storage import Storage, open_storage


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "practice")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "practice")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("s3").create_bucket(Bucket="shelves")
        yield "s3://shelves"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return open_storage(str(tmp_path / "store"))
    return open_storage(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")


def test_what_was_put_is_read_back_whole_and_in_ranges(storage: Storage) -> None:
    data = bytes(range(256)) * 5000
    assert storage.put("warc/a/2026/11/x.warc.gz", data)
    assert storage.get("warc/a/2026/11/x.warc.gz") == data
    assert storage.read("warc/a/2026/11/x.warc.gz", 1000, 17) == data[1000:1017]
    assert storage.read("warc/a/2026/11/x.warc.gz", len(data), 5) == b""
    assert storage.size("warc/a/2026/11/x.warc.gz") == len(data)
    with storage.open("warc/a/2026/11/x.warc.gz") as stream:
        stream.seek(-3, 2)
        assert stream.read() == data[-3:]


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


def test_what_is_not_there_is_said_by_name(storage: Storage) -> None:
    for ask in (storage.get, storage.size, storage.open):
        with pytest.raises(NotHeldError, match="warc/none"):
            ask("warc/none")
    assert not storage.exists("warc/none")
    storage.delete("state/none")


@pytest.mark.parametrize("key", ["", "/a", "a//b", "../a", "a/./b", "a/"])
def test_a_key_cannot_leave_the_store(storage: Storage, key: str) -> None:
    with pytest.raises(StorageError, match="not a storage key"):
        storage.put(key, b"x")


def test_of_many_writers_of_one_key_exactly_one_wins(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    wins, losses = [], []

    def write(n: int) -> None:
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


def test_a_failed_write_leaves_nothing_under_any_name(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path / "store"))
    with pytest.raises(StorageError):
        storage.put("warc/a/x", tmp_path / "no such spool file")
    assert list(storage.list("")) == []
    assert [p for p in (tmp_path / "store").rglob("*") if p.is_file()] == []


def test_an_unusable_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        open_storage(str(tmp_path / "file" / "store"))
    with pytest.raises(SettingsError, match="neither a folder nor s3"):
        open_storage("ftp://example.net/x")


def test_an_unreachable_bucket_is_one_clear_line(bucket: str) -> None:
    assert bucket
    with pytest.raises(StorageError, match="cannot be reached"):
        open_storage("s3://nobody-made-this-bucket/x")
