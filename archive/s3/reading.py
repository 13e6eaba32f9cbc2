"""Reading from a bucket: whole and checked, by range without asking for the size first, as a stream; and listing."""

from __future__ import annotations

import hashlib
import heapq
import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, cast

from archive.digest import CHUNK
from archive.errors import OvertakenError, StorageError
from archive.s3.asking import MIB, Asking, DamagedError, OutsideError

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, ListObjectsV2OutputTypeDef

# Our own digest of the whole object, kept with it: an ETag is no digest once an upload has parts.
DIGEST = "astana-sha256"
LARGEST_WINDOW = 8 * MIB  # bytes that are fetched at once of a stream that is read in order
_SPAN = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_MD5 = re.compile(r'"([0-9a-f]{32})"')


def check(key: str, data: bytes, answer: Mapping[str, object]) -> bytes:
    """The bytes of a whole object, when they are those that were put.

    What another program put has no digest of ours; its ETag is an MD5 unless it has parts or the server encrypts it.

    Raises:
        DamagedError: they are not.
    """
    metadata = cast("Mapping[str, str]", answer.get("Metadata") or {})
    etag = _MD5.fullmatch(str(answer.get("ETag", "")))
    if DIGEST in metadata:
        right = hashlib.sha256(data).hexdigest() == metadata[DIGEST]
    elif etag and "SSEKMSKeyId" not in answer and "SSECustomerAlgorithm" not in answer:
        right = hashlib.md5(data, usedforsecurity=False).hexdigest() == etag[1]
    else:
        right = len(data) == answer.get("ContentLength")
    if not right:
        raise DamagedError(f"{key}: other bytes came than its digest says")
    return data


def whole(asking: Asking, key: str, patience: float | None = None) -> tuple[bytes, GetObjectOutputTypeDef]:
    """A whole object with what the server says of it. Raises NotHeldError, StorageError."""

    def get() -> tuple[bytes, GetObjectOutputTypeDef]:
        answer = asking.client_of(key).get_object(Bucket=asking.bucket, Key=asking.prefix + key)
        return check(key, answer["Body"].read(), cast("Mapping[str, object]", answer)), answer

    return asking.ask(key, get, patience)


def part(asking: Asking, key: str, offset: int, length: int, etag: str = "") -> tuple[bytes, int, str, str]:
    """A range, the object's size, ETag and digest (empty when another program put it).

    Raises:
        NotHeldError: no such object. OutsideError: it ends before `offset`. OvertakenError: it has another ETag now.
        StorageError: it cannot be read.
    """
    condition = {"IfMatch": etag} if etag else {}

    def get() -> tuple[bytes, int, str, str]:
        answer = asking.client.get_object(
            Bucket=asking.bucket,
            Key=asking.prefix + key,
            Range=f"bytes={offset}-{offset + length - 1}",
            **condition,  # type: ignore[arg-type]  # names of arguments
        )
        data = answer["Body"].read()
        span = _SPAN.fullmatch(answer.get("ContentRange", ""))
        digest = answer["Metadata"].get(DIGEST, "")
        if span is None:  # a server that knows no ranges sends all of it
            return data[offset : offset + length], len(data), answer["ETag"], digest
        size = int(span[3])
        if (int(span[1]), len(data)) != (offset, min(length, size - offset)):
            raise DamagedError(f"{key}: another range came than was asked for")
        return data, size, answer["ETag"], digest

    return asking.ask(key, get)


def stream(asking: Asking, key: str) -> BinaryIO:
    """A seekable stream. Read from start to end it is checked; by range, the reader checks its record's digest."""
    return cast("BinaryIO", io.BufferedReader(_Stream(asking, key), CHUNK))


class _Stream(io.RawIOBase):
    """One object by ranges: the first also tells the size, and windows grow while they follow one another."""

    def __init__(self, asking: Asking, key: str) -> None:
        self._asking, self._key, self._at = asking, key, 0
        self._window, self._start, self._step = b"", 0, MIB
        self._hashed, self._sum = 0, hashlib.sha256()
        try:
            self._window, self._size, self._etag, self._digest = part(asking, key, 0, MIB)
        except OutsideError:
            self._size, self._etag, self._digest = 0, "", ""
        self._hash()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the buffer protocol
        if self._at >= self._size:
            return 0
        if not self._start <= self._at < self._start + len(self._window):
            self._fetch(len(buffer))
        skipped = self._at - self._start
        data = self._window[skipped : skipped + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _fetch(self, wanted: int) -> None:
        follows = self._at == self._start + len(self._window)
        self._step = min(self._step * 2, LARGEST_WINDOW) if follows else min(wanted, CHUNK)
        try:
            self._window = part(self._asking, self._key, self._at, self._step, self._etag)[0]
        except OvertakenError:
            raise StorageError(f"{self._key} was replaced while it was read; read it again") from None
        self._start = self._at
        self._hash()

    def _hash(self) -> None:
        if self._start == self._hashed:
            self._sum.update(self._window)
            self._hashed += len(self._window)
            if self._hashed == self._size and self._digest and self._sum.hexdigest() != self._digest:
                raise DamagedError(f"{self._key}: other bytes came than its digest says; read it again, then audit")


def keys(asking: Asking, prefix: str) -> Iterator[str]:
    """All keys that begin so, in the order of their bytes, page by page.

    Not every server lists in that order: some walk a tree, where `a/b` comes before `a b`. So what does not fit one
    page is listed folder by folder, and within a folder a name waits until nothing can come before it any more.
    """
    first = _page(asking, prefix, {})
    if not first["IsTruncated"]:
        yield from sorted(entry["Key"].removeprefix(asking.prefix) for entry in first.get("Contents", ()))
        return
    for name in _folder(asking, prefix):
        if name.endswith("/"):
            yield from keys(asking, name)
        else:
            yield name


def _folder(asking: Asking, prefix: str) -> Iterator[str]:
    """Keys and folders (with their slash) right below a prefix, sorted."""
    waiting: list[str] = []
    for page in _pages(asking, prefix, {"Delimiter": "/"}):
        found = [entry["Key"] for entry in page.get("Contents", ())]
        found += [entry["Prefix"] for entry in page.get("CommonPrefixes", ())]
        names = [name.removeprefix(asking.prefix) for name in found]
        for name in names:
            heapq.heappush(waiting, name)
        # Whatever comes later begins behind the last name of this page, without its slash.
        last = max((name.removesuffix("/") for name in names), default="")
        while waiting and waiting[0] <= last:
            yield heapq.heappop(waiting)
    while waiting:
        yield heapq.heappop(waiting)


def _pages(asking: Asking, prefix: str, more: Mapping[str, str]) -> Iterator[ListObjectsV2OutputTypeDef]:
    page = _page(asking, prefix, more)
    yield page
    while page["IsTruncated"]:
        page = _page(asking, prefix, {**more, "ContinuationToken": page["NextContinuationToken"]})
        yield page


def _page(asking: Asking, prefix: str, more: Mapping[str, str]) -> ListObjectsV2OutputTypeDef:
    return asking.ask(
        f"the list of {prefix or 'everything'}",
        lambda: asking.client.list_objects_v2(
            Bucket=asking.bucket,
            Prefix=asking.prefix + prefix,
            **more,  # type: ignore[arg-type]  # names of arguments
        ),
    )
