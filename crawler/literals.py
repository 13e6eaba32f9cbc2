"""The words one of which any match of a pattern must hold: so that most patterns are never run; it matches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

SHORTEST: Final = 2  # letters of a word that is worth looking for
TELLING: Final = 4  # letters from which longer words tell no more
MOST: Final = 32  # strings that a part of a pattern is read as
_EMPTY: Final = frozenset({""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """A pattern that is run only over texts that hold a word it needs."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]

    def search(self, text: str) -> re.Match[str] | None:
        """Its first match."""
        return self.pattern.search(text) if may_match(self.words, text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All its matches."""
        return self.pattern.finditer(text) if may_match(self.words, text) else iter(())


def gated(pattern: str, *, by: str) -> Gated:
    """The pattern, compiled, with the words that `by`, a part of it, needs: small parts are read in no time."""
    return Gated(pattern=re.compile(pattern), words=needed(by))


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
    """The best of what the parts of a sequence need: each part must stand, so one part's words are enough.

    Parts that can only be a few strings are read on into what stands behind them.
    """
    best, runs = frozenset[str](), _EMPTY
    for kind, said in items:
        joined = _joined(runs, _strings(str(kind), said))
        if joined:
            runs = joined
            continue
        best = _better(_better(best, runs), _of_part(str(kind), said))
        runs = _EMPTY
    return _better(best, runs)


def _joined(runs: frozenset[str], more: frozenset[str]) -> frozenset[str]:
    """Each run with each string behind it; empty when they are too many, or nobody knows which strings."""
    return frozenset(run + said for run in runs for said in more) if len(runs) * len(more) <= MOST else frozenset()


def _strings(kind: str, said: Any) -> frozenset[str]:
    """All that a part can be; empty when that is not a few strings."""
    found: frozenset[str] = frozenset()
    if kind == "LITERAL":
        found = frozenset({chr(said)})
    elif kind in ("ASSERT", "ASSERT_NOT", "AT"):
        found = _EMPTY
    elif kind == "IN" and all(str(each) == "LITERAL" for each, _ in said):
        found = frozenset(chr(code) for _, code in said)
    elif kind == "SUBPATTERN" and not said[1] & re.IGNORECASE:
        found = _strings_of(said[-1])
    elif kind == "BRANCH":
        ways = [_strings_of(way) for way in said[1]]
        found = frozenset().union(*ways) if all(ways) else frozenset()
    elif kind in ("MAX_REPEAT", "MIN_REPEAT") and said[1] == 1 and (once := _strings_of(said[2])):
        found = once if said[0] else once | _EMPTY
    return found


def _strings_of(items: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    runs = _EMPTY
    for kind, said in items:
        runs = _joined(runs, _strings(str(kind), said))
    return runs


def _of_part(kind: str, said: Any) -> frozenset[str]:
    if kind == "SUBPATTERN":
        return _of_sequence(said[-1]) if not said[1] & re.IGNORECASE else frozenset()
    if kind == "BRANCH":
        ways = [_of_sequence(way) for way in said[1]]
        return frozenset().union(*ways) if all(ways) else frozenset()
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and said[0] > 0:
        return _of_sequence(said[2])
    return frozenset()  # classes, optional parts: nothing that must stand


def _better(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The set whose shortest word is longest, up to TELLING letters; of equals the smaller."""
    if not one or not other:
        return one or other
    return max(one, other, key=lambda words: (min(TELLING, *map(len, words)), -len(words), sorted(words)))


def may_match(words: tuple[str, ...], text: str) -> bool:
    """Whether a pattern that needs one of these words can match a text."""
    return not words or any(word in text for word in words)
