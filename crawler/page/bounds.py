"""What a page may cost to be read: one made to hang its parser is refused by name before any parser sees it; pure.

The bounds are counts, never seconds: the same page is refused on every machine and for ever. Other bounds stand where
the work is done: bytes of a body (archive/http.py), code points, elements and depth (dom.py), blocks (blocks.py), trees
that engines are given (engines.py), scripts (structured.py, appstate.py).

Behind all of them stand the limits of the process that reads (crawler/apart.py), so far off that no page within the
counts meets them on any machine: they are for what nobody thought of. What they stop is refused by name, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.records import Article, Reason, Rejection, Unchanged
from crawler.page.dom import MAX_CODE_POINTS, NUL

MAX_ATTRIBUTES = 2_000  # of one tag: libxml2 holds each against all before it; real tags have a few dozen
_SPACE = r"\x01-\x20"  # HTML's white space, and the controls that dom.py makes spaces of; looked up at once
# One attribute as HTML's tokenizer reads it (https://html.spec.whatwg.org/#before-attribute-name-state).
_ATTRIBUTE = (
    rf"[{_SPACE}/]*+[^{_SPACE}/>][^{_SPACE}/>=]*+"
    rf"""(?:[{_SPACE}]*+=[{_SPACE}]*+(?:"[^"]*+"|'[^']*+'|[^{_SPACE}>"'][^{_SPACE}>]*+)?+)?+"""
)
_TAG = rf"[a-z][^{_SPACE}/>]*+(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+(?!{_ATTRIBUTE})"
# A page none of whose tags has more. No tag begins in comments, scripts and styles. It captures nothing: possessive
# repeats that capture are broken in Python 3.11. What pages hold most of is tried first.
_WITHIN = re.compile(
    rf"[^<]*+(?:<(?:/|(?!(?:script|style)\b){_TAG}"
    r"|!--.*?(?:-->|\Z)"
    r"|script\b[^<>]{0,2000}+>[^<]*+(?:<(?!/script\b)[^<]*+)*+"
    r"|style\b[^<>]{0,2000}+>[^<]*+(?:<(?!/style\b)[^<]*+)*+"
    rf"|{_TAG}|(?![a-z]))[^<]*+)*+\Z",
    re.DOTALL | re.IGNORECASE,
)


class Limit(StrEnum):
    """What ended the process that read a page."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"  # of a library in C; twice, the second time with this page first


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one page may take of the process that reads it."""

    seconds: float = 300.0  # of a processor, however many others want it; the worst page known takes 10
    memory: int = 3 << 30  # bytes more than the process began with; the worst page known takes 0.2 GB


LAST_RESORT: Final = Limits()
_STOPPED: Final = "stopped: "


def stopped(limit: Limit, limits: Limits = LAST_RESORT) -> Rejection:
    """What a page is that its reading was stopped at: the limit is told, not what was measured."""
    said = {
        Limit.TIME: f"more than {limits.seconds:g} seconds of a processor",
        Limit.MEMORY: f"more than {limits.memory >> 20} MB of memory",
        Limit.CRASH: "the process that read it crashed",
    }
    return Rejection(reason=Reason.BEYOND_BOUNDS, detail=f"{_STOPPED}{said[limit]}")


def is_stopped(outcome: Article | Rejection | Unchanged) -> bool:
    """Whether a page was refused because its reading met the last resort."""
    if not isinstance(outcome, Rejection):
        return False
    return outcome.reason is Reason.BEYOND_BOUNDS and outcome.detail.startswith(_STOPPED)


def beyond(text: str, utf8: bytes | None = None) -> str | None:
    """What makes a decoded page one that is not read; None for a page within the bounds.

    `utf8` are its own bytes, if they are at hand: a NUL, which the parser is not given, is looked for in them sooner.
    """
    given = text[:MAX_CODE_POINTS]
    if utf8 is None or NUL.encode() in utf8:
        given = given.replace(NUL, "")  # tags stand where none is written
    return None if _WITHIN.match(given) else f"a tag of more than {MAX_ATTRIBUTES} attributes"
