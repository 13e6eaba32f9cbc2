"""The outside opinion on which words of a page are the article: trafilatura on a short leash; it decides nothing."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from lxml import etree, html

from crawler.page.locate import skeleton

MAX_ELEMENTS = (
    8_000  # of a tree given to trafilatura: its passes are not linear; the largest of 300 real pages has 5,105
)
MAX_NESTING = 300  # it recurses in places


@dataclass(frozen=True, slots=True)
class Opinion:
    """Lines an engine takes for the article, as skeletons."""

    whole: str
    lines: frozenset[str]

    def vouches(self, wanted: str) -> bool:
        """Whether a block's skeleton is among the article's words; short ones must be a whole line of it."""
        if not wanted:
            return False
        if len(wanted) < 25:
            return wanted in self.lines
        return wanted in self.whole


SILENT = Opinion("", frozenset())


def opinion(text: str) -> Opinion:
    """A text as an opinion."""
    lines = frozenset(filter(None, map(skeleton, text.splitlines())))
    return Opinion(skeleton(text), lines)


def ask(root: etree._Element) -> Opinion:
    """Ask trafilatura which text of a tree is the article; the tree is not touched.

    Never deduplicate (a process-wide memory empties the fourth equal text) and no target_language (it refuses pages).
    Trees beyond MAX_ELEMENTS or MAX_NESTING are not asked about: the answer is SILENT.
    """
    if not is_bounded(root):
        return SILENT
    import trafilatura

    said = trafilatura.extract(
        as_html(root), include_comments=False, include_tables=True, deduplicate=False, with_metadata=False
    )
    return opinion(said) if said else SILENT


def is_loaded() -> bool:
    """Whether trafilatura, which takes long to load and few pages need, is loaded in this process."""
    return "trafilatura" in sys.modules


def load() -> None:
    """Load it."""
    import trafilatura  # noqa: F401  # processes forked from this one find it there


def as_html(root: etree._Element) -> html.HtmlElement:
    """A copy of a tree, of the elements that trafilatura takes."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    return html.document_fromstring(etree.tostring(root, encoding="utf-8", method="html"), parser=parser)


def is_bounded(root: etree._Element) -> bool:
    """Whether a tree is small and flat enough to be given to an engine."""
    depth = deepest = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "end":
            depth -= 1
            continue
        depth += event == "start"
        count += 1  # comments, too: an engine takes them out one by one, each in the time that all before it take
        deepest = max(deepest, depth)
        if count > MAX_ELEMENTS or deepest > MAX_NESTING:
            return False
    return True
