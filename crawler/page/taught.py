"""What was learned of one outlet's pages, as a reader takes it: lines, openings and boxes; it learns nothing itself.

All words are compared folded. A short line is compared with its figures and the names of days and months left out, so
that a counter or a clock is one line whatever it shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from archive.arabic import fold
from archive.digest import sha256_of
from archive.errors import ArchiveError, FormatError
from crawler.dating.written import patterns

SCHEMA: Final = 1
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

    lines: frozenset[str] = frozenset()  # whole blocks, masked
    openings: frozenset[str] = frozenset()  # folded words before a link to another story, or alone above such links
    announcements: frozenset[str] = frozenset()  # folded words before an unlinked headline of another story
    boxes: frozenset[str] = frozenset()  # elements by their names and those of the box around them
    # The boxes by the names of the element itself.
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.lines or self.openings or self.announcements or self.boxes)

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
        """Whether an element is a box in which nothing but furniture was seen."""
        own = signature(element)
        return own in self.inside and around(element) in self.inside[own]


NOTHING: Final = Taught()


def taught(
    *,
    lines: Iterable[str] = (),
    openings: Iterable[str] = (),
    announcements: Iterable[str] = (),
    boxes: Iterable[str] = (),
) -> Taught:
    """A table of lines and openings in any spelling, and of boxes as `box` names them."""
    named = frozenset(boxes)
    inside: dict[str, set[str]] = {}
    for name in named:
        own, _, outer = name.partition(" < ")
        inside.setdefault(own, set()).add(outer)
    return Taught(
        lines=frozenset(map(masked, lines)) - {""},
        openings=frozenset(bare(fold(words)) for words in openings) - {""},
        announcements=frozenset(bare(fold(words)) for words in announcements) - {""},
        boxes=named,
        inside={own: frozenset(outer) for own, outer in inside.items()},
    )


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
    said = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    tokens = sorted({_FIGURES.sub("#", token) for token in _NAMES.findall(said)})[:TOKENS]
    return ".".join((str(element.tag), *tokens)) if tokens else ""


def around(element: etree._Element) -> str:
    """The nearest named box around an element, by its names; "" where there is none."""
    return next(filter(None, map(signature, element.iterancestors())), "")


def box(element: etree._Element) -> str:
    """An element as the table names it: `div.read-also < div.entry-content`; "" for one that has no names."""
    own = signature(element)
    return f"{own} < {around(element)}" if own else ""


def chain(element: etree._Element) -> Iterator[str]:
    """The named boxes that an element lies in, itself among them, the innermost first."""
    named = [each for each in map(signature, (element, *element.iterancestors())) if each]
    yield from (f"{own} < {outer}" for own, outer in zip(named, [*named[1:], ""], strict=False))


def dump(table: Taught) -> bytes:
    """A table as it lies on the shelf: one JSON line, the same for the same table."""
    said = {
        "schema": SCHEMA,
        "lines": sorted(table.lines),
        "openings": sorted(table.openings),
        "announcements": sorted(table.announcements),
        "boxes": sorted(table.boxes),
    }
    return f"{json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n".encode()


def load(data: bytes, name: str) -> Taught:
    """What `dump` wrote; `name` is told when it is no such table.

    Raises:
        FormatError: written by a newer program. ArchiveError: no table of furniture.
    """
    try:
        said = json.loads(data)
        schema = int(said["schema"])
        if schema > SCHEMA:
            raise FormatError(f"{name} has schema {schema}; this program knows {SCHEMA}: upgrade it")
        rows = {row: tuple(map(str, said[row])) for row in ("lines", "openings", "announcements", "boxes")}
    except (ValueError, KeyError, TypeError):
        raise ArchiveError(f"{name} is no table of furniture") from None
    return taught(**rows)


def _rests(folded: str, words: Iterable[str]) -> Iterator[str]:
    """What follows each of the words that a folded block begins with."""
    return (folded[len(opening) :] for opening in words if folded.startswith(opening))
