"""The archive's digests as strings; it never reads a file."""

from __future__ import annotations

import base64
import hashlib


def payload_digest(data: bytes) -> str:
    """`sha1:` and base32: what web archives compare payloads by (WARC 1.1 §5.9)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def sha256(data: bytes) -> str:
    """`sha256:` and lower-case hex: every other digest of the archive."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
