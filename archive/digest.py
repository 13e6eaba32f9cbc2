"""The archive's digests as strings, of bytes or of files read in pieces."""

from __future__ import annotations

import hashlib
from pathlib import Path

CHUNK = 1 << 20  # bytes read at once
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # base32, RFC 4648 §6
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
_SHIFTS = tuple(range(150, -1, -10))  # 160 bits of SHA-1, ten by ten


def payload_digest(data: bytes) -> str:
    """`sha1:` and base32: what web archives compare payloads by (WARC 1.1 §5.9)."""
    bits = int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest(), "big")
    return "sha1:" + "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])  # in half of b32encode's time


def sha256(data: bytes) -> str:
    """`sha256:` and lower-case hex: every other digest of the archive."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def sha256_of(data: bytes | Path) -> str:
    """Hex SHA-256 of bytes or of a file, read in pieces."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
