"""The shelves in an S3 bucket, through boto3, with the same keys as in a folder; it never lists what it can know."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeVar, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from archive.digest import CHUNK, sha256_of
from archive.errors import AlreadyThereError, NotHeldError, SettingsError, StorageError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

T = TypeVar("T")

_GONE = {"404", "NoSuchKey", "NotFound"}
_TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
# Our own digest of the whole object, kept with it: an ETag is no digest once an upload has parts.
_DIGEST = "astana-sha256"
_ALGORITHM: Literal["SHA256"] = "SHA256"


class S3Storage:
    """Objects below `s3://bucket/prefix`; boto3 reads its own AWS_* variables."""

    def __init__(self, url: str) -> None:
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        if not bucket:
            raise SettingsError(f"ASTANA_STORE: {url!r} names no bucket")
        self.url = url
        self._bucket = bucket
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        config = Config(retries={"mode": "standard", "max_attempts": 6}, connect_timeout=10, read_timeout=60)
        try:
            self._client: S3Client = boto3.client("s3", config=config)
            self._client.head_bucket(Bucket=bucket)
        except (BotoCoreError, ClientError, ValueError) as error:
            raise StorageError(f"the bucket {bucket} cannot be reached: {error}") from None

    def _name(self, key: str) -> str:
        if not key or any(part in ("", ".", "..") for part in key.split("/")):
            raise StorageError(f"not a storage key: {key!r}")
        return self._prefix + key

    def _ask(self, what: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                raise NotHeldError(f"the store holds no {what}") from None
            raise StorageError(f"{what} in {self.url}: {error}") from None
        except BotoCoreError as error:
            raise StorageError(f"{what} in {self.url}: {error}") from None

    @staticmethod
    def _body(answer: GetObjectOutputTypeDef) -> bytes:
        return answer["Body"].read()

    def get(self, key: str) -> bytes:
        """See Storage."""
        name = self._name(key)
        return self._ask(key, lambda: self._body(self._client.get_object(Bucket=self._bucket, Key=name)))

    def read(self, key: str, offset: int, length: int) -> bytes:
        """See Storage."""
        if length <= 0 or offset >= self.size(key):
            return b""
        name, span = self._name(key), f"bytes={offset}-{offset + length - 1}"
        return self._ask(key, lambda: self._body(self._client.get_object(Bucket=self._bucket, Key=name, Range=span)))

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        return cast("BinaryIO", io.BufferedReader(_Ranged(self, key, self.size(key)), CHUNK))

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """See Storage. The server checks a SHA-256 of what arrived, and If-None-Match lets one writer win."""
        digest = sha256_of(data)
        with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as body:
            try:
                if replace:
                    self._client.put_object(
                        Bucket=self._bucket,
                        Key=self._name(key),
                        Body=body,
                        ChecksumAlgorithm=_ALGORITHM,
                        Metadata={_DIGEST: digest},
                    )
                else:
                    self._client.put_object(
                        Bucket=self._bucket,
                        Key=self._name(key),
                        Body=body,
                        ChecksumAlgorithm=_ALGORITHM,
                        Metadata={_DIGEST: digest},
                        IfNoneMatch="*",
                    )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _TAKEN:
                    raise StorageError(f"{key} cannot be written to {self.url}: {error}") from None
                return self._same_or_raise(key, digest)
            except BotoCoreError as error:
                raise StorageError(f"{key} cannot be written to {self.url}: {error}") from None
        return True

    def _same_or_raise(self, key: str, digest: str) -> bool:
        name = self._name(key)
        held = self._ask(key, lambda: self._client.head_object(Bucket=self._bucket, Key=name))
        if held["Metadata"].get(_DIGEST) != digest and sha256_of(self.get(key)) != digest:
            raise AlreadyThereError(f"{key} is in the store already, with other content; it was left as it is")
        return False

    def exists(self, key: str) -> bool:
        """See Storage."""
        try:
            self.size(key)
        except NotHeldError:
            return False
        return True

    def size(self, key: str) -> int:
        """See Storage."""
        name = self._name(key)
        return self._ask(key, lambda: self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"])

    def list(self, prefix: str) -> Iterator[str]:
        """See Storage. S3 lists in the order of UTF-8 bytes, which is the order of code points."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        for page in self._ask(f"the list of {prefix}", lambda: list(pages)):
            for entry in page.get("Contents", ()):
                yield entry["Key"].removeprefix(self._prefix)

    def delete(self, key: str) -> None:
        """See Storage."""
        name = self._name(key)
        self._ask(key, lambda: self._client.delete_object(Bucket=self._bucket, Key=name))


class _Ranged(io.RawIOBase):
    """One object as a seekable stream of ranged reads."""

    def __init__(self, storage: S3Storage, key: str, size: int) -> None:
        self._storage, self._key, self._size, self._at = storage, key, size, 0

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
        data = self._storage.read(self._key, self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
