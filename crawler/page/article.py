"""From a page's tree to an Article: outlet rules, then what the page tells machines, then the general reader; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml import etree

from archive.arabic import clean
from archive.records import Article, Capture, Paragraph, Reason, Rejection
from crawler import dateline, dates, topic
from crawler.page import (
    appstate,
    captions,
    content,
    dom,
    edges,
    engines,
    furniture,
    inline,
    kinds,
    language,
    leads,
    locate,
    outlet_rules,
    plain,
    refusals,
    structured,
    thorough,
    titles,
    told,
)
from crawler.page.blocks import Block, blocks
from crawler.page.decode import Decoded
from crawler.reader import Mode, Reader

WHOLE = 0.95  # share of JSON-LD's text that must be found in the page for it to be the text's measure
LEAST_BODY = 150  # letters of an articleBody that is believed at all
# Zones in which a source named is another story's.
ELSEWHERE = frozenset({"caption", "related", "aside", "comment", "nav", "hidden", "embed", "advert", "overlay"})
LINKED = 0.5  # share of a line that is links, from which it is another story's
SHOWN = 0.5  # share of a told text that readers are shown at most, where it is taken instead
SCANT = 1_500  # letters shown from which no app's state is looked into


_Text = tuple[titles.Title, tuple[Paragraph, ...], tuple[str, ...]]  # with the captions beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A decoded and parsed page; `torn` says how it was cut, if it was."""

    capture: Capture
    decoded: Decoded
    root: etree._Element
    torn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
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
class _Page:
    """What every step looks at."""

    source: Source
    reader: Reader
    said: structured.Structured
    blocks: list[Block]
    table: furniture.Furniture

    @property
    def sites(self) -> tuple[str, ...]:
        """Names the outlet goes by, and its host."""
        outlet = self.reader.outlet
        host = (urlsplit(self.source.capture.url).hostname or "").removeprefix("www.")
        return tuple(filter(None, (outlet.name, outlet.english, outlet.agency, host)))


def read_source(source: Source, reader: Reader) -> Article | Rejection:
    """The article of a page, or why there is none."""
    table = furniture.furniture(reader.learned)
    page = _Page(
        source=source,
        reader=reader,
        said=structured.read(source.root),
        blocks=blocks(source.root, table.zone),
        table=table,
    )
    found = _ruled(page) or _general(page)
    title = _title(page, found)
    if not found.content.blocks and not found.told:
        found = replace(found, content=content.beside_title(found.blocks, title.element, table))
    refused = _refused(page, found, title)
    if refused is not None:
        return refused
    title, paragraphs, beside = _text(page, found, title)
    if not paragraphs:
        return Rejection(reason=Reason.NO_TEXT, detail=f"{len(page.blocks)} blocks, none of them an article's")
    if not title.text:
        hinted = titles.tidy(source.capture.hints.title or "")
        if not hinted:
            return Rejection(reason=Reason.NO_TITLE, detail=paragraphs[0].text[:80])
        title = replace(title, text=hinted)
    return replace(_article(page, found, title, paragraphs), captions=beside)


def _ruled(page: _Page) -> _Found | None:
    """By the outlet's own rules, if one of them finds text."""
    source = page.source
    for ruled in outlet_rules.apply(source.root, page.reader.outlet, source.capture.instant.date()):
        left = blocks(source.root, page.table.zone, ruled.dropped) if ruled.dropped else page.blocks
        chosen = content.within(left, ruled.bodies, page.table) if ruled.bodies else content.NOTHING
        if chosen.blocks:
            return _Found(extractor="outlet-rules", content=chosen, blocks=left, title=ruled.title)
        if ruled.title is not None and not ruled.bodies:
            return replace(_general(page), title=ruled.title)
    return None


def _general(page: _Page) -> _Found:
    """By what the page tells machines when it is the whole text, else by the general reader's vote."""
    said = page.said.told
    if said.size >= LEAST_BODY and not said.is_cut:
        found = _voted(page, engines.opinion(said.text), said.kind)
        if sum(block.size for block in found.content.blocks) >= said.size * WHOLE:
            return found
    if page.reader.mode is Mode.THOROUGH:
        chosen, settled = thorough.read(page.source.root, page.blocks, page.table)
        return _or_told(page, _Found(extractor="thorough", content=chosen, blocks=settled))
    by_shape = _by_shape(page)
    return _or_told(page, by_shape or _voted(page, engines.ask(page.source.root), "trafilatura"))


def _by_shape(page: _Page) -> _Found | None:
    """By the page's own shape, unless that is doubtful: then an engine's opinion is worth its time."""
    settled = content.settle_zones(page.blocks, lambda _: False)
    chosen = plain.read(settled, page.table)
    if plain.is_doubtful(chosen, page.blocks):
        return None
    return _Found(extractor="shape", content=chosen, blocks=settled)


def _or_told(page: _Page, found: _Found) -> _Found:
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


def _voted(page: _Page, opinion: engines.Opinion, extractor: str) -> _Found:
    def vouch(block: Block) -> bool:
        return opinion.vouches(block.skeleton)

    settled = content.settle_zones(page.blocks, vouch)
    return _Found(extractor=extractor, content=content.choose(settled, vouch, page.table), blocks=settled)


def _title(page: _Page, found: _Found) -> titles.Title:
    if found.title is not None:
        text = titles.tidy(dom.text_of(found.title))
        if text:
            return titles.with_subtitle(titles.Title(text=text, element=found.title), found.blocks, found.first)
    chosen = titles.choose(page.source.root, page.said, found.blocks, found.first, page.sites)
    if chosen.element is None and page.table.is_house(chosen.text, page.sites):
        sites = (*page.sites, chosen.text)
        chosen = titles.choose(page.source.root, page.said, found.blocks, found.first, sites)
    return titles.with_subtitle(chosen, found.blocks, found.first)


def _refused(page: _Page, found: _Found, title: titles.Title) -> Rejection | None:
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


def _is_whole(found: _Found) -> bool:
    """Whether a torn page goes on after its article: then the article itself is not torn."""
    kept = found.content.blocks
    return bool(kept) and found.blocks[-1].order > kept[-1].order


def _text(page: _Page, found: _Found, title: titles.Title) -> _Text:
    """The text, its lead told once; the title, which takes what a summary says in words of its own; captions apart."""
    payload = page.source.decoded.text
    if found.told:
        twice = leads.find(found.told, lambda at, _: told.is_cut(found.told[at]))
        lines = [line for at, line in enumerate(found.told) if twice is None or at != twice.at]
        return title, tuple(told.paragraphs(dom.safe(payload), lines, found.told_by)), ()
    kept, cut = inline.without(edges.without_heading(found.content.blocks, title, page.sites))
    left = kept
    if found.extractor != "outlet-rules":
        kept = [*content.lead(found.blocks, kept, title.element, page.table), *kept]
        kept = _with_edges(page, found, kept, title)
        left = captions.without(
            kept, lambda line: dateline.is_signature(line, page.reader.agencies, page.reader.outlet)
        )
    beside = captions.beside(found.blocks, kept, left, title.element, page.table)
    title, left = _told_once(found, title, left)
    return title, tuple(_placed(payload, left, cut)), beside


def _with_edges(page: _Page, found: _Found, kept: Sequence[Block], title: titles.Title) -> Sequence[Block]:
    """With what is the text's own at its ends though it is set apart or short."""
    reader = page.reader

    def signs(line: str) -> bool:
        return dateline.is_credit_line(line, reader.agencies, reader.outlet)

    led = edges.above(found.blocks, kept, title, page.table, signs)
    return [*led, *kept, *edges.below(found.blocks, kept)]


def _told_once(found: _Found, title: titles.Title, kept: Sequence[Block]) -> tuple[titles.Title, Sequence[Block]]:
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


def _placed(payload: str, kept: Sequence[Block], cut: Set[int]) -> Iterator[Paragraph]:
    line = kept[0].element.sourceline if kept else None
    index = locate.index_html(dom.safe(payload), line - 1 if isinstance(line, int) else 1)
    paths = dom.Paths()
    for block in kept:
        cleaned = clean(block.text)
        if not cleaned.text or not block.size:
            continue
        place = index.find(block.text, block.skeleton)
        repairs = (*((inline.CUT,) if block.order in cut else ()), *cleaned.repairs)
        repairs = repairs if place.exact else (*repairs, told.inexact(place))
        if place.length and payload.find(dom.NUL, place.offset, place.offset + place.length) >= 0:
            repairs = (*repairs, "control-characters")
        yield Paragraph(
            text=cleaned.text,
            where=paths.of(block.element),
            offset=place.offset,
            length=place.length,
            repairs=repairs,
        )


def _article(page: _Page, found: _Found, title: titles.Title, paragraphs: tuple[Paragraph, ...]) -> Article:
    source, reader = page.source, page.reader
    texts = tuple(paragraph.text for paragraph in paragraphs)
    byline = _byline(page, found, title)
    credit = dateline.read(texts, byline, reader.agencies, reader.outlet, _beside(found))
    root, url = source.root, source.capture.url
    piece = kinds.Piece(
        title=title.text,
        paragraphs=texts,
        url=url,
        sections=page.said.sections,
        types=page.said.types,
        labels=titles.labels(found.blocks, title),
    )
    return Article(
        title=title.text,
        subtitle=title.subtitle,
        byline=byline,
        paragraphs=paragraphs,
        language=language.judge(" ".join((title.text, *texts)), root.get("lang") or ""),
        kind=kinds.judge(piece),
        topic=topic.judge(title.text, "\n\n".join(texts), reader.topic),
        dateline=credit.dateline,
        agency=credit.agency,
        credit=credit.credit,
        sourcing=credit.sourcing,
        claims=dates.claims(dates.Page(root=root, url=url, title=title.text), source.capture, reader.outlet),
        encoding=source.decoded.choice,
        extractor=found.extractor,
        canonical_url=page.said.canonical,
    )


def _beside(found: _Found) -> tuple[str, ...]:
    """What the page prints outside its text, where a source may be named; not what links to other stories."""
    kept = {block.order for block in found.content.blocks}
    said = [False, *(block.text.endswith(":") for block in found.blocks)]  # of the block before each: «المصدر:»
    others = (
        block
        for labelled, block in zip(said, found.blocks, strict=False)
        if block.order not in kept and (labelled or block.link_share < LINKED)
    )
    return tuple(block.text for block in others if not _is_elsewhere(block))


def _is_elsewhere(block: Block) -> bool:
    """Whether a block stands in a box of other stories, or in the foot of the page, not of an article."""
    if block.zone == "footer":
        return next(block.element.iterancestors("article", "main"), None) is None
    return block.zone in ELSEWHERE


def _byline(page: _Page, found: _Found, title: titles.Title) -> str | None:
    """Who the page says wrote it; the outlet's own name is nobody's."""
    own = {titles.key(name) for name in (*page.sites, *page.said.publishers)}
    signed = titles.signed_lines(found.blocks, title, found.content.blocks, page.table)
    for name in (*page.said.authors, *titles.visible_authors(found.blocks, page.table), *signed):
        said = titles.tidy(name)
        if said and titles.key(said) not in own and len(said) <= 120:
            return said
    return None
