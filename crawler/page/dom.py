"""Decoded HTML as a bounded lxml tree, and what a tag is to a reader; it never reads an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

MAX_CODE_POINTS = 2 * 1024 * 1024  # of a page, read from its start: longer pages are tables or attacks
MAX_ELEMENTS = 80_000  # of a tree walked by us
FEW = 300  # children of a box, up to which the parser counts as fast as we do
MAX_DEPTH = 2048  # libxml2's own bound with huge_tree; deeper elements are left out by it
# C0 controls that libxml2 drops or stops at, and lone surrogates; each becomes one space so that offsets stand.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")
NUL = "\x00"  # HTML leaves it out: it parts no word
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\f\r")
_TO_SPACES = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))

_STREAMED = re.compile(r"S:[0-9a-z]+")  # boxes that React sends hidden and shows as soon as they are there

_WORDLESS = """script style noscript template head iframe object embed applet svg math canvas video audio map
select option button input textarea datalist progress meter dialog"""
_BLOCKS = """html body address article aside blockquote center dd details dir div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table caption colgroup tbody
tfoot thead td th tr ul amp-img frameset frame legend label"""
HIDDEN_TAGS = frozenset(_WORDLESS.split())
BLOCK_TAGS = frozenset(_BLOCKS.split())
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
ZONE_TAGS = {"nav": "nav", "aside": "aside", "footer": "footer", "figure": "caption", "figcaption": "caption"}


def safe(text: str) -> str:
    """The text with what a parser stumbles over made spaces, code point for code point, cut at MAX_CODE_POINTS."""
    return read(text)[0]


def read(text: str, utf8: bytes | None = None) -> tuple[str, bytes]:
    """A text made safe, and the bytes of it that a parser is given; `utf8` are its own, if they are at hand."""
    if len(text) > MAX_CODE_POINTS:
        text, utf8 = text[:MAX_CODE_POINTS], None
    try:
        data = text.encode() if utf8 is None else utf8
    except UnicodeEncodeError:  # a lone surrogate
        return _UNSAFE.sub(" ", text), _UNSAFE.sub(" ", text.replace(NUL, "")).encode()
    if len(data.translate(None, _CONTROLS)) == len(data):
        return text, data
    return _UNSAFE.sub(" ", text), data.translate(_TO_SPACES, NUL.encode())


def parse(text: str) -> etree._Element | None:
    """The tree of an HTML text, or None when it holds no element. Never raises on bad markup, opens nothing."""
    return parse_bytes(read(text)[1])


def parse_bytes(data: bytes) -> etree._Element | None:
    """The same of the bytes that `read` gave."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_pis=False, collect_ids=False)
    try:
        return etree.fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def path(element: etree._Element) -> str:
    """The element's path from the root, as XPath: /html/body/div[2]/p[1]."""
    return str(element.getroottree().getpath(element))


class Paths:
    """The paths of many elements of a tree: those of one large box are counted together."""

    def __init__(self) -> None:
        self._known: dict[etree._Element, str] = {}
        self._tree: etree._ElementTree | None = None

    def of(self, element: etree._Element) -> str:
        """As `path` tells it."""
        found = self._known.get(element)
        if found is None:
            found = self._known[element] = self._told(element)
        return found

    def _told(self, element: etree._Element) -> str:
        box = element.getparent()
        if box is None or len(box) <= FEW:
            self._tree = element.getroottree() if self._tree is None else self._tree
            return str(self._tree.getpath(element))
        self._known.update(_inside(box))
        return self._known[element]


def _inside(box: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The paths of all elements right in a box."""
    above, inside = path(box), list(box.iterchildren("*"))
    many = Counter([child.tag for child in inside])
    so_far: Counter[str] = Counter()
    for child in inside:
        so_far[child.tag] += 1
        which = f"[{so_far[child.tag]}]" if many[child.tag] > 1 else ""
        yield child, f"{above}/{child.tag}{which}"


def said(element: etree._Element) -> str:
    """Class, id and role of an element, as they are written."""
    names, more, role = element.get("class"), element.get("id"), element.get("role")
    if more:
        names = f"{names} {more}" if names else more
    if role:
        names = f"{names} {role}" if names else role
    return names or ""


def names(element: etree._Element) -> str:
    """The same in lower case."""
    return said(element).lower()


def is_alone(element: etree._Element) -> bool:
    """Whether its parent holds no other element; told without counting them, which takes as long as there are many."""
    return element.getprevious() is None and element.getnext() is None


def is_hidden(element: etree._Element) -> bool:
    """Whether the page itself says that readers do not see it."""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()


def is_streamed(element: etree._Element) -> bool:
    """Whether a hidden element is one that React's script shows as soon as it is there."""
    return element.get("hidden") is not None and _STREAMED.fullmatch(element.get("id") or "") is not None


def text_of(element: etree._Element) -> str:
    """All text below an element, spaces joined."""
    return " ".join("".join(map(str, element.itertext())).split())
