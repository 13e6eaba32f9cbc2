"""WARC and ARC files as captures, our own and foreign ones; it decodes no payload and mends nothing.

Records of one exchange are brought together by WARC-Concurrent-To, else by URL and WARC-Date.
"""

from __future__ import annotations

import base64
import io
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from archive.digest import payload_digest, sha256
from archive.errors import UsageError, WarcError
from archive.http import content, parse, payload
from archive.records import Address, Capture, RecordType, Reference, Truncation
from archive.urls import split_host
from archive.warc import fields as warc_fields
from archive.warc.fields import BLOCK_SHA256, CONTENT_SHA256
from archive.warc.members import Damage, Record, records, too_long

OutletOf = str | Callable[[str], str]
# Foreign crawlers write the records of parallel exchanges in turn; so many are kept open for their companions.
_OPEN_GROUPS = 16
_EXCHANGE = frozenset({"response", "revisit", "request", "metadata"})
_SILENT = frozenset({"warcinfo"})
_HTTP_ANSWER = re.compile(rb"(?:HTTP/\d|ICY )")
_ARC_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")


class _Group:
    """The records of one exchange as they come along."""

    def __init__(self) -> None:
        self.answer: Record | None = None
        self.request: Record | None = None
        self.said: warc_fields.Fields = ()
        self.said_by: Record | None = None
        self.names: set[str] = set()  # record ids of the group, and those it points to

    def takes(self, record: Record, names: set[str]) -> bool:
        """Whether a record known by these names belongs here."""
        if self.names.isdisjoint(names):
            return False
        place = self.answer if record.type in ("response", "revisit") else None
        place = self.request if record.type == "request" else place
        place = self.said_by if record.type == "metadata" else place
        return place is None

    def add(self, record: Record, names: set[str]) -> None:
        """Take a record in."""
        self.names |= names
        if record.type == "request":
            self.request = record
        elif record.type == "metadata":
            self.said_by, self.said = record, warc_fields.load(record.block)
        else:
            self.answer = record


def _names(record: Record) -> set[str]:
    """What a record can be known by: its id, those it stands beside; of foreign ones, also its URL and date.

    Our own always name what they stand beside, so two captures of one URL at one instant stay two.
    """
    ids = {_bare(value) for key, value in record.headers if key.lower() in _LINKS}
    ours = record.header(BLOCK_SHA256) is not None
    return ids if ours else ids | {f"{url_of(record)} {record.header('WARC-Date')}"}


_LINKS = frozenset({"warc-record-id", "warc-concurrent-to"})


def _bare(value: str) -> str:
    return value.strip().removeprefix("<").removesuffix(">")


def url_of(record: Record) -> str:
    """The target URI, without the angle brackets some versions of wget put around it."""
    return _bare(record.header("uri" if record.format == "arc" else "WARC-Target-URI") or "")


def read(stream: BinaryIO, key: str, outlet: OutletOf) -> Iterator[Capture | Damage]:
    """Every capture of a file in order, and every place that gave none with its reason.

    Args:
        stream: seekable, read from its beginning.
        key: the file's key; captures' addresses name it below `warc/`.
        outlet: id of the outlet, or a function from URL to id.

    A capture whose record shares its gzip member with others has no address (see `make_seekable`).
    """
    yield from joined(records(stream), key, outlet)


def joined(
    given: Iterable[Record | Damage], key: str, outlet: OutletOf, open_groups: int = _OPEN_GROUPS
) -> Iterator[Capture | Damage]:
    """The same of records that come from somewhere else, or that someone looks at on their way."""
    warc = key.removeprefix("warc/")
    for found in _groups(given, open_groups):
        if isinstance(found, Damage):
            yield found
        elif (shown := _capture(found, warc, outlet)) is not None:
            yield shown


def _groups(given: Iterable[Record | Damage], most: int) -> Iterator[_Group | Damage]:
    waiting: list[_Group | Damage] = []
    for found in given:
        problem = _without_exchange(found)
        if problem is not None:
            waiting.append(problem)
        elif isinstance(found, Record) and found.type not in _SILENT:
            names = _names(found)
            groups = (group for group in reversed(waiting) if isinstance(group, _Group))
            group = next((group for group in groups if group.takes(found, names)), None)
            if group is None:
                group = _Group()
                waiting.append(group)
            group.add(found, names)
        if len(waiting) > most:
            yield waiting.pop(0)
    yield from waiting


def _without_exchange(found: Record | Damage) -> Damage | None:
    """Damage, records too long to be held, and types that are no part of an exchange nor passed over in silence."""
    if isinstance(found, Record) and found.long is not None:
        return too_long(found, found.long)
    if isinstance(found, Damage) or found.type in _EXCHANGE or found.type in _SILENT:
        return found if isinstance(found, Damage) else None
    return _passed(found, f"a {found.type or 'nameless'} record holds no HTTP exchange")


def _passed(record: Record, said: str) -> Damage:
    return Damage(offset=record.offset, said=said, url=url_of(record) or None, broken=False)


def _capture(group: _Group, warc: str, outlet: OutletOf) -> Capture | Damage | None:
    """None when a group was never answered and says nothing of its own: a foreign request or metadata record alone."""
    bearer = group.answer
    if bearer is None:
        if group.said_by is None or not warc_fields.is_ours(group.said):
            return None
        bearer = group.said_by
        if bearer.header("WARC-Concurrent-To") is not None:  # only an exchange without answer stands alone
            said_of = "the response that this metadata record stands beside is missing or broken"
            return Damage(offset=bearer.offset, said=said_of, url=url_of(bearer))
    problem = _problem(bearer)
    if problem is not None:
        return problem
    said = group.said if warc_fields.is_ours(group.said) else ()
    url = url_of(bearer)
    return Capture(
        outlet=outlet if isinstance(outlet, str) else outlet(url),
        url=url,
        date=_date(bearer),
        record=record_id(bearer),
        request=group.request.block if group.request else b"",
        response=bearer.block if group.answer else b"",
        type=RecordType.REVISIT if bearer.type == "revisit" else RecordType.RESPONSE,
        interim=warc_fields.interim(said),
        peer=bearer.header("ip-address" if bearer.format == "arc" else "WARC-IP-Address"),
        tls=warc_fields.tls(said),
        # On a revisit it tells of the payload that was left out on purpose (WARC 1.1 §6.7.2).
        truncated=_truncation(bearer) if bearer.type != "revisit" else None,
        missing=warc_fields.count(said, "fetch-missing"),
        error=warc_fields.first(said, "fetch-error"),
        elapsed=warc_fields.number(said, "fetch-elapsed"),
        via=warc_fields.via(said),
        hints=warc_fields.hints(said),
        refers_to=_reference(bearer),
        payload_digest=bearer.header("WARC-Payload-Digest"),
        address=_address(bearer, warc),
    )


def _problem(record: Record) -> Damage | None:
    """Why a response, revisit or metadata record is no capture; None when it is one."""
    url = url_of(record)
    if not url.lower().startswith(("http:", "https:")):
        return _passed(record, f"{url[:80] or 'a record without address'} is no web address")
    try:
        split_host(url)
    except UsageError as error:
        return Damage(offset=record.offset, said=f"its address is broken: {error}"[:200])
    if record.header("WARC-Segment-Number") is not None:
        return _passed(record, "a segment of a record that was cut in parts is not read")
    try:
        aware = datetime.fromisoformat(_date(record).replace("Z", "+00:00")).tzinfo
    except ValueError:
        aware = None
    if aware is None:
        return Damage(offset=record.offset, said=f"its date is {_date(record)!r}, no instant in UTC", url=url)
    if record.type == "response" and not _HTTP_ANSWER.match(record.block):
        return _passed(record, f"its block is no HTTP message, but begins {record.block[:20]!r}")
    return None


def _date(record: Record) -> str:
    if record.format != "arc":
        return record.header("WARC-Date") or ""
    return _ARC_DATE.sub(r"\1-\2-\3T\4:\5:\6Z", record.header("archive-date") or "", count=1)


def record_id(record: Record) -> str:
    """The record's own id; of ARC, which has none, one that follows from its head and block wherever it lies."""
    said = _bare(record.header("WARC-Record-ID") or "")
    return said or f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, sha256(record.head + record.block))}"


def _truncation(record: Record) -> Truncation | None:
    said = record.header("WARC-Truncated")
    if said is None:
        return None
    return Truncation(said) if said in {member.value for member in Truncation} else Truncation.UNSPECIFIED


def _reference(record: Record) -> Reference | None:
    if record.type != "revisit":
        return None
    to = record.header("WARC-Refers-To")
    return Reference(
        record=_bare(to) if to else None,
        url=_bare(record.header("WARC-Refers-To-Target-URI") or url_of(record)),
        date=record.header("WARC-Refers-To-Date") or "",
    )


def _address(record: Record, warc: str) -> Address | None:
    if not record.length:
        return None
    return Address(warc=warc, offset=record.offset, length=record.length, sha256=record.sha256)


def read_at(data: bytes, address: Address | None = None, outlet: str = "") -> Capture:
    """What the bytes at an address say by themselves: response, date, digests; request and hints stand in others.

    Raises:
        WarcError: the bytes are not one whole response, revisit or metadata record of an exchange.
    """
    record = _only(data)
    group = _Group()
    group.add(record, _names(record))
    found = _capture(group, address.warc if address else "", outlet)
    if not isinstance(found, Capture):
        raise WarcError(found.said if found else f"a {record.type} record is no capture by itself")
    return replace(found, address=address)


def _only(data: bytes) -> Record:
    found = list(records(io.BytesIO(data)))
    if len(found) != 1 or isinstance(found[0], Damage):
        said = "; ".join(part.said for part in found if isinstance(part, Damage))
        raise WarcError(f"not one whole record: {said or f'{len(found)} records'}")
    return found[0]


def check(data: bytes) -> tuple[str, ...]:
    """What is wrong with the digests of one record, given its bytes as they lie in the file; nothing when all hold.

    The payload digest is checked by the standard (transfer coding removed). Many tools digest the chunked bytes
    instead (webrecorder/warcio#75): that is let pass in records of theirs, never in ours.

    Raises:
        WarcError: the bytes are not one whole record.
    """
    return check_record(_only(data))


def check_record(record: Record) -> tuple[str, ...]:
    """The same of a record that has been read. Of a block too long to be held, its own digests only."""
    claims: list[tuple[str, str]] = [
        ("WARC-Block-Digest", record.long.sha1 if record.long else payload_digest(record.block)),
        (BLOCK_SHA256, record.long.sha256 if record.long else sha256(record.block)),
    ]
    if record.type == "response" and record.long is None:
        message = parse(record.block)
        if record.header(BLOCK_SHA256) or not _agrees(
            record.header("WARC-Payload-Digest") or "", payload_digest(message.body)
        ):
            claims.append(("WARC-Payload-Digest", payload_digest(payload(message))))
        claims.append((CONTENT_SHA256, sha256(content(message).data)))
    return tuple(
        f"{name} says {said}, the bytes give {true}"
        for name, true in claims
        if (said := record.header(name)) is not None and not _agrees(said, true)
    )


def _agrees(said: str, true: str) -> bool:
    """Whether a digest is the true one in any usual spelling; one of another algorithm is taken at its word."""
    algorithm, _, value = said.strip().rpartition(":")
    kind, _, wanted = true.partition(":")
    if algorithm.lower().replace("-", "") not in ("", kind):
        return True
    raw = base64.b32decode(wanted) if kind == "sha1" else bytes.fromhex(wanted)
    spellings = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    return (
        value in spellings
        or value.lower() == raw.hex()
        or value.upper().rstrip("=") == base64.b32encode(raw).decode().rstrip("=")
    )
