"""From a page's text to an Article: what is said beside it, its date, wire, kind, language and topic; pure."""

from __future__ import annotations

from dataclasses import replace

from archive.records import Article, Rejection
from crawler import closing, dateline, dates, topic
from crawler.agencies import Sort
from crawler.page import kinds, language, text, titles
from crawler.page.blocks import Block
from crawler.page.chosen import Chosen, Page, Source
from crawler.page.text import Text
from crawler.reader import Reader

# Zones in which a source named is another story's.
ELSEWHERE = frozenset({"caption", "related", "aside", "comment", "nav", "hidden", "embed", "advert", "overlay"})
LINKED = 0.5  # share of a line that is links, from which it is another story's


def read_source(source: Source, reader: Reader) -> Article | Rejection:
    """The article of a page, or why there is none."""
    said = text.read(source, reader)
    return said if isinstance(said, Rejection) else _article(said)


def _article(said: Text) -> Article:
    page, found, title = said.page, said.chosen, said.title
    source, reader = page.source, page.reader
    texts = tuple(paragraph.text for paragraph in said.paragraphs)
    byline = _byline(page, found, title)
    credit = dateline.read(texts, byline, reader.agencies, reader.outlet, _beside(found, reader.agencies.words.sources))
    place, writer = _placed(page, found, title)
    root, url = source.root, source.capture.url
    piece = kinds.Piece(
        title=title.text,
        paragraphs=texts,
        url=url,
        sections=(*page.said.sections, *titles.section(title.text, page.said, page.sites)),
        types=page.said.types,
        labels=titles.labels(found.blocks, title),
    )
    return Article(
        title=title.text,
        subtitle=title.subtitle,
        byline=byline or writer,
        paragraphs=said.paragraphs,
        language=language.judge(" ".join((title.text, *texts)), root.get("lang") or ""),
        kind=kinds.judge(piece),
        topic=topic.judge(title.text, "\n\n".join(texts), reader.topic),
        dateline=credit.dateline if credit.dateline.said else replace(credit.dateline, place=place),
        agency=credit.agency,
        credit=credit.credit,
        sourcing=credit.sourcing,
        claims=dates.claims(dates.Page(root=root, url=url, title=title.text), source.capture, reader.outlet),
        encoding=source.decoded.choice,
        extractor=found.extractor,
        canonical_url=page.said.canonical,
        captions=said.captions,
    )


def _placed(page: Page, found: Chosen, title: titles.Title) -> tuple[str | None, str | None]:
    """The place and the writer that one line above the text names."""
    for place, writer in titles.placed_names(found.blocks, title, found.content.blocks):
        if page.reader.agencies.sort(place, page.sites) is Sort.PLACE:
            return place, writer
    return None, None


def _beside(found: Chosen, sources: tuple[str, ...]) -> tuple[str, ...]:
    """What the page prints outside its text, where a source may be named; not what links to other stories."""
    kept = {block.order for block in found.content.blocks}
    said = [False, *(closing.is_label(block.text, sources) for block in found.blocks)]  # the block before each
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


def _byline(page: Page, found: Chosen, title: titles.Title) -> str | None:
    """Who the page says wrote it; the outlet's own name is nobody's."""
    own = {titles.key(name) for name in (*page.sites, *page.said.publishers)}
    signed = titles.signed_lines(found.blocks, title, found.content.blocks, page.table)
    for name in (*page.said.authors, *titles.visible_authors(found.blocks, page.table), *signed):
        said = titles.tidy(name)
        if said and titles.key(said) not in own and len(said) <= 120:
            return said
    return None
