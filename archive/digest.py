"""The archive's digests as strings, of bytes or of files read in pieces."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

CHUNK = 1 << 20  # bytes read at once


def payload_digest(data: bytes) -> str:
    """`sha1:` and base32: what web archives compare payloads by (WARC 1.1 §5.9)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def sha256(data: bytes) -> str:
    """`sha256:` and lower-case hex: every other digest of the archive."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def sha256_of(data: bytes | Path) -> str:
    """Hex SHA-256 of bytes or of a file, read in pieces."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
