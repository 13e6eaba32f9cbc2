"""Characters that JSON escapes in two halves, made whole; pure."""

from __future__ import annotations

import re
from typing import Final

_MAY_BE_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
# Escapes one behind the other, so that an escaped backslash before a «u» begins none.
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}(?P<other>\\u[dD][c-fC-F][0-9a-fA-F]{2})?"
    r"|(?P<low>u[dD][c-fC-F][0-9a-fA-F]{2})|(?P<rest>.))",
    re.DOTALL,
)
_UNKNOWN: Final = r"\ufffd"


def whole(source: str) -> str:
    """JSON source in which half a character is U+FFFD: a title cut in the middle of an emoji is no text otherwise."""
    return _ESCAPE.sub(_mended, source) if _MAY_BE_HALF.search(source) else source


def _mended(found: re.Match[str]) -> str:
    return found[0] if found["other"] or found["rest"] else _UNKNOWN
