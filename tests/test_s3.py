"""A bucket on a real server: what arrives is what was sent, whatever the network and the server do in between."""

from __future__ import annotations

import hashlib
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import spool
from archive.catalog import Query
from archive.errors import AlreadyThereError, NotHeldError, StorageError
from archive.holdings import open_archive
from archive.s3 import S3Storage, asking
from archive.s3 import reading as s3_reading
from archive.settings import load_settings
from archive.spool import Spool
from archive.tenure import clock
from tests.captures import capture
from tests.faultproxy import FAULTS, FaultProxy, Message, Seeded, between
from tests.made import article, reading, shelf
from tests.seaweed import BUCKET, Seaweed, running

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed")]
MIB = 1 << 20
PARTS = "whole=1MiB&part=5MiB"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_PAUSE", 0.002)
    monkeypatch.setattr(asking, "LONGEST_PAUSE", 0.05)


@pytest.fixture
def proxy(seaweed: Seaweed, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """A proxy before the shared server, which all that is opened from now on goes through."""
    assert bucket
    with between(seaweed.port) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        yield proxy


def once(fault: str, which: str = "") -> object:
    """A plan: the first request whose path holds the word meets the fault."""
    left = [fault]
    return lambda asked: left.pop() if left and which in f"{asked.method} {asked.path}" else ""


def asked(proxy: FaultProxy, word: str) -> list[Message]:
    return [one for one in proxy.asked if word in f"{one.method} {one.path}"]


def made(path: Path, size: int, seed: int = 0) -> Path:
    path.write_bytes(random.Random(seed).randbytes(size))
    return path


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- what a call costs --------------------------------------------------------------------------------------------


def test_a_range_is_one_request_and_a_stream_asks_for_no_size(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(bucket)
    storage.put("warc/a/x", b"0123456789" * 1000)
    proxy.asked.clear()
    assert storage.read("warc/a/x", 5000, 10) == b"0123456789"
    assert storage.read("warc/a/x", 10_000, 10) == b""
    with storage.open("warc/a/x") as stream:
        assert len(stream.read()) == 10_000
    assert [one.method for one in proxy.asked] == ["GET", "GET", "GET"]


def test_a_long_stream_is_read_in_growing_windows_and_never_held_whole(
    proxy: FaultProxy, bucket: str, tmp_path: Path
) -> None:
    source = made(tmp_path / "long", 30 * MIB + 7)
    storage = S3Storage(bucket)
    assert storage.put("warc/a/long", source)
    proxy.asked.clear()
    found = hashlib.sha256()
    with storage.open("warc/a/long") as stream:
        while piece := stream.read(MIB):
            found.update(piece)
    assert found.hexdigest() == digest(source.read_bytes())
    assert len(proxy.asked) <= 7  # 1 + 2 + 4 + 8 + 8 + 8


def test_the_server_is_tried_once_before_the_first_writing_and_not_for_reading(proxy: FaultProxy, bucket: str) -> None:
    S3Storage(bucket).put("warc/a/x", b"1")
    proxy.asked.clear()
    storage = S3Storage(bucket)
    storage.get("warc/a/x")
    assert not asked(proxy, "state/trial")
    storage.put("warc/a/y", b"1")
    tried = len(asked(proxy, "state/trial"))
    storage.put("warc/a/z", b"1")
    assert len(asked(proxy, "state/trial")) == tried == 3


# ---- lists --------------------------------------------------------------------------------------------------------


def test_more_than_a_thousand_keys_are_listed_in_the_order_of_bytes_page_by_page(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    names = [f"text/{place}/{number:04d}" for place in ("سانا", "sana", "sana-en", "sana en") for number in range(260)]
    seaweed.plant(f"{tmp_path.name}/{name}" for name in names)
    storage = S3Storage(bucket)
    assert list(storage.list("text/")) == sorted(names, key=str.encode)
    proxy.asked.clear()
    assert next(storage.list("text/sana/")) == "text/sana/0000"
    assert len(proxy.asked) == 1


def test_a_folder_of_many_files_is_not_asked_for_whole_before_the_first_comes(
    proxy: FaultProxy, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = S3Storage(bucket)
    for number in range(25):
        storage.put(f"ledger/run/{number:03d}", b"x")
    page = s3_reading._page

    def small(asking: asking.Asking, prefix: str, more: dict[str, str]) -> object:
        return page(asking, prefix, {**more, "MaxKeys": 10})  # type: ignore[dict-item]  # a number

    monkeypatch.setattr(s3_reading, "_page", small)
    proxy.asked.clear()
    keys = storage.list("ledger/")
    assert next(keys) == "ledger/run/000"
    before = len(proxy.asked)
    assert [*keys] == [f"ledger/run/{number:03d}" for number in range(1, 25)]
    assert before < len(proxy.asked)


# ---- faults, each by itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_mended_by_asking_again(proxy: FaultProxy, bucket: str, fault: str) -> None:
    storage = S3Storage(f"{bucket}?patience=20&timeout=0.4")
    storage.put("warc/a/there", b"there" * 500)
    verbs = {
        "put": lambda: storage.put("warc/a/new", b"new" * 900),
        "get": lambda: storage.get("warc/a/there") == b"there" * 500,
        "size": lambda: storage.size("warc/a/there") == 2500,
        "swap": lambda: bool(storage.swap("state/new", b"new", None)),
        "look": lambda: storage.look("state/new").data == b"new",
        "delete": lambda: storage.delete("state/new") is None,
    }
    if fault != "flip-down":  # a range has no checksum of its own: its reader knows the digest of its record
        verbs["read"] = lambda: storage.read("warc/a/there", 0, 5) == b"there"
        verbs["list"] = lambda: list(storage.list("warc/")) == ["warc/a/new", "warc/a/there"]
    for name, verb in verbs.items():
        proxy.plan = once(fault)  # type: ignore[assignment]  # a plan
        assert verb(), f"{name} under {fault}"
    proxy.plan = lambda asked: ""
    assert storage.get("warc/a/new") == b"new" * 900
    assert proxy.done[fault] == len(verbs)


def test_a_put_whose_answer_was_lost_is_known_as_ours_and_anothers_is_not(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(bucket)
    proxy.plan = once("cut-after", "PUT /shelves/" + bucket.rpartition("/")[2] + "/ledger")  # type: ignore[assignment]
    assert storage.put("ledger/run/x", b"1")
    assert proxy.done["cut-after"] == 1
    assert not storage.put("ledger/run/x", b"1")
    proxy.plan = once("cut-after", "/state/s")  # type: ignore[assignment]
    mark = storage.swap("state/s", b"1", None)
    assert proxy.done["cut-after"] == 2
    assert storage.look("state/s").mark == mark


def test_patience_ends_when_it_was_said_to_and_says_what_to_do(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(f"{bucket}?patience=0.6&timeout=0.3")
    for fault in ("503", "silence-before", "cut-before"):
        proxy.plan = lambda asked, fault=fault: fault  # type: ignore[misc]
        begun = time.monotonic()
        with pytest.raises(StorageError, match=r"warc/a/x in s3://.*given up after \d+ tries .* run again later"):
            storage.get("warc/a/x")
        assert 0.3 < time.monotonic() - begun < 5


def test_what_no_patience_helps_is_said_at_once(seaweed: Seaweed, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StorageError, match=r"cannot be reached.*AWS_ACCESS_KEY_ID"):
        S3Storage(bucket)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StorageError, match="cannot be reached"):
        S3Storage(bucket)
    assert time.monotonic() - begun < 20


def test_a_bucket_that_is_not_there_is_named(bucket: str) -> None:
    name = bucket.removeprefix("s3://").partition("?")[0].partition("/")[0]
    with pytest.raises(
        StorageError, match="the bucket nobody-made-it cannot be reached: there is none; make the bucket"
    ):
        S3Storage(bucket.replace(name, "nobody-made-it", 1))


# ---- checksums ----------------------------------------------------------------------------------------------------


def test_a_byte_that_changed_on_its_way_up_is_refused_by_the_server_and_sent_again(
    proxy: FaultProxy, bucket: str, tmp_path: Path
) -> None:
    storage = S3Storage(bucket)
    source = made(tmp_path / "spooled", 300_000)
    proxy.plan = once("flip-up", "warc/")  # type: ignore[assignment]
    assert storage.put("warc/a/x", source)
    assert len([one for one in asked(proxy, "warc/a/x") if one.method == "PUT"]) == 2
    proxy.plan = lambda asked: "flip-up" if asked.method == "PUT" and "warc/" in asked.path else ""
    with pytest.raises(StorageError, match="given up"):
        S3Storage(f"{bucket}?patience=0.5").put("warc/a/never", source)
    proxy.plan = lambda asked: ""
    assert storage.get("warc/a/x") == source.read_bytes()
    assert list(storage.list("warc/")) == ["warc/a/x"]


def test_bytes_that_changed_on_their_way_down_never_come_through(proxy: FaultProxy, bucket: str) -> None:
    storage = S3Storage(f"{bucket}?patience=0.5")
    storage.put("warc/a/x", b"x" * 3000)
    for fault in ("flip-down", "short", "torn"):
        proxy.plan = lambda asked, fault=fault: fault  # type: ignore[misc]
        with pytest.raises(StorageError, match="warc/a/x"):
            storage.get("warc/a/x")
    proxy.plan = lambda asked: "flip-down"
    with pytest.raises(StorageError, match="other bytes came than its digest says"), storage.open("warc/a/x") as stream:
        stream.read()


def test_with_confirm_read_a_store_that_only_says_the_right_checksum_is_caught(
    proxy: FaultProxy, bucket: str, tmp_path: Path
) -> None:
    """The server answers every checksum right, and gives other bytes back."""
    source = made(tmp_path / "spooled", 5000)
    proxy.plan = lambda asked: "flip-down" if asked.method == "GET" and "warc/" in asked.path else ""
    with pytest.raises(StorageError, match="does not keep the bytes it is given"):
        S3Storage(f"{bucket}?confirm=read&patience=0.5").put("warc/a/x", source)
    proxy.plan = lambda asked: ""
    assert not S3Storage(bucket).exists("warc/a/x")


def test_what_another_program_put_is_held_against_its_etag(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    client = seaweed.client()
    client.put_object(Bucket=BUCKET, Key=f"{tmp_path.name}/warc/a/foreign", Body=b"foreign")
    storage = S3Storage(f"{bucket}?patience=0.5")
    assert storage.get("warc/a/foreign") == b"foreign"
    assert not storage.put("warc/a/foreign", b"foreign")
    with pytest.raises(AlreadyThereError):
        storage.put("warc/a/foreign", b"ours")
    proxy.plan = lambda asked: "flip-down"
    with pytest.raises(StorageError, match="other bytes"):
        storage.get("warc/a/foreign")


# ---- large files --------------------------------------------------------------------------------------------------


def parts_sent(proxy: FaultProxy) -> list[int]:
    """Numbers of the parts that were sent, in order."""
    sent = [one.path for one in asked(proxy, "partNumber=") if one.method == "PUT"]
    return [int(path.split("partNumber=")[1].split("&")[0]) for path in sent]


def uploads(seaweed: Seaweed, prefix: str) -> list[str]:
    found = seaweed.client().list_multipart_uploads(Bucket=BUCKET, Prefix=prefix)
    return [one["UploadId"] for one in found.get("Uploads", ())]


def test_a_broken_upload_is_taken_up_where_it_broke_off(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    source = made(tmp_path / "large", 16 * MIB + 3)
    storage = S3Storage(f"{bucket}?{PARTS}&patience=0.5")
    proxy.plan = lambda asked: "cut-during" if "partNumber=3" in asked.path else ""
    with pytest.raises(StorageError, match="part 3 of warc/a/large"):
        storage.put("warc/a/large", source)
    assert not storage.exists("warc/a/large")
    proxy.plan = lambda asked: ""
    proxy.asked.clear()
    assert S3Storage(f"{bucket}?{PARTS}").put("warc/a/large", source)
    assert parts_sent(proxy) == [3, 4]
    assert digest(storage.get("warc/a/large")) == digest(source.read_bytes())
    assert uploads(seaweed, tmp_path.name) == []
    assert list(storage.list("state/upload/")) == []
    assert not storage.put("warc/a/large", source)


def test_parts_of_other_bytes_are_not_taken_for_ours(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    """Somebody overwrote a part of the broken upload: it is not completed with that. (SeaweedFS keeps both parts.)"""
    source = made(tmp_path / "large", 11 * MIB)
    proxy.plan = lambda asked: "500" if "partNumber=3" in asked.path else ""
    with pytest.raises(StorageError):
        S3Storage(f"{bucket}?{PARTS}&patience=0.3").put("warc/a/large", source)
    (upload,) = uploads(seaweed, tmp_path.name)
    seaweed.client().upload_part(
        **{"Bucket": BUCKET, "Key": f"{tmp_path.name}/warc/a/large", "UploadId": upload},
        **{"PartNumber": 1, "Body": b"x" * 5 * MIB, "ChecksumAlgorithm": "SHA256"},
    )
    proxy.plan = lambda asked: ""
    proxy.asked.clear()
    assert S3Storage(f"{bucket}?{PARTS}").put("warc/a/large", source)
    assert parts_sent(proxy) in ([1, 3], [3])
    assert digest(S3Storage(bucket).get("warc/a/large")) == digest(source.read_bytes())


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("POST uploads", "cut-after"),
        ("PUT partNumber=2", "flip-up"),
        ("PUT partNumber=2", "cut-during"),
        ("PUT partNumber=2", "silence-after"),
        ("POST uploadId=", "cut-after"),
        ("POST uploadId=", "500-after"),
        ("POST uploadId=", "503"),
    ],
)
def test_a_fault_at_any_step_of_an_upload_leaves_the_right_object(
    proxy: FaultProxy, bucket: str, tmp_path: Path, step: str, fault: str
) -> None:
    source = made(tmp_path / "large", 6 * MIB)
    storage = S3Storage(f"{bucket}?{PARTS}&timeout=1")
    method, _, word = step.rpartition(" ")
    left = [fault]
    proxy.plan = lambda asked: left.pop() if left and word in asked.path and method in asked.method else ""
    storage.put("warc/a/large", source)
    assert left == []
    proxy.plan = lambda asked: ""
    assert digest(storage.get("warc/a/large")) == digest(source.read_bytes())
    assert list(storage.list("state/upload/")) == []


def test_of_many_who_put_a_large_file_under_one_name_one_content_wins_and_stays(
    bucket: str, seaweed: Seaweed, tmp_path: Path
) -> None:
    sources = [made(tmp_path / f"large{number}", 6 * MIB, number % 3) for number in range(6)]
    begin, wins, losses = threading.Barrier(6), list[int](), list[int]()

    def write(number: int) -> None:
        storage = S3Storage(f"{bucket}?{PARTS}")
        begin.wait()
        try:
            storage.put("warc/a/large", sources[number])
            wins.append(number % 3)
        except AlreadyThereError:
            losses.append(number % 3)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(wins) + len(losses) == 6
    assert len(set(wins)) == 1
    assert set(wins).isdisjoint(losses)
    assert digest(S3Storage(bucket).get("warc/a/large")) == digest(sources[wins[0]].read_bytes())
    assert uploads(seaweed, tmp_path.name) == []


def test_uploads_that_were_given_up_are_taken_away_and_others_are_not(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    storage = S3Storage(f"{bucket}?{PARTS}&patience=0.3")
    proxy.plan = lambda asked: "500" if "partNumber=2" in asked.path else ""
    with pytest.raises(StorageError):
        storage.put("warc/a/large", made(tmp_path / "large", 6 * MIB))
    proxy.plan = lambda asked: ""
    assert storage.tidy() == 0
    assert len(uploads(seaweed, tmp_path.name)) == 1
    assert storage.tidy(timedelta(seconds=-1)) == 1
    assert uploads(seaweed, tmp_path.name) == []
    assert list(storage.list("state/upload/")) == []


# ---- faults, many and mixed ---------------------------------------------------------------------------------------


class Model:
    """What must be in a store by what its puts said: kept for certain, or in doubt after patience had ended."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.there: dict[str, bytes] = {}
        self.doubtful: dict[str, set[bytes]] = {}

    def put(self, storage: S3Storage, key: str, data: bytes) -> None:
        self.source.write_bytes(data)
        try:
            storage.put(key, self.source if len(data) > 100 else data)
        except AlreadyThereError:
            assert key in self.doubtful or self.there[key] != data
        except StorageError:
            if key not in self.there:
                self.doubtful.setdefault(key, set()).add(data)
            raise
        else:
            assert self.there.setdefault(key, data) == data
            self.doubtful.pop(key, None)

    def get(self, storage: S3Storage, key: str) -> None:
        try:
            found = storage.get(key)
        except NotHeldError:
            assert key not in self.there
        else:
            assert found == self.there[key] if key in self.there else found in self.doubtful[key]

    def list(self, storage: S3Storage) -> None:
        listed = set(storage.list("warc/"))
        assert self.there.keys() <= listed <= self.there.keys() | self.doubtful.keys()


@pytest.mark.parametrize("seed", range(6))
def test_under_any_faults_there_is_the_right_content_or_an_error_and_never_half_an_object(
    proxy: FaultProxy, seaweed: Seaweed, bucket: str, tmp_path: Path, seed: int
) -> None:
    """Puts, gets and lists by a seed, against what a dictionary says; with an even seed patience always suffices."""
    chance, enough = random.Random(seed), seed % 2 == 0
    storage = S3Storage(f"{bucket}?timeout=0.2&patience={20 if enough else 0.05}")
    model = Model(tmp_path / "source")
    model.put(storage, "warc/first", b"first")
    plan = Seeded(seed, share=0.35 if enough else 0.45, row=3 if enough else 9)
    proxy.plan = lambda asked: _listable(asked, plan(asked))
    failed = 0
    for number in range(30):
        key = f"warc/خبر {chance.randrange(8)}"
        data = chance.randbytes(chance.choice((0, 1, 700, 40_000)))
        try:
            model.put(storage, key, data) if chance.random() < 0.5 else model.get(storage, key)
            if number % 10 == 9:
                model.list(storage)
        except StorageError:
            failed += 1
    assert sum(proxy.done.values()) - proxy.done[""] >= 10
    assert failed == 0 if enough else failed > 0
    proxy.plan = lambda asked: ""
    for key in model.there.keys() | model.doubtful.keys():
        model.get(storage, key)
    model.list(storage)


def _listable(asked: Message, fault: str) -> str:
    """A list has no checksum: a byte that changes in one is noticed by nobody but TLS."""
    return "" if fault == "flip-down" and "list-type" in asked.path else fault


# ---- the server falls ---------------------------------------------------------------------------------------------


def _sealing(folder: Path, storage: S3Storage, number: int) -> Spool:
    waiting = Spool.open(folder, "press", f"w{number}", clock(), {"software": "practice"})
    for page in range(20):
        body = random.Random(page).randbytes(30_000)
        waiting.append(capture(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + body))
    return waiting


def test_a_server_that_is_killed_while_a_file_is_sealed_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running() as server, between(server.port) as proxy:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
        folder = tmp_path / "spool"
        impatient = S3Storage(f"s3://{BUCKET}/x?patience=0.5&timeout=2")
        impatient.put("format.json", b"1")

        # It falls in the middle of the upload and stays away: the file waits in the spool.
        proxy.plan = _killing(server, "warc/", "cut-during")
        waiting = _sealing(folder, impatient, 1)
        with pytest.raises(StorageError):
            waiting.seal(impatient)
        (left,) = folder.glob("*.sealing")
        size = left.stat().st_size
        proxy.plan = lambda asked: ""
        server.start()
        (sealed,) = spool.finish(folder, "press", impatient)
        assert (sealed.captures, sealed.bytes) == (20, size)
        assert impatient.size(sealed.warc) == size
        assert impatient.get("format.json") == b"1"
        assert list(folder.iterdir()) == []

        # It falls when it has the file, and comes back within patience: nobody notices.
        proxy.plan = _killing(server, "warc/", "cut-after")
        patient = S3Storage(f"s3://{BUCKET}/x?patience=100&timeout=2")
        waiting = _sealing(folder, patient, 2)
        restart = threading.Thread(target=lambda: (_killed.wait(60), server.start()))
        _killed.clear()
        restart.start()
        second = waiting.seal(patient)
        restart.join()
        assert second is not None
        assert proxy.done["cut-after"] == 1
        assert list(patient.list("warc/")) == sorted([sealed.warc, second.warc])
        for one in (sealed, second):
            with patient.open(one.warc) as stream:
                assert len(list(spool.warc.read(stream, one.warc, "press"))) == 20


_killed = threading.Event()


def _killing(server: Seaweed, word: str, fault: str) -> object:
    """A plan: the server is killed at the first PUT of such a path, before or after it has it."""
    left = [fault]

    def plan(asked: Message) -> str:
        if not left or word not in asked.path or asked.method != "PUT":
            return ""
        if fault == "cut-during":
            os.kill(server.pid, 9)
        else:
            timer = threading.Timer(0.05, lambda: (server.kill(), _killed.set()))
            timer.start()
        return left.pop()

    return plan


# ---- the document -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bucket")
def test_a_folder_moves_into_a_bucket_as_the_document_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Python, then its commands; afterwards the bucket answers as the folder did."""
    root = Path(__file__).parent.parent
    text = (root / "docs" / "storage.md").read_text("utf-8").partition("## From a folder to a bucket")[2]
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (commands,) = re.findall(r"^```\n(export .*?)^```", text, re.DOTALL | re.MULTILINE)
    one = shelf("1", [reading("a-x", article("أعلن الوفد أن الاجتماع المقبل سيعقد في الخريف بحضور جميع الأطراف."))])
    with open_archive(load_settings(store="data"), create=True) as archive:
        archive.put_text(one.head, one.readings)
        archive.set_reader(one.head.outlet, one.head.reader)
        archive.index()
        before = list(archive.pull(Query(include_off_topic=True)))
        kept = [key for key in archive.storage.list("") if key.startswith(("text/", "ledger/", "format.json"))]
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-ec", commands], env={**os.environ, "PATH": path}, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    moved = S3Storage("s3://shelves/astana")
    assert set(kept) <= set(moved.list(""))
    assert all(moved.get(key) == Path("data", key).read_bytes() for key in kept)
    monkeypatch.setenv("ASTANA_STORE", "s3://shelves/astana")
    with open_archive(load_settings()) as archive:
        assert list(archive.pull(Query(include_off_topic=True))) == before
    assert len(before) == 1
