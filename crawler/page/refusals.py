"""Pages that answer 200 and hold no article: soft 404, consent, block and parked page, listing.

By a table (refusals.yml) and by shape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lxml import etree

from archive.arabic import fold
from archive.records import Reason, Rejection
from crawler.facts import Facts, load
from crawler.page.blocks import Block, blocks
from crawler.page.furniture import Furniture, furniture
from crawler.page.structured import Structured
from crawler.page.titles import title_tag

TABLE = Path(__file__).with_name("refusals.yml")
HEADLINES = 8  # linked headlines from which a page may be a listing
SCANT = 600  # letters from which a text is no listing's, however many links stand beside it
TEASER = 400  # letters of the longest teaser
WORDLESS = 60  # letters of a text that is none: then the marks in the source count
KNOWN = (
    ("soft_404", Reason.SOFT_404),
    ("consent_page", Reason.CONSENT_PAGE),
    ("block_page", Reason.BLOCK_PAGE),
    ("parked_page", Reason.PARKED_PAGE),
)
MARKED = (
    ("block_marks", Reason.BLOCK_PAGE),
    ("parked_marks", Reason.PARKED_PAGE),
    ("consent_marks", Reason.CONSENT_PAGE),
)
BELOW, WORDS = 4, 3  # blocks between a headline and the first words of its item, and words it has more than
_DAY = re.compile(r"[0-9\u0660-\u0669]{1,4}[-/. ][0-9\u0660-\u0669]{1,2}[-/. ][0-9\u0660-\u0669]{2,4}")
CARDS = 0.6  # share of the kept text that stands under linked headlines in a listing


class _Phrases(Facts):
    titles: tuple[str, ...]
    phrases: tuple[str, ...]
    longest: int


class _Table(Facts):
    soft_404: _Phrases
    consent_page: _Phrases
    block_page: _Phrases
    parked_page: _Phrases
    block_marks: tuple[str, ...]
    consent_marks: tuple[str, ...]
    parked_marks: tuple[str, ...]


@cache
def _table() -> _Table:
    return load(TABLE, _Table)


@cache
def _folded(which: str, part: str) -> tuple[str, ...]:
    phrases: tuple[str, ...] = getattr(getattr(_table(), which), part)
    return tuple(Furniture.bare(fold(phrase).lower()) for phrase in phrases)


def by_phrase(
    titles: Sequence[str], kept: Sequence[Block], everything: Sequence[Block], source: str
) -> Rejection | None:
    """A soft 404, a consent, block or parked page, as the table knows them; None for a page with a text of its own."""
    letters = sum(block.size for block in kept)
    if letters > max(WORDLESS, *(getattr(_table(), which).longest for which, _ in KNOWN)):
        return None
    spoken = fold(" ".join(block.text for block in (kept or everything[:60]))).lower()
    for which, reason in KNOWN:
        phrases: _Phrases = getattr(_table(), which)
        if letters > phrases.longest:
            continue
        named = _title_in(titles, _folded(which, "titles"))
        said = next((phrase for phrase in _folded(which, "phrases") if len(phrase) > 3 and phrase in spoken), None)
        if named or (said and (not kept or letters <= phrases.longest // 2)):
            return Rejection(reason=reason, detail=named or said or "")
    return _marked(source) if letters < WORDLESS else None


def _marked(source: str) -> Rejection | None:
    for which, reason in MARKED:
        marks: tuple[str, ...] = getattr(_table(), which)
        if mark := next((mark for mark in marks if mark in source), None):
            return Rejection(reason=reason, detail=mark)
    return None


def of_listing(root: etree._Element, source: str) -> Rejection | None:
    """Why a page lists nothing: its words are those of a soft 404, consent, block or parked page; None for a listing.

    WordPress says on its body that an address is none.
    """
    body = root.find("body")
    if body is not None and "error404" in (body.get("class") or "").split():
        return Rejection(reason=Reason.SOFT_404, detail="error404")
    found = blocks(root, furniture().zone)
    return by_phrase([title_tag(root)], found, found, source)


def _title_in(titles: Sequence[str], known: Sequence[str]) -> str | None:
    for title in titles:
        key = Furniture.bare(fold(title).lower())
        parts = {key, *(Furniture.bare(part) for part in key.replace("|", "-").split("-"))}
        for phrase in known:
            if phrase in parts:
                return phrase
    return None


def listing(everything: Sequence[Block], kept: Sequence[Block], said: Structured) -> Rejection | None:
    """A page of links to articles: more linked headlines than text, or a text made of teasers under such headlines."""
    if said.types or said.page_type == "article":
        return None
    if kept and _is_dated_flash(kept[0], everything):
        return None
    headlines = [block for block in everything if _is_headline(block) and block.zone not in {"nav", "footer"}]
    letters = sum(block.size for block in kept)
    if len(headlines) >= HEADLINES and letters < min(SCANT, sum(block.size for block in headlines) * 0.25):
        return Rejection(reason=Reason.LISTING, detail=f"{len(headlines)} linked headlines, {letters} letters of text")
    under = sum(block.size for block in kept if _stands_under_headline(block, everything))
    if any(block.size > TEASER for block in kept):
        return None
    if letters and len(headlines) >= HEADLINES // 2 and under > letters * CARDS:
        return Rejection(reason=Reason.LISTING, detail=f"{len(headlines)} linked headlines, text is their teasers")
    return None


def _is_dated_flash(block: Block, everything: Sequence[Block]) -> bool:
    """Whether words stand right below a headline without a link and its day: an item, however many links follow."""
    above = everything[max(0, block.order - BELOW) : block.order]
    heads = [
        at for at, other in enumerate(above) if other.heading and not other.linked and len(other.text.split()) > WORDS
    ]
    return bool(heads) and block.size >= WORDLESS and any(_DAY.search(other.text) for other in above[heads[-1] + 1 :])


def _is_headline(block: Block) -> bool:
    return block.link_share > 0.8 and 15 <= block.size <= 200


def _stands_under_headline(block: Block, everything: Sequence[Block]) -> bool:
    before = everything[max(0, block.order - 2) : block.order]
    return any(_is_headline(other) for other in before)
