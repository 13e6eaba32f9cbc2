"""The way through a part of a WARC of ours, member for member; it goes no further than the first thing not plain."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import BinaryIO, Final

from archive.gzip import GzipError, decompressobj
from archive.http import HEAD_END, Message, content, parse, payload
from archive.sound import archived, heads, index
from archive.sound.answers import Answer

MOST: Final = 32 << 20  # bytes of a member, packed or not; longer ones are looked at closely
_READ: Final = 1 << 20
_GZIP: Final = 10  # bytes of a member's own head
_SHORTEST: Final = 18
_LONGEST_HEAD: Final = 1 << 15
_KIND_AT: Final = len(b"WARC/1.1\r\nWARC-Type: ")
_INFO: Final = b"warcinfo"
_ANSWERS: Final = (b"HTTP/", b"ICY ")
_ROLES: Final = frozenset({b"page", b"seed", b"robots", b"unknown"})
_VIAS: Final = frozenset({b"live", b"wayback", b"commoncrawl", b"import"})
_TRUNCATED: Final = frozenset({"", "length", "time", "disconnect", "unspecified"})


Readings = Callable[[Answer, str], bool]  # whether what was read of an answer with a role fits it


_UNSAID: Final = ("unknown", "import", b"")  # role and origin of an answer as its metadata record says, and its words


class Walk:
    """What is known of a part of a file so far. Every method tells whether all was sound."""

    def __init__(self, key: str, lines: Mapping[int, bytes], read: Container[int] = (), fits: Readings | None = None):
        """Begin.

        Args:
            key: the file's storage key.
            lines: its index lines by offset.
            read: offsets of the captures of which there are readings.
            fits: asked of those.
        """
        self._file = key.removeprefix("warc/")
        self._name = key.rpartition("/")[2].encode()
        self._lines, self._read, self._fits = lines, read, fits
        self._answer: Answer | None = None
        self._beside: bytes | None = None  # the id that a companion coming now must name
        self._alone: bytes | None = None  # the id of an exchange without answer whose request has come
        self._came: set[bytes] = set()  # kinds of companions of the answer that came already
        self._said = _UNSAID
        self._block = b"", 0, 0  # the bytes that the answer's block is a part of, and which
        self.ids: set[bytes] = set()
        self.matched: set[int] = set()  # offsets of lines that were made anew
        self.wanted: list[Answer] = []  # revisits
        self.records = 0

    def member(self, offset: int, packed: memoryview) -> bool:
        """The next member, from its head to its last byte."""
        unpacker = decompressobj()
        try:
            data = unpacker.decompress(packed, MOST)
        except GzipError:
            return False
        if not unpacker.eof or unpacker.unused_data:
            return False
        self.records += 1
        kind = _INFO if offset == 0 else data[_KIND_AT : data.find(b"\r", _KIND_AT, _KIND_AT + 16)]
        found = next((found for head in heads.OF.get(kind, ()) if (found := head.match(data))), None)
        if found is None or not self._is_record(found, data):
            return False
        if kind == _INFO:
            return offset == 0 and found["file"] == self._name
        if kind in (b"response", b"revisit"):
            take = self._response if kind == b"response" else self._revisit
            return take(found, data, offset, packed)
        return self._companion(found, kind, data) if "beside" in found.re.groupindex else self._unanswered(found, data)

    def _is_record(self, found: re.Match[bytes], data: bytes) -> bool:
        """Whether a head is followed by its block and nothing else, the block is what it says, the id is new."""
        start = found.end()
        size = int(found["size"])
        if start > _LONGEST_HEAD or len(data) != start + size + len(heads.END) or not data.endswith(heads.END):
            return False
        known = len(self.ids)
        self.ids.add(found["id"])
        return len(self.ids) > known and heads.holds(found, memoryview(data)[start : start + size])

    def _response(self, found: re.Match[bytes], data: bytes, offset: int, packed: memoryview) -> bool:
        start, stop = found.end(), len(data) - len(heads.END)
        if not data.startswith(_ANSWERS, start):
            return False
        end = HEAD_END.search(data, start, stop)
        body = end.end() if end else stop
        message = parse(data[start:body])
        unframed: bytes | memoryview = memoryview(data)[body:stop]
        whole = unframed
        if message.headers_all(b"transfer-encoding") or message.headers_all(b"content-encoding"):
            full = Message(start=message.start, headers=message.headers, body=data[body:stop])
            unframed = payload(full)
            unpacked = content(full, unframed=unframed)
            if unpacked.problem is not None:
                return False
            whole = unpacked.data
        said = found["content"]
        if said is None or hashlib.sha256(whole).hexdigest().encode() != said:
            return False
        if not heads.is_sha1(found["payload"][5:], unframed):
            return False
        content_ = bytes(whole) if offset in self._read else None
        return self._begin(found, message, (offset, packed, (data, start, stop)), None, content_)

    def _revisit(self, found: re.Match[bytes], data: bytes, offset: int, packed: memoryview) -> bool:
        message = parse(data[found.end() : len(data) - len(heads.END)])
        of = ((found["of"] or b"").decode(), found["of_url"].decode(), found["of_date"].decode())
        return self._begin(found, message, (offset, packed, (b"", 0, 0)), of, None)

    def _begin(
        self,
        found: re.Match[bytes],
        message: Message,
        place: tuple[int, memoryview, tuple[bytes, int, int]],
        of: tuple[str, str, str] | None,
        content_: bytes | None,
    ) -> bool:
        """An answer came: the one before it is complete."""
        if not self.close():
            return False
        truncated = ((found["truncated"] or b"") if of is None else b"").decode()
        date = found["date"].decode()
        try:
            datetime.fromisoformat(date)
        except ValueError:
            return False
        self._answer = Answer(
            offset=place[0],
            length=len(place[1]),
            sha256=hashlib.sha256(place[1]).hexdigest(),
            url=found["url"].decode(),
            date=date,
            record=found["id"].decode(),
            digest=found["payload"].decode(),
            message=message,
            truncated=truncated,
            of=of,
            content=content_,
        )
        self._beside, self._alone = found["id"], None
        self._block = place[2]
        return truncated in _TRUNCATED

    def _companion(self, found: re.Match[bytes], kind: bytes, data: bytes) -> bool:
        """A request or metadata record: it names the answer before it, or belongs to an exchange without one."""
        beside = found["beside"]
        if found["id"] != heads.companion(beside, kind):
            return False
        if beside != self._beside:
            self._alone = beside
            return kind == b"request" and self.close()
        if kind in self._came:
            return False
        self._came.add(kind)
        if kind == b"request":
            return True
        said = heads.SAID.match(data, found.end())
        if said is None or said["via"] not in _VIAS or said["role"] not in _ROLES:
            return False
        self._said = said["role"].decode(), said["via"].decode(), data[found.end() : -len(heads.END)]
        return True

    def _unanswered(self, found: re.Match[bytes], data: bytes) -> bool:
        """The metadata record of an exchange without answer bears the capture's own id; no line leads to it."""
        if self._alone not in (None, found["id"]):
            return False
        self._alone = None
        try:
            datetime.fromisoformat(found["date"].decode())
        except ValueError:
            return False
        return heads.SAID.match(data, found.end()) is not None and self.close()

    def close(self) -> bool:
        """The answer under way is complete: its index line is the one that stands there, its readings fit."""
        answer, (role, via, words), (data, start, stop) = self._answer, self._said, self._block
        self._answer, self._beside, self._said = None, None, _UNSAID
        self._came.clear()
        if answer is None:
            return True
        read, then = answer, ("", "", "")
        if via in archived.VIAS and answer.of is None:
            read, then = archived.read(answer, via, data[start:stop], words)
        expected = index.line(
            url=answer.url,
            date=answer.date,
            message=answer.message,
            is_revisit=answer.of is not None,
            digest=answer.digest,
            place=(answer.offset, answer.length, answer.sha256, self._file),
            record=answer.record,
            role=role,
            truncated=answer.truncated,
            via=via,
            then=then,
        )
        if expected is None or self._lines.get(answer.offset) != expected:
            return False
        self.matched.add(answer.offset)
        if answer.of is not None:
            self.wanted.append(answer)
        return answer.offset not in self._read or self._fits is None or self._fits(read, role)


class _Ahead:
    """A stretch of a file read in pieces, each byte digested once where that is asked for."""

    def __init__(self, stream: BinaryIO, start: int, end: int, digest: bool) -> None:
        stream.seek(start)
        self._stream, self._left = stream, end - start
        self.digest = hashlib.sha256() if digest else None
        self.data, self.at = b"", 0

    def more(self) -> bool:
        """Read on behind what is there, what was used falling away; False at the end."""
        piece = self._stream.read(min(_READ, self._left))
        self._left -= len(piece)
        if self.digest is not None:
            self.digest.update(piece)
        self.data, self.at = self.data[self.at :] + piece, 0
        return bool(piece)


def through(walk: Walk, stream: BinaryIO, start: int, end: int, digest: bool = False) -> str | None:
    """Walk through a stretch; None when something in it is to be looked at closely.

    Returns hex SHA-256 of its bytes when that was asked for, else an empty string.
    """
    ahead = _Ahead(stream, 0, min(_GZIP, end), False)
    ahead.more()
    mark = bytes(ahead.data)
    if not heads.GZIP.fullmatch(mark):
        return None
    ahead = _Ahead(stream, start, end, digest)
    offset = start
    while ahead.at < len(ahead.data) or ahead.more():
        seen = _SHORTEST
        while (stop := ahead.data.find(mark, ahead.at + seen)) < 0:
            seen = max(_SHORTEST, len(ahead.data) - ahead.at - _GZIP)
            if seen > MOST:
                return None
            if not ahead.more():
                stop = len(ahead.data)
                break
        with memoryview(ahead.data)[ahead.at : stop] as packed:
            if packed[:_GZIP] != mark or not walk.member(offset, packed):
                return None
        offset, ahead.at = offset + stop - ahead.at, stop
    if offset != end or not walk.close():
        return None
    return ahead.digest.hexdigest() if ahead.digest is not None else ""
