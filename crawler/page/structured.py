"""What a page says of itself for machines: JSON-LD, Open Graph, microdata, recommenders; it believes nothing."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from crawler import escapes
from crawler.page import appstate, dom
from crawler.page.told import NOTHING, Told

MAX_SCRIPT = 1 << 20  # code points of one JSON-LD script
MAX_NODES = 2_000  # of one script's tree
_ARTICLE_TYPES = (
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle "
    "OpinionNewsArticle ReviewNewsArticle AdvertiserContentArticle BlogPosting LiveBlogPosting SocialMediaPosting "
    "Report ScholarlyArticle TechArticle"
)
_ARTICLES = frozenset(_ARTICLE_TYPES.split())
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_RECOMMENDER = "text/tawsiyat"  # Al Mayadeen's: a flat object of title, author, keywords, word_count
_RECOMMENDED_BODIES = ("articleBody", "article_body", "body", "content", "text")
_PROPERTIES = etree.XPath("descendant-or-self::*[@itemprop]")

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """The claims of a page about its article; empty where it makes none."""

    headline: str = ""
    headlines: tuple[str, ...] = ()  # og:title and the like, weaker
    authors: tuple[str, ...] = ()
    told: Told = NOTHING  # the article's text: line ends kept, markup taken out
    words: int = 0  # said to be in it
    sections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    canonical: str | None = None
    page_type: str = ""  # og:type


class _Tags:
    """The tags of a page that tell machines, found in one pass."""

    __slots__ = ("link", "meta", "script")

    def __init__(self, root: etree._Element) -> None:
        self.meta: list[etree._Element] = []
        self.script: list[etree._Element] = []
        self.link: list[etree._Element] = []
        for element in root.iter("meta", "script", "link"):
            getattr(self, element.tag).append(element)


def read(root: etree._Element) -> Structured:
    """Everything a page's head, scripts and attributes claim. Broken JSON is passed over: it claims nothing."""
    tags = _Tags(root)
    articles = [node for node in _scripts(tags.script, "ld+json") if _ARTICLES & set(_texts(node.get("@type")))]
    metas = _metas(tags.meta)
    main = max(articles, key=_weight, default={})
    advised = next(_scripts(tags.script, _RECOMMENDER), {})
    headline, authors = _text(main.get("headline")) or _text(main.get("name")), tuple(_authors(main))
    named = () if headline and authors else _with_property(root)
    return Structured(
        headline=headline or _itemprop(named, "headline") or _text(advised.get("title")),
        headlines=tuple(filter(None, (metas.get("og:title", ""), metas.get("twitter:title", "")))),
        authors=authors or tuple(filter(None, [_author_prop(named)])) or tuple(_authors(advised)),
        told=_told(tags.meta, main, advised),
        words=_count(main.get("wordCount")) or _count(advised.get("word_count")),
        sections=_sections(main, metas),
        types=tuple(_texts(main.get("@type"))),
        publishers=tuple(_publishers(main, metas)),
        canonical=_canonical(tags.link, metas),
        page_type=metas.get("og:type", "").lower(),
    )


def _told(metas: Iterable[etree._Element], main: dict[str, Json], advised: dict[str, Json]) -> Told:
    """The longest text among articleBody of JSON-LD, of microdata's meta tag, and a recommender's body."""
    offers = [Told(text=_plain(main.get("articleBody")), source="json-ld:articleBody")]
    for meta in metas:
        if "articleBody" in (meta.get("itemprop") or "").split():
            offers.append(Told(text=_plain(meta.get("content") or ""), source="microdata:articleBody"))
    for key in _RECOMMENDED_BODIES:
        offers.append(Told(text=_plain(advised.get(key)), source=f"tawsiyat:{key}"))
    best = max(offers, key=lambda told: len(told.text))
    return best if best.text.strip() else NOTHING


def _count(value: Json) -> int:
    """A number of words, which some write as a string; 0 when it is none."""
    said = str(value).strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0


def _weight(node: dict[str, Json]) -> tuple[bool, int]:
    """The article that carries text or a headline is the page's, not one it links to."""
    return bool(_text(node.get("headline"))), len(_text(node.get("articleBody")))


def _scripts(scripts: Iterable[etree._Element], kind: str) -> Iterator[dict[str, Json]]:
    """Every object in the scripts whose type says so."""
    for script in scripts:
        if kind not in (script.get("type") or "").lower():
            continue
        source = _WRAPPING.sub("", (script.text or "")[:MAX_SCRIPT]).strip()
        try:
            tree: Json = json.loads(escapes.whole(source), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _nodes(tree)


def _nodes(tree: Json) -> Iterator[dict[str, Json]]:
    """All objects of a tree, level by level, MAX_NODES at most."""
    waiting: deque[Json] = deque([tree])
    seen = 0
    while waiting and seen < MAX_NODES:
        node = waiting.popleft()
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _text(value: Json) -> str:
    """A string of a value or of its first item, references read, spaces joined."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if not isinstance(value, str):
        return ""
    return " ".join(appstate.plain(html.unescape(value)).split())


def _texts(value: Json) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [said for item in values if (said := _text(item))]


def _plain(value: Json) -> str:
    if isinstance(value, list):
        return "\n\n".join(_plain(item) for item in value)
    if not isinstance(value, str):
        return ""
    return appstate.plain(html.unescape(value))


def _names(value: Json) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = _text(item.get("name")) if isinstance(item, dict) else _text(item)
        if name and not name.startswith(("http://", "https://")):
            yield name


def _authors(main: dict[str, Json]) -> Iterator[str]:
    yield from _names(main.get("author") or main.get("creator"))


def _publishers(main: dict[str, Json], metas: dict[str, str]) -> Iterator[str]:
    yield from _names(main.get("publisher"))
    if metas.get("og:site_name"):
        yield metas["og:site_name"]


def _sections(main: dict[str, Json], metas: dict[str, str]) -> tuple[str, ...]:
    said = [*_texts(main.get("articleSection")), metas.get("article:section", "")]
    return tuple(dict.fromkeys(filter(None, said)))


def _metas(metas: Iterable[etree._Element]) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in metas:
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            found.setdefault(name, content)
    return found


def _with_property(root: etree._Element) -> list[etree._Element]:
    found = _PROPERTIES(root)
    return [node for node in found if isinstance(node, etree._Element)] if isinstance(found, list) else []


def _itemprop(named: Iterable[etree._Element], name: str) -> str:
    for element in named:
        if name in (element.get("itemprop") or "").split():
            return " ".join((element.get("content") or "").split()) or dom.text_of(element)[:300]
    return ""


def _author_prop(named: Iterable[etree._Element]) -> str:
    """The name inside an author property, which may hold a logo and links besides."""
    for element in named:
        if "author" in (element.get("itemprop") or "").split():
            said = _itemprop(_with_property(element), "name") or " ".join(
                (element.get("content") or dom.text_of(element)).split()
            )
            return "" if "://" in said else said[:300]
    return ""


def _canonical(links: Iterable[etree._Element], metas: dict[str, str]) -> str | None:
    for link in links:
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href")).strip()
    return metas.get("og:url") or None
