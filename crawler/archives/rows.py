"""Answers of the index of a web archive read into rows, whichever dialect they are in; it never fetches.

Dialects: web.archive.org's text and JSON (https://github.com/internetarchive/wayback, wayback-cdx-server), the NDJSON
and CDXJ of pywb and of Common Crawl (https://pywb.readthedocs.io). A server need not speak the one it was asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

STAMP: Final = re.compile(r"[0-9]{14}")
NUMBER: Final = re.compile(r"[0-9]{1,15}")
SOUND: Final = re.compile("[^\x00-\x1f\x7f\ud800-\udfff]{0,4096}")  # longer addresses are mistakes or attacks
MAX_SAID: Final = 200  # of a server's words that are told on
REVISIT: Final = "warc/revisit"
HTML: Final = ("text/html", "application/xhtml+xml")
# Names of one field in the several dialects.
URL: Final = ("original", "url")
MIME: Final = ("mimetype", "mime")
STATUS: Final = ("statuscode", "status")
# Fields of a line without names, by how many there are: web.archive.org's seven; CDX of nine and of eleven.
_SEVEN: Final = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_NINE: Final = (*_SEVEN[:6], "redirect", "offset", "filename")
_ELEVEN: Final = (*_SEVEN[:6], "redirect", "metaflags", "length", "offset", "filename")
PLAIN: Final = {len(names): names for names in (_SEVEN, _NINE, _ELEVEN)}


class Dialect(StrEnum):
    """The form of an answer."""

    TEXT = "text"  # fields between spaces
    JSON = "json"  # an array of arrays, the first one the names
    LINES = "lines"  # a JSON object a line
    CDXJ = "cdxj"  # key, time, a JSON object a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One capture that an index knows of. `status` is None where the index does not say it: revisits."""

    url: str  # as it was asked for then, letter for letter
    stamp: str  # 14 digits, UTC
    status: int | None = None
    mime: str | None = None
    digest: str | None = None  # base32 of SHA-1, without its name
    length: int | None = None  # bytes of the compressed record
    offset: int | None = None
    filename: str | None = None
    truncated: str | None = None

    @property
    def instant(self) -> datetime:
        """When it was captured."""
        return _instant(self.stamp)

    @property
    def is_revisit(self) -> bool:
        """Whether it stands for the same bytes, captured earlier."""
        return self.mime == REVISIT

    @property
    def is_page(self) -> bool:
        """Whether it replays as a whole page: 200 and HTML as far as the index says. A revisit may."""
        if self.is_revisit:
            return self.status in (None, 200)
        return self.status == 200 and not self.truncated and (self.mime is None or self.mime in HTML)

    def dump(self) -> dict[str, str | int]:
        """As JSON values, without what is not known."""
        return {name: value for name in _FIELDS if (value := getattr(self, name)) is not None}


_FIELDS: Final = tuple(field.name for field in fields(Row))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """What one answer of an index says.

    `next` is the key under which it goes on. `confirm`: nothing is there, which is also how such servers fail: ask once
    """

    rows: tuple[Row, ...] = ()
    next: str | None = None
    pages: int | None = None
    problem: str | None = None
    confirm: bool = False
    again: bool = False
    past_end: bool = False
    dialect: Dialect | None = None
    dropped: int = 0  # lines that are no row


def read(content: bytes, status: int = 200, content_type: str | None = None) -> IndexPage:
    """Read one answer, content coding already removed. Never raises: what cannot be read is a `problem`."""
    text = content.decode("utf-8", "replace").lstrip("\ufeff")
    if status != 200:
        return _refused(text, status)
    return _read_words(text, content_type) if text.strip() else IndexPage(confirm=True)


def _read_words(text: str, content_type: str | None) -> IndexPage:
    words = text.strip()
    lines = words.split("\n")
    if NUMBER.fullmatch(words):
        return IndexPage(pages=int(words))
    if words.startswith("["):
        return _read_json(words)
    if words.startswith("{"):
        return _read_lines(lines, Dialect.LINES, _object)
    if words.startswith("<") or (content_type or "").partition(";")[0].strip().lower() in HTML:
        return IndexPage(problem=f"a page instead of an index: {_said(words)}", again=True)
    return _read_lines(lines, Dialect.CDXJ, _cdxj) if " {" in lines[0] else _read_text(text)


def row_of(said: Mapping[str, Any]) -> Row | None:
    """A row from what `Row.dump` gave, or from the fields of any dialect; None when it is none."""
    url, stamp = _first(said, URL), _word(said.get("timestamp", said.get("stamp")))
    if url is None or stamp is None or not _is_sound(url) or not _is_stamp(stamp):
        return None
    return Row(
        url=url,
        stamp=stamp,
        status=_number(_first(said, STATUS)),
        mime=_known((_first(said, MIME) or "").partition(";")[0].strip().lower()),
        digest=_known((_word(said.get("digest")) or "").rpartition(":")[2].upper()),
        length=_number(_word(said.get("length"))),
        offset=_number(_word(said.get("offset"))),
        filename=_known(_word(said.get("filename"))),
        truncated=_known(_word(said.get("truncated"))),
    )


def _refused(text: str, status: int) -> IndexPage:
    """An answer that is no 200: some of them are answers all the same."""
    said = _message(text)
    if status == 404 and "captures found" in said.lower():
        return IndexPage()
    if status == 400 and re.match(r"page \d+ invalid", said, re.IGNORECASE):
        return IndexPage(past_end=True)
    passes = status in (408, 425, 429) or status >= 500
    return IndexPage(problem=f"answered {status}{f': {said}' if said else ''}", again=passes)


def _message(text: str) -> str:
    """What a server says in words."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return _said(text)
    named = said if isinstance(said, dict) else {}
    return _said(str(next((named[name] for name in ("message", "error") if name in named), text)))


def _said(text: str) -> str:
    """A server's words in one short line, without the tags of a page."""
    words = " ".join(re.sub(r"<[^<>]*>", " ", text[:20_000]).split())
    return words.encode("utf-8", "replace").decode()[:MAX_SAID]


def _read_json(text: str) -> IndexPage:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return IndexPage(problem="cut short: JSON that does not end", again=True, dialect=Dialect.JSON)
    lists = [each for each in said if isinstance(each, list)]
    if len(lists) < len(said):
        return IndexPage(problem=f"not an index: {_said(text)}", again=True, dialect=Dialect.JSON)
    following: str | None = None
    if len(lists) > 1 and not lists[-2] and len(lists[-1]) == 1 and isinstance(lists[-1][0], str):
        following, lists = _sound_key(lists[-1][0]), lists[:-2]
    if not lists:
        return IndexPage(next=following, confirm=following is None, dialect=Dialect.JSON)
    names = [str(name) for name in lists[0]]
    if "timestamp" not in names:
        return IndexPage(problem=f"not an index: {_said(text)}", again=True, dialect=Dialect.JSON)
    page = _page(Dialect.JSON, (row_of(dict(zip(names, each, strict=False))) for each in lists[1:]))
    return replace(page, next=following, confirm=not page.rows and following is None)


def _read_text(text: str) -> IndexPage:
    """Lines of plain fields; an empty line goes before the key under which they go on."""
    lines = [line.strip() for line in text.strip().split("\n")]
    following: str | None = None
    if len(lines) > 2 and not lines[-2] and " " not in lines[-1]:
        following, lines = _sound_key(lines[-1]), lines[:-2]
    elif len(lines) == 1 and text.startswith("\n") and " " not in lines[0]:
        return IndexPage(next=_sound_key(lines[0]), dialect=Dialect.TEXT)
    page = _page(Dialect.TEXT, (_plain(line) for line in lines if line))
    if not page.rows:
        return IndexPage(problem=f"not an index: {_said(text)}", again=True, dialect=Dialect.TEXT)
    return replace(page, next=following)


def _read_lines(lines: list[str], dialect: Dialect, parse: Callable[[str], Mapping[str, Any] | None]) -> IndexPage:
    """A JSON object a line. A last line that does not end means that the answer was cut short."""
    said = [parse(line) for line in lines if line.strip()]
    if len(said) == 1 and said[0] is not None and not said[0].get("timestamp"):
        return _spoken(said[0])
    page = _page(dialect, (row_of(each) if each is not None else None for each in said))
    if said and said[-1] is None:
        return replace(page, problem="cut short: a last line that does not end", again=True)
    return page


def _spoken(said: Mapping[str, Any]) -> IndexPage:
    """One object that is no row: a number of pages, or words."""
    pages = _number(_word(said.get("pages")))
    if pages is not None:
        return IndexPage(pages=pages)
    words = _message(json.dumps(said))
    return IndexPage() if "captures found" in words.lower() else IndexPage(problem=f"said: {words}", again=True)


def _page(dialect: Dialect, found: Iterable[Row | None]) -> IndexPage:
    every = list(found)
    rows = tuple(row for row in every if row is not None)
    return IndexPage(rows=rows, dialect=dialect, dropped=len(every) - len(rows))


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _cdxj(line: str) -> Mapping[str, Any] | None:
    head, brace, rest = line.partition(" {")
    said = _object(brace.strip() + rest)
    key, _, stamp = head.strip().partition(" ")
    return {**said, "urlkey": key, "timestamp": stamp.strip()} if said is not None else None


def _plain(line: str) -> Row | None:
    words = line.split(" ")
    names = PLAIN.get(len(words))
    return row_of(dict(zip(names, words, strict=True))) if names else None


def _first(said: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((word for name in names if (word := _word(said.get(name)))), None)


def _word(value: object) -> str | None:
    """A value as a word: indexes write numbers as words, and some write them as numbers."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15 else None


def _known(word: str | None) -> str | None:
    return word if word and word not in ("-", "unk") and _is_sound(word) else None


def _number(word: str | None) -> int | None:
    return int(word) if word and NUMBER.fullmatch(word) else None


def _is_stamp(word: str) -> bool:
    if not STAMP.fullmatch(word):
        return False
    try:
        _instant(word)
    except ValueError:
        return False
    return True


def _instant(stamp: str) -> datetime:
    """Ten times as fast as strptime, which every row would pay for."""
    day = (int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8]))
    return datetime(*day, int(stamp[8:10]), int(stamp[10:12]), int(stamp[12:]), tzinfo=UTC)


def _is_sound(word: str) -> bool:
    """Whether it can be written, and sent: no control character, no half of a character, not endless."""
    return SOUND.fullmatch(word) is not None


def _sound_key(word: str) -> str | None:
    return word if word and _is_sound(word) else None
