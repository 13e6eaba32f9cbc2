"""Dates a page states for machines: JSON-LD, meta tags, microdata; it reads them as they stand and believes none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from crawler import escapes
from crawler.dating.moments import Moment, NoDate, machine
from crawler.dating.written import written
from crawler.page import dom

ARTICLES = re.compile(r"(?:Article|BlogPosting|Report|SocialMediaPosting)$")
PAGES = re.compile(r"(?:WebPage|VideoObject|ImageObject|MediaObject|CreativeWork)$")
# Keys of JSON-LD, and of the recommender scripts some outlets carry beside it, best first.
PUBLISHED_KEYS = ("datePublished", "publication_date", "uploadDate", "dateCreated")
MODIFIED_KEYS = ("dateModified", "last_updated_date")
SCRIPTS = ("application/ld+json", "text/tawsiyat")
LOOSE = re.compile(r'"(datePublished|publication_date|dateModified)"\s*:\s*"([^"\\]{8,40})"')
MAX_SCRIPT = 1 << 20  # code points of one script
MAX_NODES = 2_000  # of one script's tree
# Lower-case names and properties of meta tags; bare «date» and its kin are left out: too many print today.
PUBLISHED_METAS = frozenset(
    {
        "article:published_time", "article:published", "og:article:published_time", "og:published_time",
        "og:pubdate", "datepublished", "publishdate", "publish-date", "publish_date", "published_time",
        "published-date", "pubdate", "date.published", "dc.date.issued", "dcterms.issued", "dcterms.created",
        "dcterms.date", "article_date_original", "article.published", "parsely-pub-date", "sailthru.date",
        "cxenseparse:recs:publishtime", "citation_publication_date", "publication_date", "ptime",
        "originalpublicationdate", "rnews:datepublished", "bt:pubdate", "eprints.date", "lastpubdate",
    }
)  # fmt: skip
MODIFIED_METAS = frozenset(
    {
        "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
        "article.updated", "dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "revised",
        "updated_time",
    }
)  # fmt: skip

METAS = dict.fromkeys(PUBLISHED_METAS, "published") | dict.fromkeys(MODIFIED_METAS, "modified")
ITEMS = {"datePublished": "published", "dateModified": "modified"}

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One date that a page states: by which means, about publication or change, and the moment."""

    source: str
    about: str
    moment: Moment


def read(value: str) -> Moment | NoDate:
    """A value of either kind: a machine's or a person's."""
    moment = machine(value)
    return moment if isinstance(moment, Moment) else written(value)


def stated(source: str, about: str, value: str) -> Iterator[Stated]:
    """The date in a value, when there is one."""
    moment = read(value)
    if isinstance(moment, Moment):
        yield Stated(source=source, about=about, moment=moment)


# --- JSON-LD --------------------------------------------------------------------------------------------------------
def _nodes(tree: Json) -> Iterator[dict[str, Json]]:
    """Objects of a JSON tree, in the order written, at most MAX_NODES."""
    waiting: list[Json] = [tree]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting.extend(reversed(list(here.values())))
        elif isinstance(here, list):
            waiting.extend(reversed(here))


def _type(node: dict[str, Json]) -> str:
    said = node.get("@type", "")
    return " ".join(map(str, said)) if isinstance(said, list) else str(said or "")


def _of_keys(node: dict[str, Json], keys: tuple[str, ...]) -> str:
    return next((value for key in keys if isinstance(value := node.get(key), str) and value), "")


def _main_node(nodes: list[dict[str, Json]]) -> dict[str, Json]:
    """The first article that states a date; a page or a film only when no article does."""
    dated = [node for node in nodes if _of_keys(node, PUBLISHED_KEYS)]
    for kinds in (ARTICLES, PAGES):
        for node in dated:
            if any(map(kinds.search, _type(node).split())):
                return node
    return next((node for node in dated if not _type(node)), {})


def _sources(scripts: Iterable[etree._Element]) -> Iterator[str]:
    for script in scripts:
        if (kind := script.get("type")) and kind.lower().strip() in SCRIPTS:
            yield (script.text or "")[:MAX_SCRIPT].strip()


def _loads(source: str) -> Json:
    """The tree of a script; of a broken one the dates that can still be made out."""
    try:
        tree: Json = json.loads(escapes.whole(source), strict=False)
    except (ValueError, RecursionError):  # no JSON, or a number too long to be one
        found: dict[str, Json] = {}
        for key, value in LOOSE.findall(source):
            found.setdefault(key, value)
        return found
    return tree


def in_json_ld(scripts: Iterable[etree._Element]) -> Iterator[Stated]:
    """What the page's main article says in JSON-LD."""
    main = _main_node([node for source in _sources(scripts) for node in _nodes(_loads(source))])
    yield from stated("json-ld", "published", _of_keys(main, PUBLISHED_KEYS))
    yield from stated("json-ld", "modified", _of_keys(main, MODIFIED_KEYS))


# --- meta tags and microdata ----------------------------------------------------------------------------------------
def in_meta(metas: Iterable[etree._Element]) -> Iterator[Stated]:
    """What meta tags say; the first of each name."""
    seen: set[str] = set()
    for element in metas:
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower().strip()
        if (about := METAS.get(name)) and name not in seen:
            seen.add(name)
            yield from stated("meta", about, element.get("content") or "")


def in_items(items: Iterable[etree._Element]) -> Iterator[Stated]:
    """What elements with itemprop say, of which meta tags were asked already; the first of each."""
    first: dict[str, etree._Element] = {}
    for element in items:
        if element.tag != "meta":
            first.setdefault(element.get("itemprop") or "", element)
    for name, about in ITEMS.items():
        if (found := first.get(name)) is not None:
            said = found.get("datetime") or found.get("content") or (found.tag == "abbr" and found.get("title"))
            yield from stated("meta", about, said or dom.text_of(found))
