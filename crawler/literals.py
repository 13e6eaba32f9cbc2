"""The words one of which any match of a pattern must hold: so that most patterns are never run; it matches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

SHORTEST: Final = 2  # letters of a word that is worth looking for


def needed(pattern: str) -> tuple[str, ...]:
    """Strings of which every text that the pattern matches holds at least one; empty when that cannot be told.

    It reads the tree that `re` itself makes of the pattern, whose names are private: where they change, nothing is
    told, and every pattern is run.
    """
    try:
        from re import _parser  # type: ignore[attr-defined]  # private: see above

        tree = _parser.parse(pattern)
    except (ImportError, AttributeError):
        return ()
    found = _of_sequence(tree) if not tree.state.flags & re.IGNORECASE else frozenset()
    fewest = {word for word in found if not any(other != word and other in word for other in found)}
    return tuple(sorted(fewest)) if all(len(word) >= SHORTEST for word in fewest) else ()


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    """The best of what the parts of a sequence need: each part must stand, so one part's words are enough."""
    best: frozenset[str] = frozenset()
    run = ""
    for kind, said in items:
        if str(kind) == "LITERAL":
            run += chr(said)
            continue
        best = _better(best, frozenset({run} if run else ()))
        run = ""
        best = _better(best, _of_part(str(kind), said))
    return _better(best, frozenset({run} if run else ()))


def _of_part(kind: str, said: Any) -> frozenset[str]:
    if kind == "SUBPATTERN":
        return _of_sequence(said[-1]) if not said[1] & re.IGNORECASE else frozenset()
    if kind == "BRANCH":
        ways = [_of_sequence(way) for way in said[1]]
        return frozenset().union(*ways) if all(ways) else frozenset()
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and said[0] > 0:
        return _of_sequence(said[2])
    return frozenset()  # classes, assertions, optional parts: nothing that must stand


def _better(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The set whose shortest word is longest; of equals the smaller."""
    if not one or not other:
        return one or other
    return max(one, other, key=lambda words: (min(map(len, words)), -len(words)))


def may_match(words: tuple[str, ...], text: str) -> bool:
    """Whether a pattern that needs one of these words can match a text."""
    return not words or any(word in text for word in words)
