"""What learning comes back with: a table, and for each thing in it why, how often and where it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crawler.page.taught import NOTHING, Taught


class Sort(StrEnum):
    """What was learned."""

    LINE = "line"
    LABEL = "label"
    OPENING = "opening"
    ANNOUNCEMENT = "announcement"
    BOX = "box"


class Because(StrEnum):
    """Why it is furniture."""

    LINKS = "links to other stories"
    HEADLINES = "headlines of other stories"
    FIXED = "the same on every page"
    LABEL = "a label on many pages"
    SENTENCE = "a sentence on nearly every page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing learned, and from what: in how many stories of how many, of which days."""

    sort: Sort
    words: str  # as the table has them
    shown: str  # as one page has them
    because: Because
    stories: int
    of: int  # stories of the layouts it stands in
    kept: int  # stories whose text held it when it was learned
    first: str  # day of the earliest of these stories
    last: str
    examples: tuple[str, ...]  # ids of stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What was learned of an outlet's pages."""

    table: Taught = NOTHING
    evidence: tuple[Evidence, ...] = ()
    pages: int = 0
