"""Large files in parts: taken up where they broke off, completed by one writer only; what was given up is taken away.

A claim under `state/upload/` says which content is being put under a key, and by which upload. It serves twice: who
comes again with the same content goes on with that upload, and who comes with other content is refused. The second is
needed because a server may honour If-None-Match when an upload is completed and yet let two completions at one moment
both win (SeaweedFS does); the claim is made with a conditional write of a small object, where only one can win.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.digest import sha256_of
from archive.errors import AlreadyThereError, NotHeldError, OvertakenError, StorageError
from archive.objects import LEFT
from archive.s3.asking import age
from archive.s3.reading import DIGEST
from archive.s3.trial import b64

if TYPE_CHECKING:
    from archive.s3 import S3Storage

CLAIMS = "state/upload/"
MOST_PARTS = 10_000
_TIMES = 20  # that a claim is tried for while others move it


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Which content is under way to a key: one upload, one size of parts."""

    key: str
    sha256: str
    upload: str
    part: int  # bytes
    turn: int = 1  # grows with each writer that takes it up, so that no content of a claim comes twice

    def to_bytes(self) -> bytes:
        """As it lies in the store."""
        said = {"key": self.key, "sha256": self.sha256, "upload": self.upload, "part": self.part, "turn": self.turn}
        return json.dumps(said, ensure_ascii=False).encode()


def send(storage: S3Storage, key: str, source: Path, digest: str) -> tuple[str, bool]:
    """Put a file that is not there yet; returns the checksum of its parts' checksums, and whether it was we who put it.

    Raises:
        AlreadyThereError: other content is under way.
        NotHeldError: the upload was ended meanwhile, most likely by another who put the same content.
        StorageError: it broke off; the next call goes on from the parts that arrived.
    """
    claim = _claim(storage, key, digest, _part_size(storage, source))
    sent, composite = _send_parts(storage, claim, source)
    if _read(storage, key).upload != claim.upload:
        raise StorageError(f"{key}: another writer took the upload over; run again")
    name, bucket = storage.asking.prefix + key, storage.asking.bucket
    try:
        storage.asking.ask(
            key,
            lambda: storage.asking.client.complete_multipart_upload(
                Bucket=bucket,
                Key=name,
                UploadId=claim.upload,
                MultipartUpload={"Parts": sent},  # type: ignore[typeddict-item]  # made below
                IfNoneMatch="*",
            ),
        )
    except (OvertakenError, NotHeldError):
        # Completed by an earlier try whose answer was lost, or by another with the same bytes; else the head tells.
        return composite, False
    return composite, True


def forget(storage: S3Storage, key: str) -> None:
    """End the claim of a key that is whole; an upload that lost the race goes too."""
    with suppress(NotHeldError):
        claim = _read(storage, key)
        _abort(storage, key, claim.upload)
        storage.delete(_place(key))


def tidy(storage: S3Storage, left: timedelta) -> int:
    """Abort uploads begun longer ago than this that no younger claim names, and drop the claims; returns how many."""
    gone, wanted = 0, set[str]()
    for place in list(storage.list(CLAIMS)):
        with suppress(NotHeldError):
            seen = storage.look(place)
            if seen.age > left.total_seconds():
                storage.delete(place)
            else:
                wanted.add(_claim_of(seen.data).upload)
    for key, upload, old in _uploads(storage):
        if old > left.total_seconds() and upload not in wanted:
            _abort(storage, key, upload)
            gone += 1
    return gone


def _part_size(storage: S3Storage, source: Path) -> int:
    least = -(-source.stat().st_size // MOST_PARTS)
    return max(storage.asking.options.part, least)


def _claim(storage: S3Storage, key: str, digest: str, part: int) -> Claim:
    """The claim under which this content may be put: taken up, or made with an upload of its own."""
    for _ in range(_TIMES):
        try:
            seen = storage.look(_place(key))
        except NotHeldError:
            seen = None
        there = _claim_of(seen.data) if seen else None
        if there and seen and there.sha256 != digest and seen.age < LEFT.total_seconds():
            raise AlreadyThereError(f"another writer is putting other content under {key}; wait for it, then look")
        if there and there.sha256 == digest and _is_open(storage, key, there.upload):
            mine = Claim(key=key, sha256=digest, upload=there.upload, part=there.part, turn=there.turn + 1)
        else:
            turn = there.turn + 1 if there else 1
            mine = Claim(key=key, sha256=digest, upload=_begin(storage, key, digest), part=part, turn=turn)
        try:
            storage.swap(_place(key), mine.to_bytes(), seen.mark if seen else None)
        except OvertakenError:
            if not there or mine.upload != there.upload:
                _abort(storage, key, mine.upload)
            continue
        return mine
    raise StorageError(f"{key}: other writers keep moving its upload; run again")


def _send_parts(storage: S3Storage, claim: Claim, source: Path) -> tuple[list[dict[str, object]], str]:
    """Send what the server lacks; returns what completes the upload, and the checksum over the parts' checksums."""
    there = {part["PartNumber"]: part for part in _parts(storage, claim.key, claim.upload)}
    whole, parts, sent = hashlib.sha256(), hashlib.sha256(), list[dict[str, object]]()
    with source.open("rb") as stream:
        number = 0
        while data := stream.read(claim.part):
            number += 1
            whole.update(data)
            digest = sha256_of(data)
            parts.update(bytes.fromhex(digest))
            held = there.get(number)
            etag = held["ETag"] if held and _is_same(held, data, digest) else _put(storage, claim, number, data, digest)
            sent.append({"PartNumber": number, "ETag": etag, "ChecksumSHA256": b64(digest)})
    if whole.hexdigest() != claim.sha256:
        raise StorageError(f"{source} changed while it was put under {claim.key}; nothing was left there")
    return sent, f"{b64(parts.hexdigest())}-{number}"


def _is_same(held: Any, data: bytes, digest: str) -> bool:
    """Whether a part that arrived earlier is this one; a server that names no SHA-256 names the MD5."""
    if held["Size"] != len(data):
        return False
    if "ChecksumSHA256" in held:
        return bool(held["ChecksumSHA256"] == b64(digest))
    return bool(held["ETag"].strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest())


def _put(storage: S3Storage, claim: Claim, number: int, data: bytes, digest: str) -> str:
    asking = storage.asking
    return asking.ask(
        f"part {number} of {claim.key}",
        lambda: asking.client.upload_part(
            Bucket=asking.bucket,
            Key=asking.prefix + claim.key,
            UploadId=claim.upload,
            PartNumber=number,
            Body=data,
            ChecksumSHA256=b64(digest),
        ),
    )["ETag"]


def _begin(storage: S3Storage, key: str, digest: str) -> str:
    asking = storage.asking
    return asking.ask(
        key,
        lambda: asking.client.create_multipart_upload(
            Bucket=asking.bucket, Key=asking.prefix + key, ChecksumAlgorithm="SHA256", Metadata={DIGEST: digest}
        ),
    )["UploadId"]


def _abort(storage: S3Storage, key: str, upload: str) -> None:
    asking = storage.asking
    with suppress(NotHeldError):
        asking.ask(
            key,
            lambda: asking.client.abort_multipart_upload(
                Bucket=asking.bucket, Key=asking.prefix + key, UploadId=upload
            ),
        )


def _is_open(storage: S3Storage, key: str, upload: str) -> bool:
    try:
        _parts(storage, key, upload)
    except NotHeldError:
        return False
    return True


def _parts(storage: S3Storage, key: str, upload: str) -> list[Any]:
    """The parts that arrived. Raises NotHeldError: the upload has ended."""
    asking = storage.asking
    pages = asking.client.get_paginator("list_parts")
    return asking.ask(
        f"upload of {key}",
        lambda: [
            part
            for page in pages.paginate(Bucket=asking.bucket, Key=asking.prefix + key, UploadId=upload)
            for part in page.get("Parts", ())
        ],
    )


def _uploads(storage: S3Storage) -> Iterator[tuple[str, str, float]]:
    """Key, upload and age in seconds of all that was begun below the prefix and is not ended."""
    asking = storage.asking
    pages = asking.client.get_paginator("list_multipart_uploads")
    for page in asking.ask("the uploads", lambda: list(pages.paginate(Bucket=asking.bucket, Prefix=asking.prefix))):
        for one in page.get("Uploads", ()):
            yield one["Key"].removeprefix(asking.prefix), one["UploadId"], age(page, one["Initiated"])


def _place(key: str) -> str:
    return f"{CLAIMS}{sha256_of(key.encode())}.json"


def _read(storage: S3Storage, key: str) -> Claim:
    return _claim_of(storage.get(_place(key)))


def _claim_of(data: bytes) -> Claim:
    try:
        return Claim(**json.loads(data))
    except (ValueError, TypeError):
        return Claim(key="", sha256="", upload="", part=0, turn=0)  # damaged: nobody's
