"""Captures as WARC 1.1 records, one gzip member each; blocks are the bytes of the wire, never serialised anew.

Standard: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive import cdx
from archive.cdx import CdxLine, Known
from archive.digest import payload_digest, sha256
from archive.gzip import compress
from archive.http import Message, content, parse, payload, split_head
from archive.records import Capture, RecordType, Reference
from archive.warc import fields as warc_fields
from archive.warc.fields import BLOCK_SHA256, CONTENT_SHA256

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_HTTP = "application/http; msgtype="
_FIELDS = "application/warc-fields"
_NAMESPACE = uuid.NAMESPACE_URL.bytes
_CHANCES = 64  # record ids that are drawn from the system at once: each draw lets another thread go first
_chance: list[bytes] = []
os.register_at_fork(after_in_child=_chance.clear)  # no two processes give the same id
_LINE_BREAKS = str.maketrans({"\r": "%0D", "\n": "%0A", "\0": "%00"})

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A capture ready to be written: its gzip members in order, its CDXJ line (offset 0 of no file), itself as written.

    `cdx` is None when no response came: an index leads to responses.
    """

    members: tuple[bytes, ...]
    cdx: CdxLine | None
    capture: Capture


def mint_record() -> str:
    """A new record id; called once for each capture, when it is made."""
    try:
        chance = _chance.pop()
    except IndexError:
        taken = os.urandom(16 * _CHANCES)
        _chance.extend(taken[at : at + 16] for at in range(16, len(taken), 16))
        chance = taken[:16]
    return f"urn:uuid:{_uuid(chance.hex(), 4)}"


def _uuid(digits: str, version: int) -> str:
    """A UUID of 32 hex digits, with version and variant put in (RFC 9562 §4), in a third of the time of uuid's own."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def warc_date(instant: datetime) -> str:
    """A WARC-Date with microseconds, in UTC (WARC 1.1 §5.4 allows nine decimals, readers trust six)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def may_revisit(capture: Capture, original: CdxLine) -> bool:
    """Whether a capture may be written as a revisit of an original.

    Same URL, same payload, same transfer and content coding; both whole 200 responses, neither empty. Another
    transfer coding would make replay print chunk sizes into the page.
    """
    message = parse(capture.response)
    data = payload(message)
    return (
        original.is_full
        and message.status == 200
        and capture.truncated is None
        and capture.url == original.url
        and data != b""
        and payload_digest(data) == original.digest
        and cdx.sent(message, b"Transfer-Encoding") == original.te
        and cdx.sent(message, b"Content-Encoding") == original.ce
    )


def compose(capture: Capture, original: Known | None = None) -> Composed:
    """The records of one capture, same WARC-Date on each; a revisit when `original` holds what it may stand for."""
    if not capture.response:
        failed = replace(capture, payload_digest=None, type=RecordType.RESPONSE, refers_to=None, truncated=None)
        return Composed(members=tuple(_failed(failed)), cdx=None, capture=failed)
    message = parse(capture.response)
    digest = payload_digest(payload(message))
    held = original.original(capture.url, digest) if original is not None else None
    written = replace(capture, payload_digest=digest, type=RecordType.RESPONSE, refers_to=None)
    if held is not None and may_revisit(capture, held):
        written = replace(
            written,
            type=RecordType.REVISIT,
            response=split_head(capture.response)[0],
            refers_to=Reference(record=held.record or None, url=held.url, date=held.date),
        )
    wire = _wire(written, message)
    members = (_response(written, message, wire), *_companions(written, wire))
    line = replace(cdx.line_of(written, message), length=len(members[0]), sha256=sha256(members[0]))
    return Composed(members=members, cdx=line, capture=written)


def _response(written: Capture, received: Message, wire: Headers) -> bytes:
    headers = [*wire, ("WARC-Payload-Digest", written.payload_digest or "")]
    if written.truncated is not None:
        headers.append(("WARC-Truncated", written.truncated.value))
    if written.refers_to is not None:
        headers.append(("WARC-Profile", PROFILE))
        # The head is kept, the payload left out: WARC 1.1 §6.7.2 wants that said. `written` itself was not cut short.
        headers.append(("WARC-Truncated", "length"))
        if written.refers_to.record is not None:
            headers.append(("WARC-Refers-To", f"<{written.refers_to.record}>"))
        headers.append(("WARC-Refers-To-Target-URI", written.refers_to.url))
        headers.append(("WARC-Refers-To-Date", written.refers_to.date))
    unpacked = content(received)
    if unpacked.problem is None:
        headers.append((CONTENT_SHA256, sha256(unpacked.data)))
    headers.append(("Content-Type", f"{_HTTP}response"))
    return _member(_head(written.type.value, written.record, written), headers, written.response)


def _companions(capture: Capture, wire: Headers) -> Iterator[bytes]:
    """The request, if it was sent, and the metadata record that ends the group."""
    beside = [("WARC-Concurrent-To", f"<{capture.record}>")]
    if capture.request:
        headers = [*wire, *beside, ("Content-Type", f"{_HTTP}request")]
        yield _member(_head("request", companion(capture.record, "request"), capture), headers, capture.request)
    headers = [*beside, ("Content-Type", _FIELDS)]
    head = _head("metadata", companion(capture.record, "metadata"), capture)
    yield _member(head, headers, warc_fields.dump(warc_fields.metadata(capture)))


def reconstructed(memento: Capture, exchange: Capture) -> bytes:
    """A record of what an archive played, as if it had been written then; its id follows from the exchange's.

    Args:
        memento: what was captured then (archive.mementos.unwrap).
        exchange: with the archive; the record names it by WARC-Source-URI and WARC-Creation-Date.
    """
    message = parse(memento.response)
    headers = [
        ("WARC-Source-URI", exchange.url.translate(_LINE_BREAKS)),
        ("WARC-Creation-Date", exchange.date),
        ("WARC-Payload-Digest", payload_digest(payload(message))),
    ]
    if memento.truncated is not None:
        headers.append(("WARC-Truncated", memento.truncated.value))
    headers.append(("Content-Type", f"{_HTTP}response"))
    head = _head(RecordType.RESPONSE.value, companion(exchange.record, "memento"), memento)
    return _member(head, headers, memento.response)


def _failed(capture: Capture) -> Iterator[bytes]:
    """No response came: the metadata record bears the capture's own id, the request stands beside it."""
    wire = _wire(capture, None)
    if capture.request:
        headers = [*wire, ("WARC-Concurrent-To", f"<{capture.record}>"), ("Content-Type", f"{_HTTP}request")]
        yield _member(_head("request", companion(capture.record, "request"), capture), headers, capture.request)
    head = _head("metadata", capture.record, capture)
    yield _member(head, [*wire, ("Content-Type", _FIELDS)], warc_fields.dump(warc_fields.metadata(capture)))


def companion(record: str, kind: str) -> str:
    """The id of the request or metadata record that stands beside a response: it follows from the response's."""
    digits = hashlib.sha1(_NAMESPACE + f"{record}/{kind}".encode(), usedforsecurity=False).hexdigest()
    return f"urn:uuid:{_uuid(digits, 5)}"


def warcinfo(filename: str, fields: Mapping[str, str], instant: datetime) -> bytes:
    """A gzip member that says which program wrote what follows, and how; its id follows from all that is given."""
    block = info_block(fields)
    headers = [
        ("WARC-Record-ID", f"<{companion('warcinfo', f'{filename}/{warc_date(instant)}/{sha256(block)}')}>"),
        ("WARC-Date", warc_date(instant)),
        ("WARC-Filename", filename),
        ("Content-Type", _FIELDS),
    ]
    return _member([("WARC-Type", "warcinfo")], headers, block)


def info_block(fields: Mapping[str, str]) -> bytes:
    """What a warcinfo record says."""
    return warc_fields.dump({"format": "WARC File Format 1.1", **fields}.items())


def _head(kind: str, record: str, capture: Capture) -> Headers:
    url = capture.url.translate(_LINE_BREAKS)
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{record}>"),
        ("WARC-Date", capture.date),
        ("WARC-Target-URI", url),
    ]


def _wire(capture: Capture, received: Message | None) -> Headers:
    """Peer, protocols and cipher (https://iipc.github.io/warc-specifications/specifications/warc-protocol/)."""
    headers: Headers = []
    if capture.peer is not None:
        headers.append(("WARC-IP-Address", capture.peer))
    if received is not None:
        version = received.start.split(b" ")[0].lower()
        headers.append(("WARC-Protocol", version.decode("latin-1") if version.startswith(b"http/") else "http/1.1"))
    if capture.tls is not None:
        headers.append(("WARC-Protocol", capture.tls.version.lower().replace("tlsv", "tls/")))
        headers.append(("WARC-Cipher-Suite", capture.tls.cipher))
    return headers


def _member(head: Headers, headers: Headers, block: bytes) -> bytes:
    """One record as one gzip member; bytes depend on nothing but what is given."""
    digests = [("WARC-Block-Digest", payload_digest(block)), (BLOCK_SHA256, sha256(block))]
    lines = [*head, *headers, *digests, ("Content-Length", str(len(block)))]
    text = "".join([f"{name}: {value}\r\n" for name, value in lines])
    return compress(b"".join((b"WARC/1.1\r\n", text.encode(), b"\r\n", block, b"\r\n\r\n")))
