"""Several engines' opinions of one page, for the thorough mode: each is asked on a short leash; none decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from crawler.page.blocks import Block, blocks
from crawler.page.engines import SILENT, Opinion, as_html, is_bounded, opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Which blocks each engine takes for the article, by their order in the page."""

    usual: frozenset[int]  # trafilatura
    strict: frozenset[int]  # trafilatura, in doubt without
    scored: frozenset[int]  # readability: by the scores of paragraphs and the boxes around them

    @property
    def any(self) -> frozenset[int]:
        """What at least one of them takes."""
        return self.usual | self.strict | self.scored

    @property
    def all(self) -> frozenset[int]:
        """What all of them take."""
        return self.usual & self.strict & self.scored

    @property
    def most(self) -> frozenset[int]:
        """What two of them take."""
        return (self.usual & self.strict) | (self.usual & self.scored) | (self.strict & self.scored)


def ask(root: etree._Element, page: Sequence[Block]) -> Voices:
    """Ask every engine about a tree, and find what each says among the page's blocks; the tree is not touched.

    Trees beyond the bounds of engines.py are not asked about: all are silent.
    """
    if not is_bounded(root):
        return Voices(usual=frozenset(), strict=frozenset(), scored=frozenset())
    return Voices(
        usual=heard(page, _trafilatura(root, strict=False)),
        strict=heard(page, _trafilatura(root, strict=True)),
        scored=heard(page, _readability(root)),
    )


def heard(page: Sequence[Block], said: Opinion) -> frozenset[int]:
    """The blocks that an opinion vouches for, by themselves or as cells of a row that it holds whole."""
    found = {block.order for block in page if said.vouches(block.skeleton)}
    for row, cells in groupby(page, key=_row):
        held = list(cells)
        if row is not None and said.vouches("".join(cell.skeleton for cell in held)):
            found.update(cell.order for cell in held)
    return frozenset(found)


def _row(block: Block) -> etree._Element | None:
    """The row of a table that a block stands in, if it is a cell of one."""
    element: etree._Element | None = block.element
    for _ in range(3):
        if element is None or element.tag == "tr":
            return element
        element = element.getparent()
    return None


def _trafilatura(root: etree._Element, *, strict: bool) -> Opinion:
    import trafilatura

    said = trafilatura.extract(
        as_html(root),
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        with_metadata=False,
        favor_precision=strict,
    )
    return opinion(said) if said else SILENT


def _readability(root: etree._Element) -> Opinion:
    """Readability as trafilatura brings it along; what it leaves is read as blocks."""
    from trafilatura.external import try_readability

    kept = try_readability(as_html(root))
    return opinion("\n".join(block.text for block in blocks(kept, lambda _: None)))
