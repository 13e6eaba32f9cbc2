"""An outlet's own selectors for title, text and what to drop, put to a page; it knows no selector itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.errors import FactsError
from crawler.outlet import Outlet, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What one rule points at in one page; empty where it says or finds nothing."""

    title: etree._Element | None
    bodies: tuple[etree._Element, ...]
    dropped: frozenset[etree._Element]


NOTHING = Ruled(title=None, bodies=(), dropped=frozenset())


def rules(outlet: Outlet, captured: date) -> Sequence[Page]:
    """The outlet's layouts, that of the day of capture first: a page fetched today wears today's layout.

    The others follow, because some outlets leave their old pages as they were.
    """
    today = outlet.page_on(captured)
    others = [page for page in outlet.pages if page is not today]
    return [today, *others] if today is not None else others


def apply(root: etree._Element, outlet: Outlet, captured: date) -> Iterator[Ruled]:
    """What each rule finds in the page, best rule first; rules that find no text or title are passed over.

    Raises:
        FactsError: a selector of the outlet's file is no CSS.
    """
    for page in rules(outlet, captured):
        ruled = Ruled(
            title=next(iter(_found(root, page.title, outlet)), None),
            bodies=_outermost(_found(root, page.body, outlet)),
            dropped=frozenset(element for selector in page.drop for element in _found(root, selector, outlet)),
        )
        if ruled.bodies or ruled.title is not None:
            yield ruled


def _found(root: etree._Element, selector: str | None, outlet: Outlet) -> list[etree._Element]:
    if not selector:
        return []
    found = _compiled(selector, outlet.id)(root)
    return [element for element in found if isinstance(element, etree._Element)] if isinstance(found, list) else []


@lru_cache(maxsize=512)
def _compiled(selector: str, outlet: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise FactsError(f"{outlet}: {selector!r} is no CSS selector: {error}") from None


def _outermost(elements: list[etree._Element]) -> tuple[etree._Element, ...]:
    chosen = set(elements)
    return tuple(one for one in elements if not any(above in chosen for above in one.iterancestors()))
