"""What the names of a box say of it, word by word: which zone it opens, whether it holds an article's text; pure.

The words are class names, ids and roles; what each means is remembered, for pages repeat the same few again and again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

REMEMBERED = 20_000  # words, with what they say
MET = 4_096  # names met together that are remembered: those of a dozen outlets' pages
LONGEST_NAMES = 300  # code points of names that are remembered together
LONGEST_WORD = 100  # code points of a word that is remembered
FEW = 3  # parts of a name up to which its first or its last names a zone
_TOKEN = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PARTS = re.compile(r"[a-z0-9]+")
_LETTERS = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in bytes(range(256)).lower())
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # «postBody» names a body as «post-body» does
_ON_SCREENS = re.compile(r"d-(?:sm|md|lg|xl|xxl)-(?!none)")  # Bootstrap's «shown on screens as wide as that»


# What a word may say beside a zone: that a box holds an article's text; the same if a hump in it parts words; that
# paper shows it, that no screen does, that some screens do.
_BODY, _HUMPED, _PRINTED, _UNSEEN, _SHOWN = (1 << bit for bit in range(5))
_Meaning = tuple[str | None, int]  # the zone a word names, and what else it says
_SILENT: _Meaning = (None, 0)
_UNKNOWN = ""  # no zone


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """Which names say what."""

    zones: Mapping[str, str]
    frames: frozenset[str]  # last words of long names that say nothing
    layouts: frozenset[str]  # words of long names that tell how a page or a text is laid out, beside what
    besides: frozenset[str]  # words that say what a box has beside it, or has not
    printed: frozenset[str]  # of boxes that paper shows
    unseen: frozenset[str]  # of boxes that no screen shows
    bodies: frozenset[str]  # of boxes that hold an article's text


class Names:
    """A table of names, and what words were found to say by it."""

    def __init__(self, table: NameTable) -> None:
        self._table = table
        # The first parts of all names: a word without one of them says nothing.
        every = (*table.zones, *table.printed, *table.unseen, *table.bodies)
        self._heads = frozenset(_PARTS.findall(name)[0].encode() for name in every)
        self._zones: dict[str, str | None] = {}  # of names that were met together
        self._silent: set[str] = set()
        self._told: dict[str, _Meaning] = {}

    def zone(self, said: str) -> str | None:
        """The zone that a box of these names opens; none if they also say that it holds an article's text."""
        zone = self._zones.get(said, _UNKNOWN)
        if zone is _UNKNOWN:
            zone = self._zone(said) if self._may_say(said) else None
            if len(said) <= LONGEST_NAMES:
                if len(self._zones) >= MET:
                    self._zones.clear()
                self._zones[said] = zone
        return zone

    def _may_say(self, said: str) -> bool:
        """Whether names hold a part that the table knows, or a hump; most do not: their words are passed by."""
        if not self._heads.isdisjoint(said.encode("ascii", "replace").translate(_LETTERS).split()):
            return True
        return said.lower() != said

    def _zone(self, said: str) -> str | None:
        named, flags = None, 0
        for zone, more in self._meanings(said.split()):
            named = named or zone
            flags |= more
        if flags & (_BODY | _HUMPED):
            return None
        return "hidden" if flags & (_PRINTED | _UNSEEN | _SHOWN) == _PRINTED | _UNSEEN else named

    def is_guess(self, said: str) -> bool:
        """Whether names open a zone by the end of a long name alone, «elementor-widget-author-box»."""
        tokens = [token for word in said.lower().split() for token in _TOKEN.findall(word)]
        zoned = [token for token in tokens if self._zone_named(token) is not None]
        return bool(zoned) and all(len(_PARTS.findall(token)) > FEW for token in zoned)

    def is_whole(self, said: str) -> bool:
        """Whether one of the names stands in the table as it is, not a part of it."""
        return any(token in self._table.zones for token in _TOKEN.findall(said.lower()))

    def is_body(self, said: str) -> bool:
        """Whether names say that a box holds an article's text."""
        words = said.split()
        return not self._silent.issuperset(words) and any(flags & _BODY for _, flags in self._meanings(words))

    def _meanings(self, words: Iterable[str]) -> Iterator[_Meaning]:
        """Of those words that say something."""
        for word in words:
            if word not in self._silent:
                meaning = self._told.get(word) or self._learnt(word)
                if meaning is not _SILENT:
                    yield meaning

    def _learnt(self, word: str) -> _Meaning:
        meaning = self._meaning(word)
        if len(self._silent) + len(self._told) >= REMEMBERED:
            self._silent.clear()
            self._told.clear()
        if len(word) > LONGEST_WORD:
            return meaning
        if meaning is _SILENT:
            self._silent.add(word)
        else:
            self._told[word] = meaning
        return meaning

    def _meaning(self, word: str) -> _Meaning:
        names = word.lower()
        humped = names != word and not self._table.bodies.isdisjoint(_TOKEN.findall(_HUMP.sub("-", word).lower()))
        if not humped and self._heads.isdisjoint(word.encode("ascii", "replace").translate(_LETTERS).split()):
            return _SILENT
        named, flags = None, _HUMPED if humped else 0
        for token in _TOKEN.findall(names):
            named = named or self._zone_named(token)
            flags |= self._flags(token)
        return (named, flags) if named or flags else _SILENT

    def _flags(self, token: str) -> int:
        if token in self._table.bodies:
            return _BODY
        if token in self._table.unseen:
            return _UNSEEN
        if token in self._table.printed:
            return _PRINTED
        return _SHOWN if token.startswith("d-") and _ON_SCREENS.match(token) else 0

    def _zone_named(self, token: str) -> str | None:
        """By one class name: "entry-meta", "related_box": first or last part name the thing, middle ones place it.

        Of longer names the last two say it: "elementor-widget-author-box"; of "x-author-box__bio" its block's.
        """
        zones = self._table.zones
        if token in zones or token.isalnum():
            return zones.get(token)
        parts = _PARTS.findall(token)
        if len(parts) > FEW and parts[0] != "has":  # «has-small-font-size» tells a look
            return self._zone_of_long(token) or self._zone_of_long(token.partition("__")[0])
        if not self._table.besides.isdisjoint(parts[:-1]):  # «main-no-sidebar», «post-with-comments»
            return zones.get(parts[0])
        return next((zones[part] for part in (parts[0], parts[-1]) if part in zones), None)

    def _zone_of_long(self, name: str) -> str | None:
        """By the last two words of a long name, what only frames it left out; none if another word tells a layout.

        «col-md-8-content-with-sidebar», «post-body-text-no-share» are names of texts.
        """
        parts, table = _PARTS.findall(name), self._table
        while len(parts) > 1:
            zone = table.zones.get("-".join(parts[-2:]))
            if zone is not None:
                return zone if (table.layouts | table.besides).isdisjoint(parts[:-2]) else None
            if parts[-1] not in table.frames and not parts[-1].isdigit():
                break
            parts.pop()
        return None
