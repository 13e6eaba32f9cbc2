"""Which language a text is in, by its words and letters, as a table; it never looks at what the page declares alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from crawler.facts import Facts, load

TABLE = Path(__file__).with_name("languages.yml")
LOOKED_AT = 4_000  # code points
UNKNOWN = "und"  # BCP 47: undetermined
_WORD = re.compile(r"[^\W\d_]+(?:[\u064b-\u0652\u0670]+[^\W\d_]+)*")


class _Tongue(Facts):
    words: frozenset[str] = frozenset()
    letters: str = ""


class _Table(Facts):
    tongues: dict[str, _Tongue]


@cache
def _table() -> dict[str, _Tongue]:
    return load(TABLE, _Table).tongues


def judge(text: str, declared: str = "") -> str:
    """The text's language as a two- or three-letter tag; UNKNOWN when nothing speaks for any.

    Common words count one each, letters that only this language has a third; `declared` (html lang, og:locale) breaks
    ties only, because sites leave it as their theme had it.
    """
    text = text[:LOOKED_AT].lower()
    words = _WORD.findall(text)
    scores = {
        tag: sum(1 for word in words if word in tongue.words) + sum(text.count(letter) for letter in tongue.letters) / 3
        for tag, tongue in _table().items()
    }
    tag = declared.lower().replace("_", "-").partition("-")[0]
    best = max(scores, key=lambda name: (scores[name], name == tag))
    if scores[best] > 0:
        return best
    return tag if tag in scores else UNKNOWN
