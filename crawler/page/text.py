"""A page's title and its text, each paragraph with its place in the payload, or why there is none; pure.

What is read beside a text, its dates, wire and topic, is read in article.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, partial
from urllib.parse import urlsplit

from archive.arabic import clean
from archive.records import Paragraph, Reason, Rejection
from crawler import dateline
from crawler.agencies import Sort
from crawler.page import (
    captions,
    content,
    dom,
    edges,
    furniture,
    inline,
    leads,
    locate,
    others,
    refusals,
    spared,
    structured,
    titles,
    told,
)
from crawler.page.blocks import Block, blocks
from crawler.page.chosen import Chosen, Page, Source, choose
from crawler.reader import Reader

_Parts = tuple[titles.Title, tuple[Paragraph, ...], tuple[str, ...]]  # with the captions beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a page says as its article, and the page it was chosen from."""

    title: titles.Title
    paragraphs: tuple[Paragraph, ...]
    captions: tuple[str, ...]
    chosen: Chosen
    page: Page


def read(source: Source, reader: Reader) -> Text | Rejection:
    """The text of a page, or why there is none."""
    table = furniture.furniture(reader.learned)
    found_blocks, cut = inline.opened(blocks(source.root, table.zone))
    said = structured.read(source.root)
    named = (said.headline, *said.headlines) if said.headline or said.headlines else (titles.title_tag(source.root),)
    found_blocks = spared.lifted(found_blocks, named, table)
    page = Page(source=source, reader=reader, said=said, blocks=found_blocks, table=table, cut=cut)
    found = choose(page)
    title = _title(page, found)
    if not found.content.blocks and not found.told:
        found = replace(found, content=content.beside_title(found.blocks, title.element, table))
    return _refused(page, found, title) or _told(page, found, title)


def _told(page: Page, found: Chosen, title: titles.Title) -> Text | Rejection:
    """The text of what was chosen; a title that the page does not print may stand in a seed."""
    title, paragraphs, beside = _text(page, found, title)
    if not paragraphs:
        return Rejection(reason=Reason.NO_TEXT, detail=f"{len(page.blocks)} blocks, none of them an article's")
    if not title.text:
        hinted = titles.tidy(page.source.capture.hints.title or "")
        if not hinted:
            return Rejection(reason=Reason.NO_TITLE, detail=paragraphs[0].text[:80])
        title = replace(title, text=hinted)
    return Text(title=title, paragraphs=paragraphs, captions=beside, chosen=found, page=page)


def _title(page: Page, found: Chosen) -> titles.Title:
    if found.title is not None:
        text = titles.tidy(dom.text_of(found.title))
        if text:
            return titles.with_subtitle(titles.Title(text=text, element=found.title), found.blocks, found.first)
    origin = titles.Origin(names=page.sites, address=page.source.capture.url)
    chosen = titles.choose(page.source.root, page.said, found.blocks, found.first, origin)
    if chosen.element is None and page.table.is_house(chosen.text, page.sites):
        origin = replace(origin, names=(*page.sites, chosen.text))
        chosen = titles.choose(page.source.root, page.said, found.blocks, found.first, origin)
    return titles.with_subtitle(chosen, found.blocks, found.first)


def _refused(page: Page, found: Chosen, title: titles.Title) -> Rejection | None:
    kept = found.content.blocks
    if found.told:
        return None
    named = [title.text, titles.title_tag(page.source.root)]
    refused = refusals.by_phrase(named, kept, found.blocks, page.source.decoded.text)
    if refused is None and found.extractor != "outlet-rules":
        refused = refusals.listing(found.blocks, kept, page.said)
    if refused is None and page.source.torn and not _is_whole(found):
        refused = Rejection(reason=Reason.TRUNCATED, detail=page.source.torn)
    return refused


def _is_whole(found: Chosen) -> bool:
    """Whether a torn page goes on after its article: then the article itself is not torn."""
    kept = found.content.blocks
    return bool(kept) and found.blocks[-1].order > kept[-1].order


def _text(page: Page, found: Chosen, title: titles.Title) -> _Parts:
    """The text, its lead told once; the title, which takes what a summary says in words of its own; captions apart."""
    source = page.source
    if found.told:
        twice = leads.find(found.told, lambda at, _: told.is_cut(found.told[at]))
        lines = [line for at, line in enumerate(found.told) if twice is None or at != twice.at]
        return title, tuple(told.paragraphs(source.payload, lines, found.told_by)), ()
    kept, cut = inline.without(edges.without_heading(found.content.blocks, title, page.sites))
    left = kept

    def signs(line: str) -> bool:
        return dateline.is_signature(line, page.reader.agencies, page.reader.outlet)

    if found.extractor != "outlet-rules":
        kept = [*content.lead(found.blocks, kept, title.element, page.table), *kept]
        kept = _with_edges(page, found, kept, title)
        left = captions.without(kept, signs, partial(_is_agency, page))
    beside = captions.beside(found.blocks, kept, left, title.element, page.table)
    if found.extractor != "outlet-rules":
        left = others.without(found.blocks, left, _known(page, found, title, signs))
        left = edges.without_labels(left, page.table, page.sites)
    title, left = _told_once(found, title, left)
    return title, tuple(_placed(source, left, cut | page.cut)), beside


def _is_agency(page: Page, words: str) -> bool:
    return page.reader.agencies.sort(words, page.sites) in (Sort.AGENCY, Sort.PARTIAL, Sort.OWN)


def _known(page: Page, found: Chosen, title: titles.Title, signs: others.Signs) -> others.Known:
    @cache
    def writers() -> tuple[str, ...]:
        signed = titles.signed_lines(found.blocks, title, found.content.blocks, page.table)
        return (*page.said.authors, *titles.visible_authors(found.blocks, page.table), *signed)

    host = (urlsplit(page.source.capture.url).hostname or "").removeprefix("www.")

    def own(line: str) -> bool:
        return signs(line) or page.table.is_house(line, page.sites)

    return others.Known(furniture=page.table, signs=own, writers=writers, host=host)


def _with_edges(page: Page, found: Chosen, kept: Sequence[Block], title: titles.Title) -> Sequence[Block]:
    """With what is the text's own at its ends though it is set apart or short."""
    reader = page.reader

    def signs(line: str) -> bool:
        return dateline.is_credit_line(line, reader.agencies, reader.outlet)

    led = edges.above(found.blocks, kept, title, page.table, signs)
    kept = [*led, *kept, *edges.below(found.blocks, kept)]
    return [*kept, *edges.closing(found.blocks, kept, page.table, lambda line: signs(line) or _is_agency(page, line))]


def _told_once(found: Chosen, title: titles.Title, kept: Sequence[Block]) -> tuple[titles.Title, Sequence[Block]]:
    """Without the summary that is the lead again; it is the subtitle if it is not word for word the lead."""
    if not kept:
        return title, kept
    if title.subtitle and leads.compare(title.subtitle, kept[0].text) is leads.Copy.WHOLE:
        title = replace(title, subtitle=None)
    twice = leads.find([block.text for block in kept], lambda at, lead: leads.is_apart(kept[at], kept[lead], kept))
    if twice is None:
        orders = [block.order for block in found.blocks if block.element is title.element]
        between = found.blocks[orders[-1] + 1 : kept[0].order] if orders else ()
        summary = None if title.subtitle else leads.outside(between, kept)
        return (replace(title, subtitle=titles.tidy(summary.text)) if summary else title), kept
    if twice.copy is leads.Copy.REWORDED and title.subtitle:
        return title, kept  # no second place for words of its own
    if twice.copy is not leads.Copy.WHOLE and not title.subtitle:
        title = replace(title, subtitle=titles.tidy(kept[twice.at].text))
    return title, [block for at, block in enumerate(kept) if at != twice.at]


def _placed(source: Source, kept: Sequence[Block], cut: Set[int]) -> Iterator[Paragraph]:
    line = kept[0].element.sourceline if kept else None
    index = locate.index_html(source.payload, line - 1 if isinstance(line, int) else 1)
    paths = dom.Paths()
    for block in kept:
        cleaned = clean(block.text)
        if not cleaned.text or not block.size:
            continue
        place = index.find(block.text, block.skeleton)
        repairs = (*((inline.CUT,) if block.order in cut else ()), *cleaned.repairs)
        repairs = repairs if place.exact else (*repairs, told.inexact(place))
        if place.length and source.decoded.text.find(dom.NUL, place.offset, place.offset + place.length) >= 0:
            repairs = (*repairs, "control-characters")
        yield Paragraph(
            text=cleaned.text,
            where=paths.of(block.element),
            offset=place.offset,
            length=place.length,
            repairs=repairs,
        )
