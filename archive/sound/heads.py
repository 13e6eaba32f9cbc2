"""The heads of records exactly as `archive.warc.write` writes them, field by field; no other head is known here."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Final

# Without name and time, as libdeflate and zlib write them at the levels we use: method, no flags, time 0, system.
GZIP: Final = re.compile(rb"\x1f\x8b\x08\x00\x00\x00\x00\x00[\x00\x02\x04][\x03\xff]")
END: Final = b"\r\n\r\n"
_ID = rb"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DATE = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"
_URL = rb"https?://[!-;=?-~]+"
_WORD = rb"[!-~]+"
_NAMED = (
    rb"WARC-Record-ID: <(?P<id>" + _ID + rb")>\r\nWARC-Date: (?P<date>" + _DATE + rb")\r\n"
    rb"WARC-Target-URI: (?P<url>" + _URL + rb")\r\n"
)
_WIRE = (
    rb"(?:WARC-IP-Address: " + _WORD + rb"\r\n)?(?:WARC-Protocol: " + _WORD + rb"\r\n){0,2}"
    rb"(?:WARC-Cipher-Suite: " + _WORD + rb"\r\n)?"
)
_BESIDE = rb"WARC-Concurrent-To: <(?P<beside>" + _ID + rb")>\r\n"
_BLOCK = (
    rb"WARC-Block-Digest: sha1:(?P<sha1>[A-Z2-7]{32})\r\nAstana-Block-Digest: sha256:(?P<sha256>[0-9a-f]{64})\r\n"
    rb"Content-Length: (?P<size>[0-9]{1,9})\r\n\r\n"
)
_FIELDS = rb"Content-Type: application/warc-fields\r\n"
_HTTP = rb"Content-Type: application/http; msgtype="
_PAYLOAD = rb"WARC-Payload-Digest: (?P<payload>sha1:[A-Z2-7]{32})\r\n"
_CONTENT = rb"(?:Astana-Content-Digest: sha256:(?P<content>[0-9a-f]{64})\r\n)?"
_BEGIN = rb"WARC/1\.1\r\nWARC-Type: "

_WARCINFO = re.compile(
    _BEGIN + rb"warcinfo\r\nWARC-Record-ID: <(?P<id>" + _ID + rb")>\r\nWARC-Date: " + _DATE + rb"\r\n"
    rb"WARC-Filename: (?P<file>[!-~]+)\r\n" + _FIELDS + _BLOCK
)
_RESPONSE = re.compile(
    _BEGIN + rb"response\r\n" + _NAMED + _WIRE + _PAYLOAD + rb"(?:WARC-Truncated: (?P<truncated>[a-z]+)\r\n)?"
    + _CONTENT + _HTTP + rb"response\r\n" + _BLOCK
)  # fmt: skip
_REVISIT = re.compile(
    _BEGIN + rb"revisit\r\n" + _NAMED + _WIRE + _PAYLOAD + rb"WARC-Profile: " + _WORD + rb"\r\n"
    rb"WARC-Truncated: length\r\n(?:WARC-Refers-To: <(?P<of>" + _ID + rb")>\r\n)?"
    rb"WARC-Refers-To-Target-URI: (?P<of_url>" + _URL + rb")\r\nWARC-Refers-To-Date: (?P<of_date>" + _WORD + rb")\r\n"
    + _CONTENT + _HTTP + rb"response\r\n" + _BLOCK
)  # fmt: skip
_REQUEST = re.compile(_BEGIN + rb"request\r\n" + _NAMED + _WIRE + _BESIDE + _HTTP + rb"request\r\n" + _BLOCK)
_METADATA = re.compile(_BEGIN + rb"metadata\r\n" + _NAMED + _BESIDE + _FIELDS + _BLOCK)
_UNANSWERED = re.compile(_BEGIN + rb"metadata\r\n" + _NAMED + _WIRE + _FIELDS + _BLOCK)
# What the head of each kind may be.
OF: Final = {
    b"warcinfo": (_WARCINFO,),
    b"response": (_RESPONSE,),
    b"revisit": (_REVISIT,),
    b"request": (_REQUEST,),
    b"metadata": (_METADATA, _UNANSWERED),
}
# How the block of a metadata record of ours begins, as far as an index asks of it.
SAID: Final = re.compile(
    rb"capture-outlet: [^\r\n]*\r\ncapture-via: (?P<via>[a-z]+)\r\n"
    rb"(?:(?:fetch|tls|interim)-[a-z]+: [^\r\n]*\r\n)*hint-role: (?P<role>[a-z-]+)\r\n"
)
_BASE32 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv")
_SPACE = uuid.NAMESPACE_URL.bytes


def is_sha1(said: bytes, data: bytes | memoryview) -> bool:
    """Whether 32 letters of base32 are the SHA-1 of the bytes."""
    true = hashlib.sha1(data, usedforsecurity=False).digest()
    return int(said.translate(_BASE32), 32) == int.from_bytes(true, "big")


def holds(found: re.Match[bytes], block: bytes | memoryview) -> bool:
    """Whether a record's block is what both its digests say."""
    return found["sha256"] == hashlib.sha256(block).hexdigest().encode() and is_sha1(found["sha1"], block)


def companion(record: bytes, kind: bytes) -> bytes:
    """The id of the record beside a response, as `archive.warc.companion` makes it (RFC 9562 §5.5)."""
    made = bytearray(hashlib.sha1(_SPACE + record + b"/" + kind, usedforsecurity=False).digest()[:16])
    made[6], made[8] = made[6] & 0x0F | 0x50, made[8] & 0x3F | 0x80
    name = made.hex()
    return f"urn:uuid:{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}".encode()
