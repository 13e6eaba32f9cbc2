"""Where each capture lies, as CDXJ lines, and what an outlet's lines say is held; it never reads a WARC.

A line is SURT key, 14-digit time and a JSON object: the form pywb and OutbackCDX read, with fields of ours added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, fields

from archive import urls
from archive.digest import payload_digest
from archive.errors import FormatError
from archive.http import Message, parse, payload
from archive.records import Capture, RecordType, Role

REVISIT = "warc/revisit"
_SPACE = re.compile(r"\s")  # some foreign addresses hold spaces; in a line they would part the fields
_OK = "200"
_NOT_MODIFIED = "304"


@dataclass(frozen=True, slots=True, kw_only=True)
class CdxLine:
    """One capture's line; `offset`, `length`: bytes of its compressed member; `filename`: the key below `warc/`."""

    urlkey: str
    timestamp: str  # 14 digits
    url: str
    mime: str
    status: str  # three digits, or "-"
    digest: str
    length: int
    offset: int
    filename: str
    sha256: str = ""  # of the compressed member
    record: str = ""
    date: str = ""  # WARC-Date, letter for letter
    role: str = Role.UNKNOWN.value
    te: str = ""  # Transfer-Encoding as sent
    ce: str = ""  # Content-Encoding as sent
    etag: str = ""
    modified: str = ""  # Last-Modified as sent
    truncated: str = ""  # WARC-Truncated

    @property
    def is_revisit(self) -> bool:
        """Whether the record stands for bytes held elsewhere."""
        return self.mime == REVISIT

    @property
    def is_full(self) -> bool:
        """Whether the record holds a whole 200 response: what a revisit may stand for."""
        return self.status == _OK and not self.is_revisit and not self.truncated

    @property
    def order(self) -> tuple[str, str, str, int]:
        """The sort key; two captures in one second sort by offset."""
        return self.urlkey, self.timestamp, self.filename, self.offset


_PLACE = ("urlkey", "timestamp")
_NAMES = tuple(field.name for field in fields(CdxLine) if field.name not in _PLACE)
_ALWAYS = ("url", "mime", "status", "digest", "length", "offset", "filename")


def line_of(capture: Capture) -> CdxLine:
    """The line of a capture that holds a response or revisit; without an address it lies at 0 of no file.

    Raises:
        FormatError: the capture holds no response; nothing can be indexed.
    """
    if not capture.response and capture.type is RecordType.RESPONSE:
        raise FormatError(f"{capture.url} at {capture.date}: no response came, so there is no line for it")
    message = parse(capture.response)
    where = capture.address
    return CdxLine(
        urlkey=_SPACE.sub("%20", urls.surt(capture.url)),
        timestamp=timestamp(capture),
        url=capture.url,
        mime=_mime(capture, message),
        status=str(message.status) if message.status is not None else "-",
        digest=_digest(capture, message),
        length=where.length if where else 0,
        offset=where.offset if where else 0,
        filename=where.warc if where else "",
        sha256=(where.sha256 if where else None) or "",
        record=capture.record,
        date=capture.date,
        role=capture.hints.role.value,
        te=sent(message, b"Transfer-Encoding"),
        ce=sent(message, b"Content-Encoding"),
        etag=sent(message, b"ETag"),
        modified=sent(message, b"Last-Modified"),
        truncated=capture.truncated.value if capture.truncated else "",
    )


def timestamp(capture: Capture) -> str:
    """The capture's 14 digits."""
    return capture.instant.strftime("%Y%m%d%H%M%S")


def sent(message: Message, name: bytes) -> str:
    """All values of a header as one string, as sent."""
    return b", ".join(message.headers_all(name)).decode("latin-1")


def _mime(capture: Capture, message: Message) -> str:
    if capture.type is RecordType.REVISIT:
        return REVISIT
    return sent(message, b"Content-Type").split(";")[0].split(",")[0].strip().lower().replace(" ", "") or "unk"


def _digest(capture: Capture, message: Message) -> str:
    """The standard payload digest: computed of what is held; of a revisit as it says, `sha1:` put before a bare one."""
    if capture.type is RecordType.RESPONSE:
        return payload_digest(payload(message))
    said = capture.payload_digest or "-"
    return said if ":" in said or said == "-" else f"sha1:{said}"


def dump(lines: Iterable[CdxLine]) -> bytes:
    """The file of some lines, sorted; same lines, same bytes. Numbers are strings, as other indexers write them."""
    return b"".join(text for _, text in sorted((line.order, _line(line)) for line in lines))


def _line(line: CdxLine) -> bytes:
    values = {name: str(getattr(line, name)) for name in _NAMES}
    kept = {name: value for name, value in values.items() if value or name in _ALWAYS}
    return f"{line.urlkey} {line.timestamp} {json.dumps(kept, ensure_ascii=True)}\n".encode()


def load(data: bytes) -> list[CdxLine]:
    """The lines of a file; fields of others are left out.

    Raises:
        FormatError: a line is no CDXJ; the message names its number.
    """
    lines = data.decode("utf-8", "replace").split("\n")
    return [_parse(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("!")]


def _parse(number: int, line: str) -> CdxLine:
    try:
        urlkey, stamp, block = line.split(" ", 2)
        said = {name: str(value) for name, value in json.loads(block).items() if name in _NAMES}
        said.setdefault("digest", "-")
        numbers = {name: int(said.pop(name)) for name in ("length", "offset")}
        return CdxLine(urlkey=urlkey, timestamp=stamp, **numbers, **said)  # type: ignore[arg-type]  # names are _NAMES
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FormatError(f"line {number} of the CDXJ is broken; rebuild it from its WARC") from None


class Known:
    """What is held of one outlet, by exact URL; grows as captures are shelved."""

    def __init__(self, lines: Iterable[CdxLine] = (), without: Container[str] = frozenset()) -> None:
        """`without`: record ids that may not be stood for, such as those taken down."""
        self._full: dict[str, list[CdxLine]] = {}
        self._last: dict[str, CdxLine] = {}
        self._without = without
        for line in lines:
            self.add(line)

    def add(self, line: CdxLine) -> None:
        """Take one more line in; order does not matter."""
        if line.record in self._without:
            return
        if line.is_full:
            self._full.setdefault(line.url, []).append(line)
        if line.status in (_OK, _NOT_MODIFIED) and not line.truncated:
            self._last[line.url] = max(self._last.get(line.url, line), line, key=_age)

    def latest(self, url: str) -> CdxLine | None:
        """The newest whole 200 response of exactly this URL."""
        return max(self._full.get(url, ()), key=_age, default=None)

    def original(self, url: str, digest: str) -> CdxLine | None:
        """The oldest whole 200 response of exactly this URL with this payload digest."""
        same = (line for line in self._full.get(url, ()) if line.digest == digest)
        return min(same, key=_age, default=None)

    def validators(self, url: str) -> tuple[str, str]:
        """ETag and Last-Modified of the newest whole 200 response, to ask with; empty where it sent none."""
        line = self.latest(url)
        return (line.etag, line.modified) if line else ("", "")

    def captured(self, url: str) -> str | None:
        """The WARC-Date of the newest 200, revisit or 304 of exactly this URL."""
        line = self._last.get(url)
        return line.date if line else None

    def __contains__(self, url: object) -> bool:
        return url in self._last


def _age(line: CdxLine) -> tuple[str, str, str, int]:
    return line.timestamp, line.date, line.filename, line.offset
