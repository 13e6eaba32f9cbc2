"""Feeds (RSS, Atom, RDF) and sitemaps in XML, broken ones as far as they can be read; it resolves no entity of theirs.

Feeds: https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287 and RSS 1.0 (RDF).
Sitemaps: https://www.sitemaps.org/protocol.html.
"""

from __future__ import annotations

import html.entities
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from archive.records import Hints
from crawler.listing.lines import read_lines
from crawler.listing.nouns import MAX_BYTES, Candidate, Further, Listing, firsts, hinted, resolved
from crawler.listing.posts import read_items
from crawler.outlet_file import SeedKind
from crawler.page import dom, refusals
from crawler.page.decode import decode

GZIP_MAGIC = b"\x1f\x8b"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# An ampersand that begins no number: a named character of HTML's, which XML does not know, or one that nobody escaped,
# as in most addresses of broken feeds. What stands in CDATA means itself.
NAMED = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!#[0-9xX])([A-Za-z][A-Za-z0-9]*;)?", re.DOTALL)
XML_MARKS = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})

# Local names of the formats' elements, because real feeds mix and lose namespaces.
ROOTS = ("urlset", "sitemapindex", "rss", "feed", "RDF")
ITEMS = ("item", "entry")
ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:sitemap|url|item|entry)(?=[\s/>])")  # where one begins
PUBLISHED = ("pubDate", "published", "issued", "date", "created")
CHANGED = ("updated", "modified")
SUMMARY = ("description", "summary")


def read_xml(kind: SeedKind, url: str, content: bytes, content_type: str | None) -> Listing:
    """A feed or sitemap, also gz, also in plain text or JSON; what is neither says so."""
    unpacked, problem = _unpacked(content)
    text = CONTROLS.sub(" ", decode(unpacked, content_type).text).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        plain = read_items if text.startswith("{") else read_lines
        return plain(kind, url, text, problem)
    root, broken = _tree(text, url)
    if root is None:
        return Listing(problem=problem or broken or "no element could be read")
    reader = _Xml(kind=kind, url=url)
    more = tuple(firsts(reader.further(root)))
    candidates = tuple(firsts(reader.candidates(root)))
    if not more and not candidates and problem is None and _local(root) not in ROOTS:
        return _no_feed(root, text)
    if problem is None and broken is not None:
        problem = _cut_short(text, root, broken)
    return Listing(candidates=candidates, more=more, problem=problem)


def _no_feed(root: etree._Element, text: str) -> Listing:
    """A page in a feed's place: one that keeps visitors out says so, and is no listing at all."""
    page = dom.parse(text) if _local(root).lower() == "html" else None
    refused = refusals.of_listing(page, text) if page is not None else None
    if refused is not None:
        return Listing(problem=f"{refused.reason.value}: {refused.detail}", reason=refused.reason)
    return Listing(problem=f"neither feed nor sitemap: its root element is <{_local(root)}>")


def _unpacked(content: bytes) -> tuple[bytes, str | None]:
    """A gz sitemap unpacked, bounded; a torn one as far as it reads."""
    if not content.startswith(GZIP_MAGIC):
        cut = len(content) > MAX_BYTES
        return content[:MAX_BYTES], f"longer than {MAX_BYTES} bytes" if cut else None
    pieces: list[bytes] = []
    left, room = content, MAX_BYTES
    while left.startswith(GZIP_MAGIC):  # a member after the other
        unzip = zlib.decompressobj(wbits=31)
        try:
            pieces.append(unzip.decompress(left, room))
        except zlib.error as error:
            return b"".join(pieces), f"broken gzip: {error}"
        room -= len(pieces[-1])
        if unzip.unconsumed_tail or room <= 0:
            return b"".join(pieces), f"longer than {MAX_BYTES} bytes when unpacked"
        if not unzip.eof:
            return b"".join(pieces), "gzip ends too early"
        left = unzip.unused_data
    return b"".join(pieces), None


def _cut_short(text: str, root: etree._Element, broken: str) -> str | None:
    """Broken XML is no problem as long as every entry that stands in it was recovered."""
    standing = len(ENTRY.findall(text))
    found = sum(1 for _ in _named(root, ("sitemap", "url", *ITEMS)))
    if 0 < standing <= found:
        return None
    return f"{broken}; {found} of {standing} entries could be read"


def _tree(text: str, url: str) -> tuple[etree._Element | None, str | None]:
    """The tree as far as it can be recovered, and the first thing that breaks it.

    No entities of its own, no network, no huge texts.
    """
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    words = NAMED.sub(_character, DECLARATION.sub("", text, count=1)).encode("utf-8", "replace")
    try:
        root: etree._Element | None = etree.fromstring(words, parser, base_url=url)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    fatal = next((error for error in parser.error_log if error.level >= etree.ErrorLevels.FATAL), None)
    return root, f"broken XML: line {fatal.line}: {' '.join(fatal.message.split())[:200]}" if fatal else None


def _character(found: re.Match[str]) -> str:
    """What an ampersand stands for, for a parser that would drop it and what follows, and glue the words beside it."""
    if not found[0].startswith("&"):
        return found[0]
    name = found[1] or ""
    if name.removesuffix(";") in XML_OWN:
        return found[0]
    known = html.entities.html5.get(name)
    return f"&amp;{name}" if known is None else known.translate(XML_MARKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Xml:
    """Reads the elements of one feed or sitemap."""

    kind: SeedKind
    url: str

    def further(self, root: etree._Element) -> Iterator[Further]:
        for element in _named(root, ("sitemap",)):
            said = _children(element)
            if address := (said.get("loc") or "").strip():
                yield Further(url=resolved(self.url, address), lastmod=said.get("lastmod"))

    def candidates(self, root: etree._Element) -> Iterator[Candidate]:
        for element in _named(root, ("url",)):
            said = _children(element)
            if address := (said.get("loc") or "").strip():
                news = {name: text for child in _named(element, ("news",)) for name, text in _children(child).items()}
                hints = hinted(
                    self.kind,
                    self.url,
                    title=news.get("title"),
                    published=news.get("publication_date"),
                    lastmod=said.get("lastmod"),
                )
                yield Candidate(url=resolved(self.url, address), hints=hints)
        for element in _named(root, ITEMS):
            if address := _link(element):
                yield Candidate(url=resolved(element.base or self.url, address), hints=self._item_hints(element))

    def _item_hints(self, item: etree._Element) -> Hints:
        said = _children(item)
        return hinted(
            self.kind,
            self.url,
            title=said.get("title"),
            summary=next((said[name] for name in SUMMARY if name in said), None),
            published=next((said[name] for name in PUBLISHED if name in said), None),
            lastmod=next((said[name] for name in CHANGED if name in said), None),
        )


def _local(element: etree._Element) -> str:
    """The name without namespace or a prefix that was never declared; empty for comments and their like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _named(root: etree._Element, names: tuple[str, ...]) -> Iterator[etree._Element]:
    return (element for element in root.iter() if _local(element) in names)


def _children(element: etree._Element) -> dict[str, str]:
    """Texts of the direct children by local name, the first of each that has one."""
    texts: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name and name not in texts:
            text = "".join(str(part) for part in child.itertext(with_tail=False))
            if text.strip():
                texts[name] = text
    return texts


def _link(item: etree._Element) -> str:
    """The item's page: its original link, its plain link, its alternate link, else an id that is an address."""
    texts = _children(item)
    links = [child for child in item if _local(child) == "link"]
    hrefs = [link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"]
    plain = [link.text or "" for link in links]
    names = [
        _text(child)
        for child in item
        if _local(child) in ("guid", "id") and child.get("isPermaLink", "true").lower() != "false"
    ]
    about = [value for name, value in item.attrib.items() if str(name).endswith("}about")]
    named = [name for name in (*names, *map(str, about)) if name.strip().startswith(("http://", "https://"))]
    offers = (texts.get("origLink", ""), *plain, *map(str, hrefs), *named)
    return next((offer.strip() for offer in offers if offer.strip()), "")


def _text(element: etree._Element) -> str:
    return element.text or ""
