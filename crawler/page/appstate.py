"""The article in the state that an app carries in its page (__NEXT_DATA__, __NUXT__, window.__INITIAL_STATE__); pure.

It finds the text of the object that bears the page's own title, and believes no other: a state holds the texts of
neighbouring stories, too.
"""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from lxml import etree

from crawler import escapes
from crawler.page.locate import skeleton
from crawler.page.told import NOTHING, Told

SHARE = 0.5  # of a page's title that an object's may be: the rest is the site's name
MAX_STATE = 2 << 20  # code points of one script
MAX_SCRIPTS = 40  # that look like a state
MAX_NODES = 20_000  # of one script's tree
MAX_LINES = 5_000  # of a text: longer ones are tables or attacks, and not believed
MAX_DEPTH = 40  # of a rich text: blocks in blocks
LEAST = 150  # letters of a text that is believed to be an article's
TITLE = 12  # letters of a title by which an object is known
_BODY_KEYS = """articleBody article_body bodyHtml body_html bodyText body fullText full_text fulltext contentHtml
content_html content contents text html story details detail paragraphs blocks content_elements components"""
_BODIES = tuple(_BODY_KEYS.split())
_TITLES = ("headline", "title", "heading", "name", "headlines")
_TEXT_KEYS = "text value rendered html content_html content body basic children model data paragraph paragraphs items"
_TEXTS = tuple(_TEXT_KEYS.split())
_KINDS = ("type", "_type", "nodeType", "__typename", "kind")
_INLINE = frozenset({"text", "span", "a", "link", "hyperlink", "em", "strong", "b", "i", "u", "mark", "inline"})
_ASIDE = re.compile(r"(?i)image|photo|video|audio|embed|related|gallery|advert|interstitial|promo|newsletter|^ads?$")
_ASSIGNED = re.compile(
    r"(?:\b(?:window|self|globalThis)\s{0,9}\.\s{0,9}|\bvar\s{1,9})(\w{4,60})\s{0,9}=\s{0,9}(JSON\.parse\(\s{0,9})?(?=[{\[\"'(])"
)
_PAIR = re.compile(r'\b([A-Za-z_]\w{2,30})["\']?\s{0,9}:\s{0,9}"((?:[^"\\]|\\.)*+)"')
_BREAK = re.compile(r"(?i)<(?:br|/p|/div|/li|/h[1-6]|/blockquote|/tr)\b[^<>]{0,500}>")

_ASIDE_TAG = re.compile(r"(?is)<(script|style|figure|iframe|aside)\b[^<>]{0,1000}>.*?(?:</\1\s*>|\Z)")
_INLINE_TAG = re.compile(r"(?i)</?(?:a|b|strong|em|i|u|span|mark|font|sup|sub|small|bdi|bdo)\b[^<>]{0,1000}>")
_TAG = re.compile(r"<[^<>]{1,1000}>")
_ENDS = '.؟?!»”"'

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


def find(root: etree._Element, titles: Sequence[str]) -> Told:
    """The longest text in a page's states whose object bears one of the page's titles; NOTHING if there is none."""
    wanted = [key for key in map(skeleton, titles) if len(key) >= TITLE]
    best = NOTHING
    for name, tree in states(root):
        for told, named in _bodies(tree, name):
            if _is_named(named, wanted) and told.size > best.size:
                best = told
    return best if best.size >= LEAST else NOTHING


def states(root: etree._Element) -> Iterator[tuple[str, Json]]:
    """Every state of a page with its name: JSON in a script, assigned to a name, or as much as can be read of code."""
    seen = 0
    for script in root.iter("script"):
        source = (script.text or "")[:MAX_STATE]
        kind = (script.get("type") or "").lower()
        if len(source) < LEAST or "ld+json" in kind or seen >= MAX_SCRIPTS:
            continue
        seen += 1
        if "json" in kind:
            name = script.get("id") or "json"
            tree = _parsed(source)
            yield name, _revived(tree) if "nuxt" in name.lower() and isinstance(tree, list) else tree
        elif not kind or "javascript" in kind or kind == "module":
            yield from _assigned(source)


def plain(markup: str) -> str:
    """The words of a string that may hold markup, a line for each block of it."""
    if "<" not in markup:
        return html.unescape(markup) if "&" in markup else markup
    bare = _TAG.sub(" ", _INLINE_TAG.sub("", _BREAK.sub("\n", _ASIDE_TAG.sub(" ", markup))))
    return html.unescape(bare)


def _parsed(source: str) -> Json:
    try:
        tree: Json = json.loads(escapes.whole(source), strict=False)
    except (ValueError, RecursionError):
        return None
    return tree


def _assigned(source: str) -> Iterator[tuple[str, Json]]:
    decoder = json.JSONDecoder(strict=False)
    source = escapes.whole(source)
    for found in islice(_ASSIGNED.finditer(source), MAX_SCRIPTS):
        try:
            tree, _ = decoder.raw_decode(source, found.end())
        except (ValueError, RecursionError):
            tree = _pairs(source[found.end() :]) if found[1].startswith("__") else None
        if isinstance(tree, str):
            tree = _parsed(tree) if found[2] else None
        if tree:
            yield found[1], tree
        if isinstance(tree, dict) and _PAIRS in tree:
            return  # all strings of the script are read


_PAIRS = "strings"


def _pairs(code: str) -> Json:
    """Code that is no JSON: its strings by their keys, a new object at every title."""
    objects: list[Json] = []
    held: dict[str, Json] = {}
    for found in _PAIR.finditer(code):
        if found[1] in _TITLES and held:
            objects.append(held)
            held = {}
        held.setdefault(found[1], _parsed(f'"{found[2]}"'))
    return {_PAIRS: [*objects, held]}


def _revived(flat: list[Json]) -> Json:
    """Nuxt's list of values, in which an object names its parts by their place: each object with its parts put in."""

    def value(at: Json, depth: int) -> Json:
        if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < len(flat):
            return at
        said = flat[at]
        if isinstance(said, list) and depth < 4:
            return [value(part, depth + 1) for part in said[:200]]
        if isinstance(said, dict) and depth < 4:
            return {key: value(part, depth + 1) for key, part in said.items()}
        return None if isinstance(said, list | dict) else said

    return [{key: value(part, 0) for key, part in said.items()} for said in flat[:MAX_NODES] if isinstance(said, dict)]


def _bodies(tree: Json, name: str) -> Iterator[tuple[Told, list[str]]]:
    """Texts in a tree, each with the titles of its object or of the nearest one around it that has any."""
    waiting: deque[tuple[Json, str, list[str]]] = deque([(tree, name, [])])
    seen = 0
    while waiting and seen < MAX_NODES:
        node, path, titles = waiting.popleft()
        seen += 1
        if isinstance(node, list):
            waiting.extend((item, path, titles) for item in node if isinstance(item, list | dict))
        if not isinstance(node, dict):
            continue
        own = [_line(node[key]) for key in _TITLES if key in node]
        titles = list(filter(None, own)) or titles
        for key in _BODIES:
            text = flat(node.get(key)).strip()
            if len(text) >= LEAST and text.count("\n") < MAX_LINES:
                yield Told(text=text, source=f"app-state:{path}.{key}"), titles
        waiting.extend((part, f"{path}.{key}", titles) for key, part in node.items() if isinstance(part, list | dict))


def _line(value: Json) -> str:
    return " ".join(flat(value).split())


def flat(value: Json, depth: int = 0) -> str:
    """The words of a rich text: a string, blocks in a list, or an object that holds them under one of many names."""
    if isinstance(value, str):
        return plain(value)
    if depth > MAX_DEPTH:
        return ""
    if isinstance(value, list):
        parts = [flat(item, depth + 1) for item in value]
        return ("" if all(map(_is_inline, value)) and not _are_spoken(parts) else "\n").join(parts)
    if not isinstance(value, dict) or _is_aside(value):
        return ""
    return next((text for key in _TEXTS if (text := flat(value.get(key), depth + 1)).strip()), "")


def _kind(value: Mapping[str, Json]) -> str:
    return next((said for key in _KINDS if isinstance(said := value.get(key), str)), "")


def _is_inline(value: Json) -> bool:
    return isinstance(value, dict) and _kind(value).lower() in _INLINE


def _are_spoken(parts: Sequence[str]) -> bool:
    """Whether most parts end as sentences do: paragraphs that are called text, and no stretches of one."""
    said = [part.rstrip() for part in parts if part.strip()]
    return len(said) > 1 and 2 * sum(part[-1] in _ENDS for part in said) > len(said)


def _is_aside(value: Mapping[str, Json]) -> bool:
    return _ASIDE.search(_kind(value)) is not None


def _is_named(titles: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether an object's title is the page's, or stands in it beside the site's name."""
    keys = [key for key in map(skeleton, titles) if len(key) >= TITLE]
    return any(
        (key in page and len(key) >= len(page) * SHARE) or (page in key and len(page) >= len(key) * SHARE)
        for key in keys
        for page in wanted
    )
