"""A bucket on a real server: what arrives is what was sent, whatever the network and the server do in between."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from archive import spool
from archive.catalog import Query
from archive.errors import AlreadyThereError, NotHeldError, StorageError
from archive.holdings import open_archive
from archive.s3 import S3Storage
from archive.settings import load_settings
from archive.spool import Spool
from archive.tenure import clock
from tests.captures import capture
from tests.faultproxy import FaultProxy, Message, Seeded, between
from tests.made import article, reading, shelf
from tests.seaweed import BUCKET, Seaweed, running

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed"), pytest.mark.usefixtures("short_pauses")]


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


@pytest.mark.long
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
