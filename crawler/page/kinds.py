"""What sort of piece an article is, by plain evidence in title, section and address, as a table (kinds.yml)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.arabic import digits, fold
from archive.records import Kind
from crawler.facts import Facts, load
from crawler.page.locate import skeleton

TABLE = Path(__file__).with_name("kinds.yml")
_MARKED = re.compile(r"\s*(?:[-–—•*▪■●◦·]|\(?[0-9\u0660-\u0669]{1,2}\s*[-.)])\s*\S")  # a list's item
_FINAL = '.؟?!…:»”"'
_SUBHEAD = 60  # letters of the longest subhead, and of a paragraph's beginning
_JOINED = 4  # letters from which a word that begins with «و» or «ف» is taken for one that is joined on
_ANEW = 0.3  # share of paragraphs that begin anew where items have three or so each; a single report's go on
_FIRST = 3  # paragraphs of which one may begin a document: a report may introduce it
_CLOCK = re.compile(r"[\[(]?(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?![0-9])")
_MARK = 8  # code points in which a time of day ends
_WORDS = re.compile(r"[0-9a-z\u0621-\u064a]+")


class _Evidence(Facts):
    kind: Kind
    opens: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    items: int = 0
    clocks: int = 0
    most: int | None = None


class _Table(Facts):
    kinds: tuple[_Evidence, ...]
    types: dict[str, Kind]
    flash_letters: int
    continuing: tuple[str, ...]


@cache
def _table() -> _Table:
    return load(TABLE, _Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What a kind is judged from. `labels` are words set beside the title; `sections` what the page calls its place."""

    title: str
    paragraphs: Sequence[str]
    url: str = ""
    sections: Sequence[str] = ()
    types: Sequence[str] = ()
    labels: Sequence[str] = ()


def judge(piece: Piece) -> Kind:
    """The first kind of the table with evidence, in its order; a page of one short line is a flash; else news."""
    table = _table()
    for name in piece.types:
        if name in table.types:
            return table.types[name]
    title = _key(piece.title)
    sections = {_key(section) for section in (*piece.sections, *piece.labels)}
    parts = set(map(_key, _path_parts(piece.url)))
    letters = sum(len(skeleton(paragraph)) for paragraph in piece.paragraphs)
    for evidence in table.kinds:
        if evidence.kind is Kind.FLASH and letters > table.flash_letters * 4 and not _opens(evidence, title):
            continue
        placed = _placed(evidence, sections, parts)
        titled = _titled(evidence, title) and (evidence.most is None or letters <= evidence.most)
        if (placed or titled) and evidence.items <= _items(evidence, piece.paragraphs):
            return evidence.kind
        if _written(evidence, piece.paragraphs):
            return evidence.kind
    return Kind.FLASH if len(piece.paragraphs) == 1 and letters <= table.flash_letters else Kind.NEWS


def _items(evidence: _Evidence, paragraphs: Sequence[str]) -> int:
    """How many items a text plainly holds: list marks, subheads, or paragraphs that do not go on from another."""
    if not evidence.items:
        return 0
    marked = sum(1 for paragraph in paragraphs if _MARKED.match(paragraph))
    subheads = sum(
        1 for paragraph in paragraphs if len(skeleton(paragraph)) <= _SUBHEAD and paragraph[-1] not in _FINAL
    )
    anew = sum(1 for paragraph in paragraphs if not _goes_on(paragraph))
    return max(marked, subheads, anew if anew >= len(paragraphs) * _ANEW else 0)


def _goes_on(paragraph: str) -> bool:
    said = " ".join(_WORDS.findall(fold(paragraph[:_SUBHEAD]).lower()))
    first = said.partition(" ")[0]
    joined = first[:1] in {"و", "ف"} and len(first) >= _JOINED
    return joined or any(f"{said} ".startswith(f"{_key(words)} ") for words in _table().continuing)


def _titled(evidence: _Evidence, title: str) -> bool:
    padded = f" {title} "
    return _opens(evidence, title) or any(f" {_key(words)} " in padded for words in evidence.says)


def _placed(evidence: _Evidence, sections: set[str], parts: set[str]) -> bool:
    """Whether the page calls its place or its address so."""
    return any(_key(name) in sections for name in evidence.sections) or any(
        _key(part) in parts for part in evidence.paths
    )


def _written(evidence: _Evidence, paragraphs: Sequence[str]) -> bool:
    """Whether the text itself says so: by the words that one of its first paragraphs begins with, or by its clocks."""
    first = [_key(paragraph[: _SUBHEAD * 2]) for paragraph in paragraphs[:_FIRST]] if evidence.begins else []
    first = [said for said in first if not any(_key(words) in said for words in evidence.unless)]
    begun = any(f"{said} ".startswith(f"{_key(words)} ") for said in first for words in evidence.begins)
    return begun or 0 < evidence.clocks <= sum(
        _CLOCK.match(digits(paragraph[:_MARK])) is not None for paragraph in paragraphs
    )


def _opens(evidence: _Evidence, title: str) -> bool:
    return any(f"{title} ".startswith(f"{_key(words)} ") for words in evidence.opens)


@lru_cache(maxsize=1 << 12)  # the table's phrases, and what a page says of itself
def _key(text: str) -> str:
    return " ".join(_WORDS.findall(fold(text).lower()))


def _path_parts(url: str) -> list[str]:
    """The folders of an address, decoded; not its last part, which names the article itself."""
    path = unquote(urlsplit(url).path) if url else ""
    return [part for part in path.split("/")[:-1] if part]
