"""From payload bytes to text, and the choice of encoding recorded; it never guesses silently and never parses HTML."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from crawler.facts import Facts, load
from crawler.page import mojibake

TABLE = Path(__file__).with_name("encodings.yml")
PRESCAN = 8192  # bytes in which a meta charset is looked for; browsers look at 1024, old Arabic sites need more
SAMPLE = 60_000  # bytes of high-byte text that a guess looks at
TORN_UTF8 = 0.02  # share of wrong sequences up to which a text is still UTF-8
WHOLE_LETTERS = 40  # letters of valid UTF-8 from which a page with others is taken for a mixed one
KNOWN_WORDS = 0.1  # share of known words that the other parts of a mixed page must hold, read as one byte a letter
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_SINGLE_BYTE_RUN = re.compile(rb"[\x80-\xff]{2,}")
_PART = re.compile(rb"[^<>\n]+")  # text between tags, or what a tag holds
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})


class _Table(Facts):
    labels: dict[str, str]
    guesses: tuple[str, ...]
    words: tuple[str, ...]


@cache
def _table() -> _Table:
    return load(TABLE, _Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A payload as text: `encoding` is a codec name, `how` what decided; `problem` is set when they are no text."""

    text: str
    encoding: str
    how: str  # bom | header | meta | valid-utf-8 | guess | mostly-utf-8 | mixed with …
    replaced: int = 0  # code points put in for bytes that did not fit
    misread: str | None = None  # the encoding that parts of it had been misread in before they were sent; taken back
    utf8: bytes | None = field(default=None, repr=False)  # the text's own bytes, where it was sent in UTF-8
    problem: str | None = None

    @property
    def choice(self) -> str:
        """Encoding and reason in one word, as kept with an article."""
        mended = f", parts misread as {self.misread} taken back" if self.misread else ""
        return f"{self.encoding} ({self.how}{mended})"


def codec(label: str) -> str | None:
    """The codec a charset label means to browsers (WHATWG Encoding: latin-1 is windows-1252); None if unknown."""
    label = label.strip().lower()
    named = _table().labels.get(label, label)
    try:
        info = codecs.lookup(named)
    except LookupError:
        return None
    # Python's hex, rot13 and zlib "encodings" are not encodings of text.
    return info.name if getattr(info, "_is_text_encoding", True) else None


def decode(data: bytes, content_type: str | None) -> Decoded:
    """Decode a payload (content coding already removed) by BOM, validity, header, meta and, last, a guess.

    Never raises: bytes that are no text come back with `problem`. A valid UTF-8 payload is UTF-8 whatever was declared,
    because no other encoding's Arabic is valid UTF-8 by chance; a declaration that makes a worse text than another
    encoding of the table is overruled, and `how` says "guess". A page whose parts are of two encodings is read part by
    part. What had been misread before it was sent is taken back where that proves itself (crawler/page/mojibake.py).
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _finish(data, name, "bom")
    wide = _unmarked_utf16(data)
    if wide:
        return _finish(data, wide, "guess")
    declared = _declared(data, content_type)
    text, torn = _as_utf8(data)
    if torn == 0:
        how = next((how for name, how in declared if name == "utf-8"), "valid-utf-8")
        if data.isascii():
            how = declared[0][1] if declared else "valid-utf-8"
        return _finished(text, "utf-8", how, data)
    if mixed := _mixed(data):
        return mixed
    if torn <= TORN_UTF8:
        return _finish(data, "utf-8", "mostly-utf-8")
    return _finish(data, *_best_single_byte(data, declared))


def _declared(data: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """Usable declarations, strongest first: header, XML declaration, meta."""
    found: list[tuple[str, str]] = []
    head = _COMMENT.sub(b"", data[:PRESCAN])
    said = _HEADER.search(content_type or "")
    labels = [(said.group(1), "header")] if said else []
    for pattern in (_XML, _META):
        match = pattern.search(head)
        if match:
            labels.append((match.group(1).decode("ascii"), "meta"))
    for label, how in labels:
        name = codec(label)
        # A meta tag read as ASCII cannot stand in a UTF-16 page: browsers take it for UTF-8.
        if name and name.startswith("utf-16") and how == "meta":
            name = "utf-8"
        if name:
            found.append((name, how))
    return found


def _as_utf8(data: bytes) -> tuple[str, float]:
    """The bytes as UTF-8, and the share of high-byte sequences that are none.

    0.0 for a valid (or cut at its end) text, 1.0 for none valid.
    """
    try:
        return data.decode("utf-8"), 0.0
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        if error.reason == "unexpected end of data" and error.end >= len(data):
            return text, 0.0
    wrong = text.count("\ufffd")
    right = sum(1 for character in text if character >= "\x80") - wrong
    return text, wrong / (wrong + right) if wrong + right else 0.0


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: markup's ASCII makes every other byte zero."""
    head = data[:512]
    if len(head) < 8:
        return None
    if head[1::2].count(0) > len(head) * 0.1 and head[0::2].count(0) <= 2:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) * 0.1 and head[1::2].count(0) <= 2:
        return "utf-16-be"
    return None


def _best_single_byte(data: bytes, declared: list[tuple[str, str]]) -> tuple[str, str]:
    """The declared or tabled encoding whose text holds most known words; declarations win ties."""
    runs = b" ".join(_SINGLE_BYTE_RUN.findall(data[: SAMPLE * 8]))[:SAMPLE]
    offers = [(name, how) for name, how in declared if name != "utf-8"]
    offers += [(name, "guess") for name in _table().guesses if name not in {offer for offer, _ in offers}]
    best, best_score = offers[0], -1.0
    for name, how in offers:
        score = _likeness(runs, name)
        if score > best_score + 0.005:
            best, best_score = (name, how), score
    return best


def _likeness(runs: bytes, name: str) -> float:
    """Share of the words of `runs` that stand in the table's common words, less the share of impossible characters."""
    try:
        text = runs.decode(name, "replace")
    except (LookupError, UnicodeError):
        return -1.0
    words = text.split()
    if not words:
        return 0.0
    common = frozenset(_table().words)
    known = sum(1 for word in words if word in common) / len(words)
    wrong = text.count("\ufffd") + sum(1 for character in text if "\x80" <= character < "\xa0")
    return known - wrong / len(text)


def _mixed(data: bytes) -> Decoded | None:
    """A page of valid UTF-8 with parts of another encoding, read part by part; None where it is no such page.

    A template in one encoding and a database in another: each stretch between tags is of one of them.
    """
    whole, others = 0, []
    for part in _PART.finditer(data):
        if part[0].isascii():
            continue
        try:
            whole += sum(character >= "\x80" for character in part[0].decode("utf-8"))
        except UnicodeDecodeError:
            others.append(part[0])
    runs = b" ".join(others)[:SAMPLE]
    if whole < WHOLE_LETTERS or len(_SINGLE_BYTE_RUN.findall(runs)) < 2:
        return None
    runs = b" ".join(_SINGLE_BYTE_RUN.findall(runs))
    name, score = max(((each, _likeness(runs, each)) for each in _table().guesses), key=lambda offer: offer[1])
    if score < KNOWN_WORDS:
        return None

    def read(part: re.Match[bytes]) -> bytes:
        if part[0].isascii():
            return part[0]
        try:
            part[0].decode("utf-8")
        except UnicodeDecodeError:
            return part[0].decode(name, "replace").encode()
        return part[0]

    return _finish(_PART.sub(read, data), "utf-8", f"mixed with {name}")


def _finish(data: bytes, name: str, how: str) -> Decoded:
    try:
        text = data.decode(name, "replace")
    except (LookupError, UnicodeError) as error:
        return Decoded(text="", encoding=name, how=how, problem=f"{name}: {error}")
    return _finished(text, name, how)


def _finished(text: str, name: str, how: str, utf8: bytes | None = None) -> Decoded:
    mended = mojibake.mend(text)
    text = mended.text
    replaced = text.count("\ufffd")
    own = None if replaced or mended.misread else utf8
    sample = text[:SAMPLE].encode("utf-8", "surrogatepass")
    noise = replaced + len(sample) - len(sample.translate(None, _CONTROLS))
    problem = None
    if noise > 8 and noise > len(text[:SAMPLE]) * 0.05:
        problem = f"{noise} of {len(text)} code points are no text in {name}"
    return Decoded(
        text=text, encoding=name, how=how, replaced=replaced, misread=mended.misread, utf8=own, problem=problem
    )
