"""What a server must show before anything is written to it: that it refuses what it was told to refuse.

Three small requests to `state/trial/`, once for each process that writes: an object with a wrong checksum, an object
that is there already, an object that has another ETag. Servers that let the last two pass would let writers overwrite
one another; one that lets the first pass cannot confirm anything, so all that is put there is read back.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from archive.errors import NotHeldError, OvertakenError, StorageError
from archive.s3.asking import Asking

PLACE = "state/trial/"
_CONTENT = b"Is what stands here believed? See docs/storage.md.\n"
_NO_ETAG = '"00000000000000000000000000000000"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the server has shown."""

    checks: bool  # it refuses bytes that are not those of their checksum


def b64(digest: str) -> str:
    """A hex digest as S3 writes it."""
    return base64.b64encode(bytes.fromhex(digest)).decode()


def tried(asking: Asking) -> Trial:
    """Try the server.

    Raises:
        StorageError: it does not honour conditions, or nothing can be written.
    """
    there = f"{PLACE}there"
    for _ in range(2):  # the first time, there is nothing yet
        if not _is_put(asking, there, {"IfNoneMatch": "*"}):
            break
    else:
        raise _unfit(asking, "If-None-Match")
    if _is_put(asking, there, {"IfMatch": _NO_ETAG}):
        raise _unfit(asking, "If-Match")
    return Trial(checks=_checks(asking))


def _unfit(asking: Asking, header: str) -> StorageError:
    return StorageError(
        f"the server of {asking.url} does not honour {header}: writers would overwrite one another; "
        "use another server (docs/storage.md)"
    )


def _is_put(asking: Asking, key: str, condition: Mapping[str, str]) -> bool:
    try:
        asking.ask(
            key,
            lambda: asking.client.put_object(
                Bucket=asking.bucket,
                Key=asking.prefix + key,
                Body=_CONTENT,
                **condition,  # type: ignore[arg-type]  # names of arguments
            ),
        )
    except (OvertakenError, NotHeldError):
        return False
    return True


def _checks(asking: Asking) -> bool:
    key = f"{PLACE}{secrets.token_hex(8)}"
    wrong = b64(hashlib.sha256(b"something else").hexdigest())
    name = asking.prefix + key
    if not asking.refuses(
        key,
        lambda: asking.client.put_object(Bucket=asking.bucket, Key=name, Body=_CONTENT, ChecksumSHA256=wrong),
    ):
        asking.ask(key, lambda: asking.client.delete_object(Bucket=asking.bucket, Key=name))
        return False
    return True
