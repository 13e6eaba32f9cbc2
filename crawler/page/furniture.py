"""What stands around an article, as a table of phrases and class names (furniture.yml); it looks at a block alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from lxml import etree

from archive.arabic import fold
from crawler.facts import Facts, load
from crawler.page import dom
from crawler.page.blocks import Block

TABLE = Path(__file__).with_name("furniture.yml")
SHORT = 90  # letters up to which a block that opens like furniture is furniture even without a link
BEGINNING = 160  # code points of a block that are looked at for an opening
LONGEST_LINE = 700  # code points of a furniture line
LONGEST_HEADING = 80  # of a heading that closes an article
_TOKEN = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PARTS = re.compile(r"[a-z0-9]+")
_ARABIC = re.compile("[\u0621-\u064a]+")
_EDGE_SIGNS = " .:|-–—•»«\"'*>< \N{LEFTWARDS ARROW}\N{RIGHTWARDS ARROW}!?()[]،,؛"


class _Table(Facts):
    lines: tuple[str, ...]
    openings: tuple[str, ...]
    closers: tuple[str, ...]
    bylines: tuple[str, ...]
    credits: tuple[str, ...]
    patterns: tuple[str, ...]
    zones: dict[str, tuple[str, ...]]
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """The table, folded and compiled; `learned` are folded blocks that were seen on many pages of the outlet."""

    lines: frozenset[str]
    openings: tuple[str, ...]
    closers: frozenset[str]
    bylines: frozenset[str]
    credit: re.Pattern[str]
    pattern: re.Pattern[str]
    zones: Mapping[str, str]
    bodies: frozenset[str]
    learned: frozenset[str] = field(default_factory=frozenset)

    def zone(self, element: etree._Element) -> str | None:
        """The zone an element opens by its tag, role or class names; None inside and outside articles alike."""
        if element.tag in dom.ZONE_TAGS:
            return dom.ZONE_TAGS[element.tag]
        if element.tag in {"html", "body", "main", "article", "form"}:
            return None
        if dom.is_hidden(element):
            return "hidden"
        said = dom.names(element)
        if not said or self.is_body(element):
            return None
        return next(filter(None, map(self._zone_named, _TOKEN.findall(said))), None)

    def _zone_named(self, token: str) -> str | None:
        """By one class name: "entry-meta", "related_box": first or last part name the thing, middle ones place it."""
        if token in self.zones:
            return self.zones[token]
        parts = _PARTS.findall(token)
        named = (self.zones[part] for part in (parts[0], parts[-1]) if part in self.zones and len(parts) <= 3)
        return next(named, None)

    def is_body(self, element: etree._Element) -> bool:
        """Whether an element's names say that it holds an article's text."""
        if element.get("itemprop") in {"articleBody", "text"}:
            return True
        said = dom.names(element)
        return any(token in self.bodies for token in _TOKEN.findall(said)) if said else False

    def is_line(self, text: str) -> bool:
        """Whether a whole block is furniture by its words alone."""
        if len(text) > LONGEST_LINE:
            return fold(text) in self.learned if self.learned else False
        folded = fold(text)
        return self.bare(folded) in self.lines or folded in self.learned or self.pattern.fullmatch(folded) is not None

    def is_opening(self, block: Block) -> bool:
        """Whether a block begins like «اقرأ أيضاً: …» and is short or mostly a link."""
        folded = fold(block.text[:BEGINNING]).lstrip(_EDGE_SIGNS)
        if not folded.startswith(self.openings):
            return False
        return block.link_share > 0.4 or (block.size <= SHORT and ":" in folded[:40]) or block.size <= SHORT // 3

    def is_closer(self, text: str) -> bool:
        """Whether a block is the heading of what follows an article: related links, comments."""
        if len(text) > LONGEST_HEADING:
            return False
        return re.sub(r"\s*[(\[]?[0-9]+[)\]]?$", "", self.bare(fold(text))) in self.closers

    def is_credit(self, text: str) -> bool:
        """Whether a short last line is the article's own: «المصدر: …», «انتهى»."""
        return self.credit.fullmatch(fold(text)) is not None

    def without_by(self, text: str) -> str:
        """An author's name without the «بقلم:» before it."""
        head, _, rest = text.partition(" ")
        return rest.strip(_EDGE_SIGNS) if rest and self.bare(fold(head).lower()) in self.bylines else text.strip()

    @staticmethod
    def bare(folded: str) -> str:
        """A folded text without the signs at its ends."""
        return folded.strip(_EDGE_SIGNS)


def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    whole = "|".join(f"(?:{pattern})" for pattern in patterns)
    whole = _ARABIC.sub(lambda word: fold(word.group()), whole)
    letters = "\u0621-\u064a"
    return re.compile(whole.replace("{ar}", f"[{letters}]").replace("{letters}", letters))


@cache
def _read() -> Furniture:
    table = load(TABLE, _Table)
    return Furniture(
        lines=frozenset(Furniture.bare(fold(line)) for line in table.lines),
        openings=tuple(sorted({fold(line) for line in table.openings})),
        closers=frozenset(fold(line) for line in table.closers),
        bylines=frozenset(fold(word) for word in table.bylines),
        credit=_compiled(table.credits),
        pattern=_compiled(table.patterns),
        zones={name: zone for zone, names in table.zones.items() for name in names},
        bodies=frozenset(table.bodies),
    )


def furniture(learned: tuple[str, ...] = ()) -> Furniture:
    """The built-in table with an outlet's learned lines (any spelling; folded here).

    Raises:
        FactsError: furniture.yml is broken; the message names the line.
    """
    known = _read()
    if not learned:
        return known
    return replace(known, learned=frozenset(fold(line) for line in learned))
