"""Which of a page's headlines is the article's title; it takes suffixes of the site off and never rewrites one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.arabic import clean, fold
from crawler.page import dom
from crawler.page.blocks import Block
from crawler.page.furniture import Furniture
from crawler.page.structured import Structured

_PARTING = re.compile(r"\s+[-–—|»«•·:]{1,2}\s+|\s*[|»«•]\s*|\s+::+\s+")
_TITLE_NAMES = re.compile(
    r"(?:^|[^a-z])(?:title|ttl|headline|heading|newstitle|entry-title|post-title)(?:$|[^a-z])|title$"
)
_AUTHOR = re.compile(r"(?:^|[^a-z])(?:author|byline|writer|newswriter|post-author|author-name)(?:$|[^a-z])|writer$")
_WRITER = re.compile(r"/(?:authors?|writers?|columnists?)/")  # in the address of a writer's page
_ISSUE = re.compile(r"(?:(?:رقم )?(?:ال)?عدد|issue|no)(?: رقم)? [0-9]+")
_CUT = ("...", "…", "[…]")
LONGEST = 400  # code points
LONGEST_TOLD = 2_000  # code points of a headline told to machines that are looked at
LONGEST_NAME = 60  # letters in the box of an author
LINKED = 0.9  # share of links from which a line is a link
ALONE = 3  # words of an only h1 that is believed against what the page tells machines
NEAR = 20  # blocks before the text in which a line that signs it may stand
FAR = 60  # blocks before the text in which a heading may stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The chosen title and the rest of its heading: a subtitle set between it and the text."""

    text: str
    element: etree._Element | None = None
    subtitle: str | None = None
    below: etree._Element | None = None  # the subtitle's element


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose page it is: names of the outlet, and the page's address."""

    names: tuple[str, ...]
    address: str


def choose(
    root: etree._Element, said: Structured, blocks: Sequence[Block], first: Block | None, origin: Origin
) -> Title:
    """The article's title, "" when the page has none. `first` is the text's first block.

    A visible heading that agrees with what the page tells machines is best: it is whole, without suffix. Then JSON-LD,
    Open Graph and the title tag, without the site's name; then the nearest heading before the text.
    """
    names = {key(name) for name in origin.names if name} | {key(name) for name in said.publishers}
    told = [text[:LONGEST_TOLD] for text in (said.headline, *said.headlines, title_tag(root)) if text]
    bare = [strip_site(text, names) for text in told]
    seen = [heading for heading in _headings(blocks, first) if key(heading.text) not in names]
    keys = {key(text) for text in (*bare, *told)}
    if best := _sure(seen, keys):
        return Title(text=tidy(best.text), element=best.element)
    bold = [heading for heading in seen if told and heading is not first and len(heading.text.split()) >= ALONE]
    whole = [text for text in bare if key(text) not in names and not _is_issue(text)]
    above = blocks[: first.order] if first is not None else ()
    top = [heading for heading in seen if _rank(heading) < 3]
    lone = top or ([] if {key(block.text) for block in above} & keys else bold)
    channel = bold and _is_channel(_named(root, said), above, origin.address)
    if whole and not _is_section(whole, lone) and not channel:
        return Title(text=tidy(next((text for text in whole if not text.endswith(_CUT)), whole[0])))
    top = top or bold
    return Title(text=tidy(top[-1].text), element=top[-1].element) if top else Title(text="")


def _sure(seen: Sequence[Block], keys: Set[str]) -> Block | None:
    """The heading that agrees with what the page tells, or its only h1."""
    agreed = [heading for heading in seen if _agrees(key(heading.text), keys)]
    if agreed:
        return min(agreed, key=lambda heading: (_rank(heading), -heading.order))
    alone = [heading for heading in seen if _rank(heading) == 0 and len(heading.text.split()) >= ALONE]
    return alone[-1] if len({key(heading.text) for heading in alone}) == 1 else None


def _is_section(told: Sequence[str], seen: Sequence[Block]) -> bool:
    """Whether what the page tells is a word or two, and the nearest heading above the text a whole headline.

    Where the page prints what it tells above the text, a line in bold is no such heading but a subhead.
    """
    return all(len(text.split()) < ALONE for text in told) and bool(seen) and len(seen[-1].text.split()) >= ALONE


def _named(root: etree._Element, said: Structured) -> frozenset[str]:
    """Keys of what the page tells as its headline and does not say in its title tag."""
    tag = key(title_tag(root)[:LONGEST_TOLD])
    return frozenset(key(text) for text in (said.headline, *said.headlines) if text and key(text) not in tag)


def _is_channel(named: Set[str], above: Iterable[Block], address: str) -> bool:
    """Whether a headline that the page tells leads, above the text, to the channel under which the page stands."""
    for block in above if named else ():
        if block.link_share > LINKED and _rank(block) > 3 and key(block.text) in named:
            links = (node.get("href") for node in block.element.iter("a"))
            if any(link and _is_above(link, address) for link in links):
                return True
    return False


def _is_above(link: str, address: str) -> bool:
    """Whether a link leads to the root of a page's site or to a channel of it, «/waha» of «/waha/100»; never to it."""
    try:
        own, led = urlsplit(address), urlsplit(urljoin(address, link))
    except ValueError:  # no address
        return False
    steps, way = own.path.strip("/").split("/"), led.path.strip("/")
    if _host(led.hostname) != _host(own.hostname) or led.query or not link.strip().split("#")[0]:
        return False
    return way in steps[:-1] if way else bool(steps[0])


def _host(name: str | None) -> str:
    return (name or "").removeprefix("www.")


def _is_issue(text: str) -> bool:
    """Whether a headline is the number of a paper's issue and no more."""
    return _ISSUE.fullmatch(key(text)) is not None


def with_subtitle(title: Title, blocks: Sequence[Block], first: Block | None) -> Title:
    """The title with the line marked as its companion: named so, or a second heading in the title's own box."""
    orders = [block.order for block in blocks if block.element is title.element]
    if first is None or not orders:
        return title
    for block in blocks[max(0, orders[0] - 2) : min(first.order, orders[-1] + 4)]:
        if block.element is title.element or key(block.text) == key(title.text) or block.link_share > 0.5:
            continue
        heading = block.order == orders[-1] + 1 and block.element.tag in dom.HEADINGS and _same_box(block, title)
        if heading or _SUBTITLE.search(_near_names(block.element)):
            return replace(title, subtitle=tidy(block.text), below=block.element)
    return title


def _same_box(block: Block, title: Title) -> bool:
    return title.element is not None and block.element.getparent() is title.element.getparent()


_SUBTITLE = re.compile(
    r"sub-?_?(?:title|head|heading|headline)|(?:^|[^a-z])(?:deck|kicker-sub|standfirst|dek)(?:$|[^a-z])|subtitle$"
)


def _near_names(element: etree._Element) -> str:
    parent = element.getparent()
    above = dom.names(parent) if parent is not None and dom.is_alone(element) else ""
    return f"{dom.names(element)} {above}".strip()


def labels(blocks: Sequence[Block], title: Title) -> tuple[str, ...]:
    """Words set beside a title: section, «عاجل»; short blocks right before it, and what stands in the same box."""
    if title.element is None:
        return ()
    orders = [block.order for block in blocks if block.element is title.element]
    near = blocks[max(0, orders[0] - 3) : orders[0]] if orders else []
    box = list(title.element.iterancestors())[:2]
    return tuple(block.text for block in near if block.size <= 25 and not set(box).isdisjoint(_box(block.element)))


def _box(element: etree._Element) -> list[etree._Element]:
    return [element, *list(element.iterancestors())[:2]]


def visible_authors(blocks: Sequence[Block], furniture: Furniture) -> Iterator[str]:
    """Names in boxes called author, writer or byline, outside author biographies; a leading «بقلم:» is taken off."""
    for block in blocks:
        if block.element.get("rel") == "author" or (block.size <= LONGEST_NAME and _is_of_author(block)):
            yield furniture.without_by(block.text)


def _is_of_author(block: Block) -> bool:
    names = dom.names(block.element if block.zone_root is None else block.zone_root)
    told = (
        "author" in names or "writer" in names or "byline" in names
    )  # quicker than the pattern, which holds one of these
    return told and _AUTHOR.search(names) is not None


def signed_lines(blocks: Sequence[Block], title: Title, kept: Sequence[Block], furniture: Furniture) -> Iterator[str]:
    """Names in lines that stand alone and are bylines by their words: between title and text, or opening the text."""
    for block in [*_above(blocks, title, kept), *kept[:2]]:
        if name := furniture.byline(block.text):
            yield name


def placed_names(blocks: Sequence[Block], title: Title, kept: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Place and writer as lines between title and text name them: «موسكو: رامي الصباغ», the name a link to his page.

    Whether the first words are a place is for others to know.
    """
    for block in _above(blocks, title, kept):
        place, colon, name = block.text.partition(":")
        if not colon or not block.linked:
            continue
        links = [link for link in block.element.iter("a") if _WRITER.search(link.get("href") or "")]
        if len(links) == 1 and dom.text_of(links[0]) == name.strip():
            yield place.strip(), name.strip()


def section(title: str, said: Structured, names: Iterable[str]) -> tuple[str, ...]:
    """What the head tells as its headline in a word or two where the title is another: the section's name."""
    told = [text for text in (said.headline, *said.headlines) if 0 < len(text.split()) < ALONE]
    own = {*map(key, names), *map(key, said.publishers), key(title)} if told else set()
    return tuple(text for text in told if key(text) not in own)


def _above(blocks: Sequence[Block], title: Title, kept: Sequence[Block]) -> Sequence[Block]:
    """The blocks between title and text, those near the text."""
    orders = [block.order for block in blocks if block.element is title.element]
    first = kept[0].order if kept else -1
    start = max(orders[-1] + 1, first - NEAR) if orders and orders[-1] < first else first
    return blocks[max(0, start) : max(0, first)]


def strip_site(text: str, names: set[str]) -> str:
    """A title without leading and trailing parts that are a name of the site (folded keys)."""
    marks = list(_PARTING.finditer(text))
    start, end = 0, len(text)
    while marks and _is_site(text[marks[-1].end() : end], names):
        end = marks.pop().start()
    for mark in marks:
        if not _is_site(text[start : mark.start()], names):
            break
        start = mark.end()
    return text[start:end]


def _is_site(part: str, names: set[str]) -> bool:
    said = key(part)
    if not said or said in names:
        return True
    return any(name and (said.startswith(f"{name} ") or said.endswith(f" {name}")) for name in names)


def tidy(text: str) -> str:
    """A title as kept: cleaned, one line."""
    return " ".join(clean(text).text.split())[:LONGEST]


def key(text: str) -> str:
    """A folded headline or name without signs: what headlines are compared by."""
    return " ".join(re.findall(r"[0-9a-z\u0621-\u064a\u0400-\u04ff]+", fold(text).lower()))


def title_tag(root: etree._Element) -> str:
    """The text of the page's title tag, "" without one."""
    for title in root.iter("title"):
        above = title.getparent()
        if above is not None and above.tag == "head" and above is not root:
            return dom.text_of(title)
    return ""


def _headings(blocks: Sequence[Block], first: Block | None) -> list[Block]:
    end = first.order + 1 if first is not None else len(blocks)
    near = blocks[max(0, end - FAR) : end] if first is not None else blocks
    found = [block for block in near if _rank(block) < 5 and 0 < len(block.text) <= LONGEST]
    found += [
        block for block in blocks[: max(0, end - FAR)] if block.element.tag == "h1" and len(block.text) <= LONGEST
    ]
    return sorted(found, key=lambda block: block.order)


def _rank(block: Block) -> int:
    """How strongly a block is set as a title: 0 h1, 1 named title, 2 h2, 3 h3, 4 bold or large, 5 not at all."""
    node: etree._Element | None = block.element
    for _ in range(2):
        if node is None:
            break
        if node.tag == "h1":
            return 0
        said = dom.names(node)
        may_name = "title" in said or "head" in said or "ttl" in said  # quicker than the pattern
        if may_name and _TITLE_NAMES.search(said) and not _SUBTITLE.search(said):
            return 1
        if node.tag in {"h2", "h3"}:
            return 2 if node.tag == "h2" else 3
        node = node.getparent()
    return 4 if block.bold and block.bold >= block.size * 0.8 else 5


def _agrees(heading: str, told: Iterable[str]) -> bool:
    """Whether a headline is one of those told, by their keys."""
    return any(_agree(heading, each) for each in told)


def _agree(one: str, two: str) -> bool:
    """Whether two headlines are the same one, by their keys: equal, one cut, or one with a suffix left on it."""
    if not one or not two:
        return False
    if one == two:
        return True
    short, long = sorted((one, two), key=len)
    words = len(short.split())
    return words >= 3 and (long.startswith(short) or long.endswith(short)) and len(short) >= len(long) * 0.5
