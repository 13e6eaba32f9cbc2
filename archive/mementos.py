"""What a web archive played, as it was captured then: taken out of the exchange with the archive; it never raises.

Of the Wayback Machine and its kin the playback of `id_` is undone (RFC 7089: Memento-Datetime); of Common Crawl the
record that a ranged answer holds is read. The exchange itself stays on the shelf under the archive's own address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from archive import urls
from archive.errors import UsageError, WarcError
from archive.http import Message, content, parse, payload, split_head
from archive.records import Capture, Reason, RecordType, Rejection, Via

ARCHIVES: Final = frozenset({Via.WAYBACK, Via.COMMONCRAWL})
RAW: Final = "id_"  # the bytes as they were; every other mode is written anew for readers
_PREFIX: Final = b"x-archive-orig-"
# Where an archive plays: …/web/20170123103000id_/http://…
_PLAYBACK: Final = re.compile(
    r"https?://[^/?#]+(?:/[^/?#]+)*?/(?P<time>\d{1,14})(?P<mode>[a-z]{2}_)?/(?P<url>https?:/{1,2}[^/].*)", re.IGNORECASE
)
_ORIGINAL: Final = re.compile(rb"<([^<>]+)>\s*;\s*rel=\"?original\b", re.IGNORECASE)
# Sent without the prefix, because a browser needs them: they are the original's where the archive has no other word.
_UNPREFIXED: Final = frozenset({b"content-type", b"content-language", b"content-disposition", b"location"})
_FRAMING: Final = frozenset({b"transfer-encoding", b"trailer"})  # what crossed the wire then; its framing is gone
_TOOLBAR: Final = b"BEGIN WAYBACK TOOLBAR INSERT"
_GZIP: Final = b"\x1f\x8b"

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """What an archive's address asks for: a time of up to 14 digits, a mode such as `id_`, an address of then."""

    time: str
    mode: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What an index says of a memento: address, time (ISO 8601 UTC) and status as they were then."""

    url: str = ""
    date: str = ""
    status: str = ""


def playback(url: str) -> Playback | None:
    """What an address of an archive plays; None when it is no such address."""
    found = _PLAYBACK.fullmatch(url)
    if found is None:
        return None
    scheme, _, rest = found["url"].partition(":")
    return Playback(time=found["time"], mode=(found["mode"] or "").lower(), url=f"{scheme}://{rest.lstrip('/')}")


def unwrap(capture: Capture) -> Capture | Rejection:
    """The capture as it was made then: its address, its time, its response; a capture of no archive is given as it is.

    Record, payload digest and place stay those of the exchange, which can be proved; what was said to the archive, and
    the connection to it, is left out. A memento off the time asked for has its own time.
    """
    if capture.via not in ARCHIVES:
        return capture
    if capture.type is RecordType.REVISIT or not capture.response:
        return _none("no answer that holds a memento")
    found = _played(capture) if capture.via is Via.WAYBACK else _member(capture)
    if isinstance(found, Rejection):
        return found
    if found.date[:19] > capture.date[:19]:  # both ISO 8601 in UTC; told to the second
        return _none(f"dated {found.date}, after it was played")
    asked = capture.hints.memento
    if asked is not None and not _same(asked, found.url):
        return _none(f"plays {found.url}")
    return found


def original(capture: Capture) -> Original:
    """What the index says of a capture's memento; nothing of one that holds none."""
    found = unwrap(capture) if capture.via in ARCHIVES else None
    if not isinstance(found, Capture):
        return Original()
    status = parse(split_head(found.response)[0]).status
    return Original(url=found.url, date=found.date, status=str(status) if status is not None else "-")


def standing(capture: Capture, found: Capture | Rejection) -> Capture:
    """The capture under the address and time its reading has: of a refused one, the address that was asked for."""
    if isinstance(found, Capture):
        return found
    asked = capture.hints.memento
    return replace(capture, url=asked) if asked is not None and _is_address(asked) else capture


def as_read(capture: Capture, url: str) -> Capture:
    """A record by itself, which does not say where it came from, as what was read under an address."""
    if capture.url == url:
        return capture
    each = (unwrap(replace(capture, via=via)) for via in (Via.WAYBACK, Via.COMMONCRAWL))
    return next((found for found in each if isinstance(found, Capture) and found.url == url), capture)


def _none(detail: str) -> Rejection:
    return Rejection(reason=Reason.NO_MEMENTO, detail=detail)


def _is_address(url: str) -> bool:
    try:
        urls.split_host(url)
    except UsageError:
        return False
    return True


def _same(one: str, other: str) -> bool:
    """Whether two addresses are one to an archive: scheme, port of the scheme, `www.` and encoding do not tell."""
    if urls.surt(one) == urls.surt(other):
        return True
    try:
        hosts = [urls.split_host(url)[0].removeprefix("www.") for url in (one, other)]
        return hosts[0] == hosts[1] and urls.story_key(one) == urls.story_key(other)
    except UsageError:
        return False


# ---- the Wayback Machine and its kin -------------------------------------------------------------------------------


def _played(capture: Capture) -> Capture | Rejection:
    place = playback(capture.url)
    if place is None or place.mode != RAW:
        return _none("no address that plays a capture as it was")
    message = parse(capture.response)
    when, url = _when(message, place), _captured(message, place.url)
    if when is None or message.status is None:
        said = message.header(b"X-Archive-Wayback-Runtime-Error") or b"no Memento-Datetime"
        return _none(f"{message.status or 'no status'} of the archive's own: {said.decode('latin-1')[:200]}")
    if not _is_address(url) or not _same(url, place.url):
        return _none(f"plays {url}")
    if _TOOLBAR in content(message).data:
        return _none("a page that the archive wrote for readers")
    return _as_of(capture, url, when, _response(message))


def _as_of(capture: Capture, url: str, date: str, response: bytes) -> Capture:
    return replace(
        capture, url=url, date=date, response=response, request=b"", interim=b"", peer=None, tls=None, elapsed=None
    )


def _captured(message: Message, asked: str) -> str:
    """The address that was captured, as `Link` says: the archive plays what has the same SURT key."""
    for value in message.headers_all(b"Link"):
        found = _ORIGINAL.search(value)
        if found and found[1].isascii():
            return found[1].decode()
    return asked


def _when(message: Message, place: Playback) -> str | None:
    """The instant of the memento; where only archived headers tell that it is one, the digits of its address."""
    said = message.header(b"Memento-Datetime")
    try:
        if said is not None:
            instant = parsedate_to_datetime(said.decode("latin-1"))
            instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
            return _iso(instant.astimezone(UTC))
        if len(place.time) == 14 and any(name.lower().startswith(_PREFIX) for name, _ in message.headers):
            return _iso(datetime.strptime(place.time, "%Y%m%d%H%M%S"))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return None


def _iso(instant: datetime) -> str:
    return f"{instant.year:04}-{instant:%m-%dT%H:%M:%S}Z"


def _response(message: Message) -> bytes:
    """Status line, headers and body of then, as far as the archive plays them."""
    body, coding = _body(message)
    headers = tuple(_headers(message))
    kept = [pair for pair in headers if pair[0].lower() != b"content-encoding"]
    if coding is not None:
        kept = _with_coding(headers, coding)
    elif any(name.lower() == b"content-encoding" for name, _ in headers):
        # The archive undid the coding, so that the length told is another body's.
        kept = [pair for pair in kept if pair[0].lower() != b"content-length"]
    lines = [message.start, *(b": ".join(pair) for pair in kept), b"", body]
    return b"\r\n".join(lines)


def _with_coding(headers: Headers, coding: bytes) -> list[tuple[bytes, bytes]]:
    if any(name.lower() == b"content-encoding" for name, _ in headers):
        return list(headers)
    return [*headers, (b"Content-Encoding", coding)]


def _headers(message: Message) -> Iterator[tuple[bytes, bytes]]:
    """The headers of then, in order and with repeats."""
    told = {name.lower()[len(_PREFIX) :] for name, _ in message.headers if name.lower().startswith(_PREFIX)}
    for name, value in message.headers:
        bare = name.lower()
        if bare.startswith(_PREFIX):
            if bare[len(_PREFIX) :] not in _FRAMING and bare != _PREFIX:
                yield name[len(_PREFIX) :], value
        elif bare in _UNPREFIXED and bare not in told:
            yield name, _led(value) if bare == b"location" else value


def _led(location: bytes) -> bytes:
    """Where a redirect led then: the archive leads to a playback of its own."""
    said = location.decode("latin-1")
    place = playback(said) or playback(f"http://archive{said}")
    return place.url.encode("latin-1") if place else location


def _body(message: Message) -> tuple[bytes, bytes | None]:
    """The body without what the archive put around it for the way, and the coding of then that is left on it."""
    own = _codings(message, b"Content-Encoding")
    then = _codings(message, _PREFIX + b"content-encoding")
    framed = payload(message)
    if not framed:
        return framed, then
    bare = _decoded(framed, own) if own else framed
    if then and bare is not None and (_decoded(bare, then) is not None or bare.startswith(_GZIP)):
        return bare, then
    if bare is None or (then and own == then):
        return framed, own  # passed on as it was, or broken: what is there says itself what it is
    return bare, None


def _codings(message: Message, name: bytes) -> bytes | None:
    tokens = [token for token in message.tokens(name) if token not in ("identity", "none", "utf-8")]
    return ", ".join(tokens).encode("latin-1") or None


def _decoded(data: bytes, coding: bytes) -> bytes | None:
    """What a body holds under its coding; None when it is not so coded."""
    found = content(Message(start=b"", headers=((b"Content-Encoding", coding),), body=data))
    return None if found.problem is not None or found.data == data else found.data


# ---- Common Crawl --------------------------------------------------------------------------------------------------


def member_of(capture: Capture) -> bytes | None:
    """The gzip member that a ranged answer holds, as it lies in the crawl's file; None when it holds none."""
    message = parse(capture.response)
    data = payload(message)
    return data if message.status == 206 and data.startswith(_GZIP) else None


def _member(capture: Capture) -> Capture | Rejection:
    from archive.warc.read import read_at  # its door opens the writer too, which indexes by asking here

    data = member_of(capture)
    if data is None:
        return _none(f"{parse(capture.response).status or 'no status'}: no part of a file, as was asked for")
    try:
        found = read_at(data)
    except WarcError as error:
        if capture.truncated is not None:
            return Rejection(reason=Reason.TRUNCATED, detail=f"a member cut off after {len(data)} bytes")
        return _none(str(error)[:200])
    if found.type is RecordType.REVISIT or not found.response:
        return _none(f"a record of {found.url} that holds no answer")
    memento = _as_of(capture, found.url, found.date, _undone(found.response))
    return replace(memento, truncated=found.truncated or capture.truncated)


def _undone(block: bytes) -> bytes:
    """An answer whose body the crawl stored decoded, without the header that would have it decoded again.

    Late crawls rename that header to X-Crawler-Content-Encoding; early ones left it as it was.
    """
    message = parse(block)
    if not message.headers_all(b"Content-Encoding") or not _is_decoded(message):
        return block
    kept = [pair for pair in message.headers if pair[0].lower() != b"content-encoding"]
    return b"\r\n".join([message.start, *(b": ".join(pair) for pair in kept), b"", message.body])


def _is_decoded(message: Message) -> bool:
    if message.header(b"X-Crawler-Content-Encoding") is not None:
        return True
    found = content(message)
    return found.data == payload(message) or (found.problem is not None and not found.data)
