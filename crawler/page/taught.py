"""What was learned of one outlet's pages, as a reader takes it: lines, openings and boxes; it learns nothing itself.

All words are compared folded. A short line is compared with its figures and the names of days and months left out, so
that a counter or a clock is one line whatever it shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lxml import etree

from archive.arabic import fold
from archive.digest import sha256_of
from archive.errors import FormatError, TableError
from crawler.dating.months import patterns
from crawler.page import dom

SCHEMA: Final = 1
ROWS: Final = ("lines", "labels", "openings", "announcements", "boxes")
AT: Final = " @ "  # between a label and its home
MASKED: Final = 80  # code points of a folded line up to which figures and names of days do not count
LONGEST_OPENING: Final = 40  # code points
TOKENS: Final = 6  # of an element's names that tell it
HEADLINE: Final = 160  # code points of an unlinked line that an opening announces
EDGES: Final = " .:|-–—•»«\"'*><\N{LEFTWARDS ARROW}\N{RIGHTWARDS ARROW}!?()[]،,؛/"
_FIGURES: Final = re.compile("[0-9]+")
_SIGNED: Final = re.compile(r"#(?:[ /,]+#)+")
_NAMES: Final = re.compile(r"[^\s\"'<>]+")
_SENTENCE: Final = ".؟?!…"
_PARTED: Final = frozenset(':|"><') | {""}  # what stands between an announcement and its headline, folded; or nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One outlet's table: all of it furniture. Empty, it says nothing and changes nothing."""

    lines: frozenset[str] = frozenset()  # whole blocks, masked, wherever they stand
    labels: frozenset[str] = frozenset()  # the same, each with the one home that it is furniture in
    openings: frozenset[str] = frozenset()  # folded words before a link to another story, or alone above such links
    announcements: frozenset[str] = frozenset()  # folded words before an unlinked headline of another story
    boxes: frozenset[str] = frozenset()  # elements by their names and those of the box around them
    # The boxes by the names of the element itself; the labels by their homes.
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    homes: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    tags: frozenset[str] = field(default=frozenset(), compare=False, repr=False)  # of those homes

    def __bool__(self) -> bool:
        return bool(self.lines or self.labels or self.openings or self.announcements or self.boxes)

    @property
    def digest(self) -> str:
        """64 hex digits of the SHA-256 of what `dump` writes: the table's name on the shelf."""
        return sha256_of(dump(self))

    def is_line(self, text: str) -> bool:
        """Whether a whole block was learned."""
        return bool(self.lines) and masked(text) in self.lines

    def opens(self, text: str, link_share: float) -> bool:
        """Whether a block announces another story: by a link behind a learned opening, or by its headline alone."""
        if not self.openings and not self.announcements:
            return False
        folded = fold(text[:HEADLINE]).lstrip(EDGES)
        if any(
            not bare(rest) or (link_share > 0.4 and not rest[0].isalnum()) for rest in _rests(folded, self.openings)
        ):
            return True
        if len(text) > HEADLINE or text[-1] in _SENTENCE:
            return False
        return any(rest.lstrip()[:1] in _PARTED for rest in _rests(folded, self.announcements))

    def is_box(self, element: etree._Element) -> bool:
        """Whether an element is a box in which nothing but furniture was seen, or holds a label at its home."""
        if element.keys() and self.inside:
            own = signature(element)
            if own in self.inside and around(element) in self.inside[own]:
                return True
        known = self.homes.get(home(element), ()) if element.tag in self.tags else ()
        return bool(known) and masked(dom.text_of(element)) in known


NOTHING: Final = Taught()


def taught(
    *,
    lines: Iterable[str] = (),
    labels: Sequence[str] = (),
    openings: Iterable[str] = (),
    announcements: Iterable[str] = (),
    boxes: Sequence[str] = (),
) -> Taught:
    """A table of lines and openings in any spelling, of labels as `label` and boxes as `box` name them."""
    inside: dict[str, set[str]] = {}
    homes: dict[str, set[str]] = {}
    for name in boxes:
        own, _, outer = name.partition(" < ")
        inside.setdefault(own, set()).add(outer)
    for name in labels:
        words, _, where = name.rpartition(AT)
        homes.setdefault(where, set()).add(words)
    return Taught(
        lines=frozenset(map(masked, lines)) - {""},
        openings=frozenset(bare(fold(words)) for words in openings) - {""},
        announcements=frozenset(bare(fold(words)) for words in announcements) - {""},
        labels=frozenset(labels),
        boxes=frozenset(boxes),
        inside={own: frozenset(outer) for own, outer in inside.items()},
        homes={where: frozenset(words) for where, words in homes.items()},
        tags=frozenset(where.partition(" ")[0] for where in homes),
    )


@lru_cache(maxsize=1 << 12)  # a page's blocks are asked about several times
def masked(text: str) -> str:
    """A line's key: folded, bare of signs at its ends; in a short one figures are 0, names of days and months #."""
    folded = bare(fold(text))
    if len(folded) > MASKED:
        return folded
    words = patterns()
    named = words.weekday.sub("#", words.month.sub("#", folded))
    return _SIGNED.sub("#", _FIGURES.sub("0", named))


def bare(folded: str) -> str:
    """A folded text without the signs at its ends."""
    return folded.strip(EDGES)


def signature(element: etree._Element) -> str:
    """An element by its tag and names, figures in them as #, `div.post-#`; "" for one without, and for the page itself,
    whose names tell its section and theme.
    """
    if element.tag in {"html", "body"}:
        return ""
    return _signature(str(element.tag), element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=1 << 14)  # a page repeats the same few names again and again
def _signature(tag: str, classes: str, identifier: str) -> str:
    said = f"{classes} {identifier}".lower()
    tokens = sorted({_FIGURES.sub("#", token) for token in _NAMES.findall(said)})[:TOKENS]
    return ".".join((tag, *tokens)) if tokens else ""


def around(element: etree._Element) -> str:
    """The nearest named box around an element, by its names; "" where there is none."""
    return next(filter(None, map(signature, element.iterancestors())), "")


def box(element: etree._Element) -> str:
    """An element as the table names it: `div.read-also < div.entry-content`; "" for one that has no names."""
    own = signature(element)
    return f"{own} < {around(element)}" if own else ""


def home(element: etree._Element) -> str:
    """Where an element's words stand: its tag, and the nearest named box, which may be itself."""
    named = next((each for each in (element, *element.iterancestors()) if signature(each)), None)
    return f"{element.tag} in {box(named) if named is not None else ''}"


def label(key: str, where: str) -> str:
    """A masked line at its home, as the table names it."""
    return f"{key}{AT}{where}"


def chain(element: etree._Element) -> Iterator[str]:
    """The named boxes that an element lies in, itself among them, the innermost first."""
    named = [each for each in map(signature, (element, *element.iterancestors())) if each]
    yield from (f"{own} < {outer}" for own, outer in zip(named, [*named[1:], ""], strict=False))


def dump(table: Taught) -> bytes:
    """A table as it lies on the shelf: one JSON line, the same for the same table."""
    said = {
        "schema": SCHEMA,
        "lines": sorted(table.lines),
        "labels": sorted(table.labels),
        "openings": sorted(table.openings),
        "announcements": sorted(table.announcements),
        "boxes": sorted(table.boxes),
    }
    return f"{json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n".encode()


def load(data: bytes, name: str) -> Taught:
    """What `dump` wrote; `name` is told when it is no such table.

    Raises:
        FormatError: written by a newer program. TableError: no table of furniture.
    """
    try:
        said = json.loads(data)
        schema = int(said["schema"])
        if schema > SCHEMA:
            raise FormatError(f"{name} has schema {schema}; this program knows {SCHEMA}: upgrade it")
        rows = {row: tuple(map(str, said[row])) for row in ROWS}
    except (ValueError, KeyError, TypeError):
        raise TableError(f"{name} is no table of furniture") from None
    return taught(**rows)


def _rests(folded: str, words: Iterable[str]) -> Iterator[str]:
    """What follows each of the words that a folded block begins with."""
    return (folded[len(opening) :] for opening in words if folded.startswith(opening))
