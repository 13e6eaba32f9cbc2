"""A text that a page tells machines, and where its paragraphs stand in the page's scripts; it judges none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.arabic import clean
from archive.records import Paragraph
from crawler.page.locate import NOWHERE, Index, Place, index_json, skeleton

NEAR = 200  # code points between a key and the first words of its text
MOST_KEYS = 50  # of one script that are looked behind
_SCRIPT = re.compile(r"<script\b[^<>]{0,2000}>(.*?)(?:</script|\Z)", re.DOTALL | re.IGNORECASE)
_META = re.compile(r"<meta\b[^<>]{0,500}\bitemprop\s*=\s*[\"']?articleBody\b[^<>]*>", re.IGNORECASE)
_CUT_END = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A text in lines, and the name of the place it stands in."""

    text: str = ""
    source: str = ""  # json-ld:articleBody, microdata:articleBody, app-state:__NEXT_DATA__.props.article.body

    @property
    def size(self) -> int:
        """Letters and digits in it."""
        return len(skeleton(self.text))

    @property
    def is_cut(self) -> bool:
        """Whether it breaks off with dots: a summary, not the whole text."""
        return is_cut(self.text)

    @property
    def kind(self) -> str:
        """What told it: json-ld, microdata, tawsiyat or app-state."""
        return self.source.partition(":")[0]

    @property
    def lines(self) -> tuple[str, ...]:
        """Its paragraphs."""
        return tuple(line for line in map(str.strip, self.text.splitlines()) if line)


NOTHING = Told()


def paragraphs(payload: str, lines: Sequence[str], source: str) -> Iterator[Paragraph]:
    """The lines of a told text with their places in the payload."""
    cleaned = [(clean(" ".join(line.split(" ")))) for line in lines]
    said = [each for each in cleaned if each.text and skeleton(each.text)]
    index = _index(payload, source, [each.text for each in said])
    for each in said:
        place = index.find(each.text) if index else NOWHERE
        repairs = each.repairs if place.exact else (*each.repairs, inexact(place))
        yield Paragraph(text=each.text, where=source, offset=place.offset, length=place.length, repairs=repairs)


def is_cut(text: str) -> bool:
    """Whether a text breaks off with dots."""
    return _CUT_END.search(text) is not None


def inexact(place: Place) -> str:
    """The repair that is listed of a paragraph whose words do not stand one after the other."""
    return "not-found" if place.offset < 0 else "interrupted"


def _index(payload: str, source: str, lines: Sequence[str]) -> Index | None:
    """The index of the script, or of the attribute, that tells the lines, to be read from where they begin."""
    if source.startswith("microdata"):
        found = _META.search(payload)
        return index_json(payload, found.start() + 1, found.end()) if found else None
    best = None
    key = re.compile(rf"\b{re.escape(source.rpartition('.')[2].rpartition(':')[2])}\b")
    for script in _SCRIPT.finditer(payload):
        for start in _starts(payload, key, script.span(1)):
            index = index_json(payload, start, script.end(1))
            place = index.find(lines[0]) if lines else NOWHERE
            if place.exact and place.offset - start < NEAR:
                return index_json(payload, start, script.end(1))
            if place.exact and best is None:
                best = script.span(1)
    return index_json(payload, *best) if best else None


def _starts(payload: str, key: re.Pattern[str], script: tuple[int, int]) -> list[int]:
    """Where a script names the key under which a text stands, and its beginning."""
    named = islice(key.finditer(payload, *script), MOST_KEYS)
    return [*(found.start() for found in named), script[0]]
