"""The stretches of a payload that say letters: what stands between markup, references and escapes apart; pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice

# Markup that holds no words of the page. Scripts are indexed apart, for JSON-LD.
# Repeats are possessive, and no sign is looked at lazily: that takes six times as long on the scripts of a page.
_WORDLESS = "(?:script|style|template)"
_TAG = (
    r"<(?:[/a-ru-z][^>]*+(?:>|\Z)|!--(?:[^-]++|-(?!->))*+(?:-->|\Z)"
    rf"|{_WORDLESS}\b[^>]*+>[^<]*+(?:<(?!/{_WORDLESS}\s*>)[^<]*+)*+(?:</{_WORDLESS}\s*>|\Z)"
    r"|[!?a-z][^>]*+(?:>|\Z))"
)
MARKUP = re.compile(rf"{_TAG}(?:\s*+{_TAG})*+", re.DOTALL | re.IGNORECASE)  # tag behind tag
# What says nothing between the last letter of a paragraph and the first sign of the next: signs that end one, and tags.
GAP = re.compile(rf"[\s.,:;!?…\"'’”»)\]،؛؟]*+(?:{_TAG}\s*+)*+", re.DOTALL | re.IGNORECASE)
# The same, tag by tag: a sign in a quoted value ends none, and elements that are not shown are left out whole.
EVERY_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(script|style|template|noscript|textarea|iframe|select|svg|math)\b[^>]*>.*?(?:</\1\s*>|\Z)"
    r"|<[/!?a-zA-Z][^>=]*+(?:=\s*+(?:\"[^\"]*+\"|'[^']*+')?+[^>=]*+)*+(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#0{0,20}[0-9]{1,7}|#[xX]0{0,20}[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
# A string of JSON may stand in another one: then its backslashes are doubled.
_ESCAPE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[0-9]{0,2});"
    r"|\\{1,3}(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\"\\/bfnrt])"
)
_QUOTED_TAG = re.compile(
    r"(?:<|\\{1,2}u003[cC])(?:\\{0,2}/|\\{1,2}u002[fF])?[a-zA-Z](?:[^<>\\]|\\(?!u003)){0,1000}(?:>|\\u003[eE])"
)
_BACKSLASH = "\\"
_LONGEST = 2_000  # code points of one run
_MARKS = 64  # of a page that are looked for at once

# A stretch of a payload that says letters, from an offset to another: plain text (True), or a reference or an escape.
Run = tuple[int, int, bool]


def between_quoted_tags(payload: str, start: int, end: int) -> Iterator[list[Run]]:
    """The stretches of a JSON text in a page, without the tags in its strings."""
    for mark in _QUOTED_TAG.finditer(payload, start, end):
        yield list(_runs(payload, start, mark.start(), _ESCAPE))
        start = mark.end()
    yield list(_runs(payload, start, end, _ESCAPE))


def between_markup(payload: str, markup: re.Pattern[str], at: int) -> Iterator[list[Run]]:
    """The stretches without markup, those between so many marks together."""
    marks = markup.finditer(payload, at)
    while spans := [mark.span() for mark in islice(marks, _MARKS)]:
        starts, ends = zip(*spans, strict=True)
        yield _several(payload, zip((at, *ends), starts, strict=False))
        at = ends[-1]
    yield _several(payload, [(at, len(payload))])


def _several(payload: str, stretches: Iterable[tuple[int, int]]) -> list[Run]:
    runs: list[Run] = []
    for start, end in stretches:
        if start < end <= start + _LONGEST and payload.find("&", start, end) < 0:
            runs.append((start, end, True))
        elif start < end:
            runs += _runs(payload, start, end, _REFERENCE)
    return runs


def _runs(payload: str, start: int, end: int, stands_for: re.Pattern[str]) -> Iterator[Run]:
    """A stretch without markup, parted at what stands for letters in it."""
    for found in stands_for.finditer(payload, start, end):
        yield from _plain(start, found.start())
        yield found.start(), found.end(), False
        start = found.end()
    yield from _plain(start, end)


def _plain(start: int, end: int) -> Iterator[Run]:
    """Plain text, in runs of bounded length: places are looked for inside a run."""
    for at in range(start, end, _LONGEST):
        yield at, min(at + _LONGEST, end), True


def meaning(escaped: str) -> str:
    """What a reference or an escape stands for."""
    if escaped.startswith("&"):
        return html.unescape(escaped)
    try:
        return str(json.loads(f'"\\{escaped.lstrip(_BACKSLASH)}"')) if escaped.strip(_BACKSLASH) else _BACKSLASH
    except json.JSONDecodeError:  # an escape a browser's JSON reader refuses too
        return " "
