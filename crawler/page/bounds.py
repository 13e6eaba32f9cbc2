"""What a page may cost to be read: one made to hang its parser is refused by name before any parser sees it; pure.

The bounds are counts, never seconds: the same page is refused on every machine and for ever. Other bounds stand where
the work is done: bytes of a body (archive/http.py), code points, elements and depth (dom.py), blocks (blocks.py), trees
that engines are given (engines.py), scripts (structured.py, appstate.py).
"""

from __future__ import annotations

import re

from crawler.page.dom import MAX_CODE_POINTS

MAX_ATTRIBUTES = 2_000  # of one tag: libxml2 holds each against all before it; real tags have a few dozen
# One attribute as HTML's tokenizer reads it (https://html.spec.whatwg.org/#before-attribute-name-state).
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
# A page none of whose tags has more. No tag begins in comments, scripts and styles. It captures nothing: possessive
# repeats that capture are broken in Python 3.11.
_WITHIN = re.compile(
    r"(?:[^<]++|</[^<]*+|<!--.*?(?:-->|\Z)"
    r"|<script\b[^<>]{0,2000}+>[^<]*+(?:<(?!/script\b)[^<]*+)*+"
    r"|<style\b[^<>]{0,2000}+>[^<]*+(?:<(?!/style\b)[^<]*+)*+"
    rf"|<[a-z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+(?!{_ATTRIBUTE})"
    r"|<(?![a-z]))*+\Z",
    re.DOTALL | re.IGNORECASE,
)


def beyond(text: str) -> str | None:
    """What makes a decoded page one that is not read; None for a page within the bounds."""
    return None if _WITHIN.match(text[:MAX_CODE_POINTS]) else f"a tag of more than {MAX_ATTRIBUTES} attributes"
