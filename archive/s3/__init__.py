"""The shelves in an S3 bucket, with the same keys as in a folder; nothing counts as kept before its digest is confirmed
there.

Every writing carries a mark of its own, so that a try whose answer was lost is recognised when it is repeated. What a
server can do is tried on the server itself before the first writing (`archive.s3.trial`).
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archive.digest import CHUNK, sha256_of
from archive.errors import AlreadyThereError, NotHeldError, OvertakenError, StorageError
from archive.objects import LEFT, SWAP_PATIENCE, Marked, check_key, check_prefix
from archive.s3 import parts, reading
from archive.s3.asking import Asking, DamagedError, OutsideError, age
from archive.s3.reading import DIGEST
from archive.s3.trial import Trial, b64, tried

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

MARK = "astana-put"  # metadata: which writing this was
_TIMES = 3  # that an object is put when the store turns out to keep other bytes


class S3Storage:
    """Objects below `s3://bucket/prefix?options`; see `archive.storage.Storage` for what each verb promises."""

    def __init__(self, url: str) -> None:
        self.asking = Asking(url)
        self.url = self.asking.url
        self._trial: Trial | None = None

    def _try(self) -> Trial:
        if self._trial is None:
            self._trial = tried(self.asking)
        return self._trial

    @property
    def _believes(self) -> bool:
        """Whether a checksum that the server says it holds is enough."""
        return self._try().checks and self.asking.options.confirm == "checksum"

    def get(self, key: str) -> bytes:
        """See Storage."""
        return reading.whole(self.asking, check_key(key))[0]

    def read(self, key: str, offset: int, length: int) -> bytes:
        """See Storage. One request; the digest of the record that was read is the reader's to check."""
        if length <= 0:
            return b""
        try:
            return reading.part(self.asking, check_key(key), offset, length)[0]
        except OutsideError:
            return b""

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        return reading.stream(self.asking, check_key(key))

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """See Storage. If-None-Match lets one writer win; the server checks a SHA-256 of what arrived."""
        check_key(key)
        try:
            digest = sha256_of(data)
            size = len(data) if isinstance(data, bytes) else data.stat().st_size
        except OSError as error:
            raise StorageError(f"{data!s} cannot be read to be put into the store: {error.strerror}") from None
        if size > self.asking.options.whole and not replace and isinstance(data, Path):
            return self._put_in_parts(key, data, digest, size)
        for _ in range(_TIMES):
            mark = secrets.token_hex(8)
            with suppress(NotHeldError):  # the store says it took it, and has nothing: once more
                with suppress(OvertakenError):  # by another, or by an earlier try of ours whose answer was lost
                    self._send(key, data, digest, mark, {} if replace else {"IfNoneMatch": "*"})
                there = self._head(key)
                mine = there["Metadata"].get(MARK) == mark
                if replace and not mine:
                    return True  # another has replaced it since
                if self._is_this(key, there, digest, size):
                    return mine
                self._take_back(key, there)
        raise StorageError(f"{key}: {self.url} does not keep the bytes it is given; nothing was left under that name")

    def _put_in_parts(self, key: str, data: Path, digest: str, size: int) -> bool:
        for _ in range(_TIMES):
            composite, new = "", False
            with suppress(NotHeldError):  # another ended the upload, or the store has nothing: once more
                if not self.exists(key):
                    composite, new = parts.send(self, key, data, digest)
                there = self._head(key)
                try:
                    if self._is_this(key, there, digest, size, composite):
                        return new
                    self._take_back(key, there)
                finally:
                    parts.forget(self, key)
        raise StorageError(f"{key}: {self.url} does not keep the bytes it is given; nothing was left under that name")

    def _send(self, key: str, data: bytes | Path, digest: str, mark: str, condition: Mapping[str, str]) -> str:
        """One object; returns its ETag. Before the first, the server must have shown that conditions hold."""
        self._try()

        def put() -> str:
            with _opened(data) as body:
                answer = self.asking.client_of(key).put_object(
                    Bucket=self.asking.bucket,
                    Key=self.asking.prefix + key,
                    Body=body,
                    ChecksumSHA256=b64(digest),
                    Metadata={DIGEST: digest, MARK: mark},
                    **condition,  # type: ignore[arg-type]  # names of arguments
                )
            return answer["ETag"]

        return self.asking.ask(key, put, SWAP_PATIENCE if key.startswith("state/") else None)

    def _is_this(self, key: str, there: HeadObjectOutputTypeDef, digest: str, size: int, composite: str = "") -> bool:
        """Whether the store keeps just this: by the checksum it holds, or by reading back where it cannot say one.

        Raises:
            AlreadyThereError: other content stands there, and was meant to.
        """
        said = there["Metadata"].get(DIGEST)
        held = there.get("ChecksumSHA256", "")
        if said is None and self._read_back(key) == digest:
            return True  # another program put it
        if said != digest:
            raise AlreadyThereError(f"{key} is in the store already, with other content; it was left as it is")
        # What travelled in parts has a checksum of checksums, which only who knows the parts can tell.
        confirmed = held == (composite or b64(digest)) or ("-" in held and not composite)
        if confirmed and self._believes and there["ContentLength"] == size:
            return True
        return self._read_back(key) == digest

    def _read_back(self, key: str) -> str:
        """The digest of what comes back; bytes that were spoilt on the way only are asked for again."""
        for _ in range(_TIMES):
            digest = hashlib.sha256()
            with suppress(DamagedError), reading.stream(self.asking, key) as stream:
                while piece := stream.read(CHUNK):
                    digest.update(piece)
                return digest.hexdigest()
        return "damaged"

    def _take_back(self, key: str, there: HeadObjectOutputTypeDef) -> None:
        """Remove what is said to be these bytes and is not: nothing wrong may stand under a final name."""
        if self._head(key)["ETag"] == there["ETag"]:
            self.delete(key)

    def _head(self, key: str) -> HeadObjectOutputTypeDef:
        name = self.asking.prefix + key
        return self.asking.ask(
            key,
            lambda: self.asking.client_of(key).head_object(Bucket=self.asking.bucket, Key=name, ChecksumMode="ENABLED"),
            SWAP_PATIENCE if key.startswith("state/") else None,
        )

    def exists(self, key: str) -> bool:
        """See Storage."""
        try:
            self.size(key)
        except NotHeldError:
            return False
        return True

    def size(self, key: str) -> int:
        """See Storage."""
        return self._head(check_key(key))["ContentLength"]

    def list(self, prefix: str) -> Iterator[str]:
        """See Storage."""
        return reading.keys(self.asking, check_prefix(prefix))

    def delete(self, key: str) -> None:
        """See Storage."""
        name = self.asking.prefix + check_key(key)
        with suppress(NotHeldError):
            self.asking.ask(key, lambda: self.asking.client.delete_object(Bucket=self.asking.bucket, Key=name))

    def look(self, key: str) -> Marked:
        """See Storage."""
        data, answer = reading.whole(self.asking, check_key(key), SWAP_PATIENCE)
        return Marked(data=data, mark=answer["ETag"], age=age(answer, answer["LastModified"]))

    def swap(self, key: str, data: bytes, mark: str | None) -> str:
        """See Storage. If-Match on the ETag; a first try whose answer was lost is known by its mark."""
        check_key(key)
        own = secrets.token_hex(8)
        try:
            return self._send(key, data, sha256_of(data), own, {"IfMatch": mark} if mark else {"IfNoneMatch": "*"})
        except (OvertakenError, NotHeldError):
            with suppress(NotHeldError):
                there = self._head(key)
                if there["Metadata"].get(MARK) == own:
                    return there["ETag"]
            raise OvertakenError(f"{key} has been written by another process meanwhile") from None

    def tidy(self, left: timedelta = LEFT) -> int:
        """See Storage."""
        return parts.tidy(self, left)


def _opened(data: bytes | Path) -> BinaryIO:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    try:
        return data.open("rb")
    except OSError as error:
        raise StorageError(f"{data} cannot be read to be put into the store: {error.strerror}") from None
