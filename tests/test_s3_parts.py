"""Large files in parts: broken off, taken up, raced for and tidied away."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import AlreadyThereError, StorageError
from archive.s3 import S3Storage
from tests.bucketed import MIB, PARTS, asked, digest, made
from tests.faultproxy import FaultProxy
from tests.seaweed import BUCKET, Seaweed

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed"), pytest.mark.usefixtures("short_pauses")]


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
