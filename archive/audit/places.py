"""Whether a paragraph's words stand where it says, in a payload decoded as its article says; it knows no outlet.

Letters are compared without case, marks and signs, composed forms taken apart: what a reader sees, not how it is coded.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator

from archive.records import Article

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:script|style|template)\b[^>]*>.*?(?:</(?:script|style|template)\s*>|\Z)|<[/!?a-zA-Z][^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_ESCAPE = re.compile(r'\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])')


class _Letters(dict[int, str]):
    def __missing__(self, code: int) -> str:
        apart = unicodedata.normalize("NFKD", chr(code)).casefold()
        kept = "".join(part for part in apart if unicodedata.category(part)[0] in "LN")
        self[code] = kept.replace("\N{ARABIC TATWEEL}", "")
        return self[code]


_LETTERS = _Letters()


def decoded(data: bytes, article: Article) -> str | None:
    """The payload as text, by the encoding that the article names; None when it names none that is known."""
    try:
        return data.decode((article.encoding or "").split(" ")[0], "replace")
    except LookupError:
        return None


def wrong(text: str, article: Article) -> Iterator[tuple[int, str]]:
    """Paragraphs, by number from 1, whose place in the text does not hold their words, and why."""
    for number, paragraph in enumerate(article.paragraphs, 1):
        start, end = paragraph.offset, paragraph.offset + paragraph.length
        if start < 0:  # the reading itself says that it found no place
            continue
        if end > len(text) or paragraph.length <= 0:
            yield number, f"its place {start}+{paragraph.length} lies outside the payload of {len(text)} letters"
        elif not _stands(text[start:end], paragraph.text):
            yield number, f"its words do not stand at {start}+{paragraph.length}"


def _stands(stretch: str, words: str) -> bool:
    """Whether the words stand in a stretch in their order, as a page's or as a JSON text's."""
    wanted = [letters for word in words.split() if (letters := word.translate(_LETTERS))]
    page = _REFERENCE.sub(lambda found: html.unescape(found[0]), _MARKUP.sub("", stretch))
    return _in_order(page, wanted) or _in_order(_ESCAPE.sub(_unescaped, stretch), wanted)


def _in_order(text: str, wanted: list[str]) -> bool:
    letters, at = text.translate(_LETTERS), 0
    for word in wanted:
        found = letters.find(word, at)
        if found < 0:
            return False
        at = found + len(word)
    return True


def _unescaped(found: re.Match[str]) -> str:
    try:
        return str(json.loads(f'"{found[0]}"'))
    except json.JSONDecodeError:
        return " "
