"""Which blocks of a page are its article: by an outlet's rules, by what the page tells machines, by its shape; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml import etree

from archive.records import Capture
from crawler.page import (
    appstate,
    content,
    engines,
    furniture,
    locate,
    outlet_rules,
    plain,
    structured,
    thorough,
    titles,
)
from crawler.page.blocks import Block, blocks
from crawler.page.decode import Decoded
from crawler.reader import Mode, Reader

WHOLE = 0.95  # share of JSON-LD's text that must be found in the page for it to be the text's measure
LEAST_BODY = 150  # letters of an articleBody that is believed at all
SHOWN = 0.5  # share of a told text that readers are shown at most, where it is taken instead
SCANT = 1_500  # letters shown from which no app's state is looked into


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A decoded and parsed page; `torn` says how it was cut, if it was."""

    capture: Capture
    decoded: Decoded
    payload: str  # what was decoded, as dom.safe leaves it
    root: etree._Element
    torn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The chosen blocks or JSON paragraphs, and by what."""

    extractor: str
    content: content.Content = content.NOTHING
    blocks: Sequence[Block] = ()  # all of the page's, zones settled
    told: tuple[str, ...] = ()  # paragraphs that readers are not shown
    told_by: str = ""  # where these stand
    title: etree._Element | None = None

    @property
    def first(self) -> Block | None:
        """The text's first paragraph; a heading above it may be the title."""
        return next(filter(content.is_prose, self.content.blocks), next(iter(self.content.blocks), None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every step looks at."""

    source: Source
    reader: Reader
    said: structured.Structured
    blocks: list[Block]
    table: furniture.Furniture
    cut: frozenset[int] = frozenset()  # blocks that lost a reference before any was chosen

    @property
    def sites(self) -> tuple[str, ...]:
        """Names the outlet goes by, and its host."""
        outlet = self.reader.outlet
        host = (urlsplit(self.source.capture.url).hostname or "").removeprefix("www.")
        return tuple(filter(None, (outlet.name, outlet.english, outlet.agency, host)))


def choose(page: Page) -> Chosen:
    """By the outlet's own rules, if one of them finds text, else by the general reader."""
    return _ruled(page) or _general(page)


def _ruled(page: Page) -> Chosen | None:
    """By the outlet's own rules, if one of them finds text."""
    source = page.source
    for ruled in outlet_rules.apply(source.root, page.reader.outlet, source.capture.instant.date()):
        left = blocks(source.root, page.table.zone, ruled.dropped) if ruled.dropped else page.blocks
        chosen = content.within(left, ruled.bodies, page.table) if ruled.bodies else content.NOTHING
        if chosen.blocks:
            return Chosen(extractor="outlet-rules", content=chosen, blocks=left, title=ruled.title)
        if ruled.title is not None and not ruled.bodies:
            return replace(_general(page), title=ruled.title)
    return None


def _general(page: Page) -> Chosen:
    """By what the page tells machines when it is the whole text, else by the general reader's vote."""
    said = page.said.told
    if said.size >= LEAST_BODY and not said.is_cut:
        found = _voted(page, engines.opinion(said.text), said.kind)
        if sum(block.size for block in found.content.blocks) >= said.size * WHOLE:
            return found
    if page.reader.mode is Mode.THOROUGH:
        chosen, settled = thorough.read(page.source.root, page.blocks, page.table)
        return _or_told(page, Chosen(extractor="thorough", content=chosen, blocks=settled))
    by_shape = _by_shape(page)
    return _or_told(page, by_shape or _voted(page, engines.ask(page.source.root), "trafilatura"))


def _by_shape(page: Page) -> Chosen | None:
    """By the page's own shape, unless that is doubtful: then an engine's opinion is worth its time."""
    settled = content.settle_zones(page.blocks, lambda _: False, page.table)
    chosen = plain.read(settled, page.table)
    if plain.is_doubtful(chosen, page.blocks):
        return None
    return Chosen(extractor="shape", content=chosen, blocks=settled)


def _or_told(page: Page, found: Chosen) -> Chosen:
    """What was found, or the text that the page tells machines where it shows readers less than half of it."""
    letters = sum(block.size for block in found.content.blocks)
    offers = [page.said.told]
    if letters < SCANT:
        named = (titles.title_tag(page.source.root), page.said.headline, *page.said.headlines)
        offers.append(appstate.find(page.source.root, named))
    best = max(offers, key=lambda offer: 0 if offer.is_cut else offer.size)
    if best.is_cut or best.size < LEAST_BODY or letters >= best.size * SHOWN:
        return found
    lines = tuple(line for line in best.lines if not _is_furniture(line, page.table))
    return replace(found, extractor=best.kind, content=content.NOTHING, told=lines, told_by=best.source)


def _is_furniture(line: str, table: furniture.Furniture) -> bool:
    return table.is_line(line) or table.opens(line, len(locate.skeleton(line)))


def _voted(page: Page, opinion: engines.Opinion, extractor: str) -> Chosen:
    def vouch(block: Block) -> bool:
        return opinion.vouches(block.skeleton)

    settled = content.settle_zones(page.blocks, vouch, page.table)
    return Chosen(extractor=extractor, content=content.choose(settled, vouch, page.table), blocks=settled)
