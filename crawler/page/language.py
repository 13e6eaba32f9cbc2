"""Which language a text is in, by its words and letters, as a table; it never looks at what the page declares alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The table turned round: the languages of each word, and the letters that speak for a language."""

    tags: Mapping[str, tuple[str, ...]]
    letters: Mapping[str, str]
    every_letter: re.Pattern[str]


@cache
def _known() -> _Known:
    tongues = load(TABLE, _Table).tongues
    tags: dict[str, tuple[str, ...]] = {}
    for tag, tongue in tongues.items():
        for word in tongue.words:
            tags[word] = (*tags.get(word, ()), tag)
    letters = {tag: tongue.letters for tag, tongue in tongues.items()}
    return _Known(tags=tags, letters=letters, every_letter=re.compile(f"[{re.escape(''.join(letters.values()))}]"))


def judge(text: str, declared: str = "") -> str:
    """The text's language as a two- or three-letter tag; UNKNOWN when nothing speaks for any.

    Common words count one each, letters that only this language has a third; `declared` (html lang, og:locale) breaks
    ties only, because sites leave it as their theme had it.
    """
    text, known = text[:LOOKED_AT].lower(), _known()
    tags = known.tags
    words = Counter(tag for word in _WORD.findall(text) if word in tags for tag in tags[word])
    letters = Counter() if text.isascii() else Counter(known.every_letter.findall(text))
    scores = {tag: words[tag] + sum(letters[letter] for letter in own) / 3 for tag, own in known.letters.items()}
    tag = declared.lower().replace("_", "-").partition("-")[0]
    best = max(scores, key=lambda name: (scores[name], name == tag))
    if scores[best] > 0:
        return best
    return tag if tag in scores else UNKNOWN
