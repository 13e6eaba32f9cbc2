"""Bytes of a seed read into candidates with their hints; it never fetches, judges a date or decides what is wanted.

Feeds: https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287 and RSS 1.0 (RDF).
Sitemaps: https://www.sitemaps.org/protocol.html. REST: https://developer.wordpress.org/rest-api/reference/posts/.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urldefrag, urljoin

from lxml import etree
from w3lib.url import safe_url_string

from archive.records import Hints, Role
from crawler.outlet_file import SeedKind
from crawler.page import dom
from crawler.page.decode import decode

MAX_CANDIDATES = 50_000  # of one listing: the bound of the sitemap protocol
MAX_BYTES = 64 << 20  # of a listing, unpacked; the protocol says 50 MiB
MAX_ADDRESS = 4096  # code points of an address, MAX_HINT of a hint: longer ones are mistakes or attacks
MAX_HINT = 20_000
GZIP_MAGIC = b"\x1f\x8b"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SURROGATES = re.compile("[\ud800-\udfff]")
ABSOLUTE = re.compile(r"https?://[^/?#]", re.IGNORECASE)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

# Local names of the formats' elements, because real feeds mix and lose namespaces.
ROOTS = ("urlset", "sitemapindex", "rss", "feed", "RDF")
ITEMS = ("item", "entry")
ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:sitemap|url|item|entry)(?=[\s/>])")  # where one begins
PUBLISHED = ("pubDate", "published", "issued", "date", "created")
CHANGED = ("updated", "modified")
SUMMARY = ("description", "summary")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A discovered address and all that its seed said of it, letter for letter."""

    url: str
    hints: Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """One more seed page that a seed page names (a sitemap of an index)."""

    url: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one seed page lists. `problem` says in one line why less was read than the page may hold."""

    candidates: tuple[Candidate, ...] = ()
    more: tuple[Further, ...] = ()
    problem: str | None = None


_Listed = TypeVar("_Listed", Candidate, Further)


def read_seed(kind: SeedKind, url: str, content: bytes, content_type: str | None) -> Listing:
    """Read one seed page, content coding already removed. Never raises: what cannot be read is a `problem`."""
    if kind is SeedKind.REST:
        return _read_rest(url, content)
    if kind in (SeedKind.SECTION, SeedKind.SEARCH, SeedKind.TAG):
        return _read_section(kind, url, content, content_type)
    return _read_xml(kind, url, content, content_type)


def _read_xml(kind: SeedKind, url: str, content: bytes, content_type: str | None) -> Listing:
    unpacked, problem = _unpacked(content)
    text = CONTROLS.sub(" ", decode(unpacked, content_type).text).lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return _read_lines(kind, url, text, problem)
    root, broken = _tree(text, url)
    if root is None:
        return Listing(problem=problem or broken or "no element could be read")
    reader = _Xml(kind=kind, url=url)
    more = tuple(_firsts(reader.further(root)))
    candidates = tuple(_firsts(reader.candidates(root)))
    if not more and not candidates and problem is None and _local(root) not in ROOTS:
        problem = f"neither feed nor sitemap: its root element is <{_local(root)}>"
    if problem is None and broken is not None:
        problem = _cut_short(text, root, broken)
    return Listing(candidates=candidates, more=more, problem=problem)


def _unpacked(content: bytes) -> tuple[bytes, str | None]:
    """A gz sitemap unpacked, bounded; a torn one as far as it reads."""
    if not content.startswith(GZIP_MAGIC):
        cut = len(content) > MAX_BYTES
        return content[:MAX_BYTES], f"longer than {MAX_BYTES} bytes" if cut else None
    unzip = zlib.decompressobj(wbits=31)
    try:
        unpacked = unzip.decompress(content, MAX_BYTES)
    except zlib.error as error:
        return b"", f"broken gzip: {error}"
    if unzip.unconsumed_tail:
        return unpacked, f"longer than {MAX_BYTES} bytes when unpacked"
    return unpacked, None if unzip.eof else "gzip ends too early"


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
    words = DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    try:
        root: etree._Element | None = etree.fromstring(words, parser, base_url=url)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    fatal = next((error for error in parser.error_log if error.level >= etree.ErrorLevels.FATAL), None)
    return root, f"broken XML: line {fatal.line}: {' '.join(fatal.message.split())[:200]}" if fatal else None


def _read_lines(kind: SeedKind, url: str, text: str, problem: str | None) -> Listing:
    """A plain sitemap: one address a line."""
    lines = (line.strip() for line in text.splitlines())
    wanted = (line for line in lines if line.startswith(("http://", "https://")))
    found = (Candidate(url=resolved(url, line), hints=_hints(kind, url)) for line in wanted)
    candidates = tuple(_firsts(found))
    if not candidates and problem is None:
        problem = "empty" if not text.strip() else "neither XML nor a list of addresses"
    return Listing(candidates=candidates, problem=problem)


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
                hints = _hints(
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
        return _hints(
            self.kind,
            self.url,
            title=said.get("title"),
            summary=next((said[name] for name in SUMMARY if name in said), None),
            published=next((said[name] for name in PUBLISHED if name in said), None),
            lastmod=next((said[name] for name in CHANGED if name in said), None),
        )


def _hints(kind: SeedKind, seed: str, **said: str | None) -> Hints:
    kept = {name: text[:MAX_HINT] for name, text in said.items() if text}
    return Hints(role=Role.PAGE, seed=seed, seed_kind=kind.value, **kept)  # type: ignore[arg-type]  # keys are Hints' own


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


def _read_rest(url: str, content: bytes) -> Listing:
    try:
        posts = json.loads(content[:MAX_BYTES])
    except (ValueError, RecursionError) as error:
        return Listing(problem=f"not JSON: {error}")
    if isinstance(posts, dict):
        return Listing(problem=f"the server says {posts.get('code', 'something else')}")
    if not isinstance(posts, list):
        return Listing(problem="not a list of posts")
    found = (_post(url, post) for post in posts if isinstance(post, dict) and isinstance(post.get("link"), str))
    return Listing(candidates=tuple(_firsts(found)))


def _post(url: str, post: Mapping[str, object]) -> Candidate:
    """A WordPress post. `date` and `modified` are the outlet's local time; the `_gmt` twins can disagree with them."""
    hints = _hints(
        SeedKind.REST,
        url,
        title=_rendered(post.get("title")),
        published=_words(post.get("date")),
        lastmod=_words(post.get("modified")),
    )
    return Candidate(url=resolved(url, str(post["link"])), hints=hints)


def _rendered(field: object) -> str | None:
    return _words(field.get("rendered")) if isinstance(field, dict) else None


def _words(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _read_section(kind: SeedKind, url: str, content: bytes, content_type: str | None) -> Listing:
    """Every link of a listing page to a web address, in the page's order, with the longest of its link texts."""
    decoded = decode(content[:MAX_BYTES], content_type)
    root = dom.parse(decoded.text) if decoded.text.strip() else None
    if root is None:
        return Listing(problem=decoded.problem or "empty")
    named = next((said for element in root.iter("base") if (said := element.get("href"))), "")
    base = resolved(url, named)
    titles: dict[str, str] = {}
    for anchor in root.iter("a", "area"):
        said = (anchor.get("href") or "").strip()
        address = resolved(base, said, decoded.encoding) if said and not said.startswith("#") else ""
        if address.startswith(("http://", "https://")) and len(titles) < MAX_CANDIDATES:
            titles[address] = max(titles.get(address, ""), dom.text_of(anchor), key=len)
    found = tuple(Candidate(url=at, hints=_hints(kind, url, title=title)) for at, title in titles.items() if at != url)
    return Listing(candidates=found, problem=decoded.problem)


def resolved(base: str, said: str, encoding: str = "utf-8") -> str:
    """An address as it will be requested: absolute, no fragment, percent-encoded (its query in the page's encoding).

    What cannot be an address comes back as it was said, for scope to refuse.
    """
    words = SURROGATES.sub("\ufffd", re.sub(r"[\t\r\n]", "", said.strip()))[:MAX_ADDRESS]
    try:
        # urljoin would lose an empty parameter or query of an address that needs no base.
        whole = words if ABSOLUTE.match(words) else urljoin(base, words)
        return safe_url_string(urldefrag(whole).url, encoding=encoding)
    except (ValueError, LookupError):
        return words


def _firsts(found: Iterator[_Listed]) -> Iterator[_Listed]:
    """The first of each address, at most MAX_CANDIDATES."""
    seen: set[str] = set()
    for listed in found:
        if len(seen) >= MAX_CANDIDATES:
            return
        if listed.url not in seen:
            seen.add(listed.url)
            yield listed
