"""Common letters of a text mapped one by one through tables of bytes: many times as fast as through a dictionary."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Final

_MOST: Final = 256
_NOTHING: Final = "\ufffe"  # what Python's tables of bytes call a byte without a letter


class ByteMap:
    """Puts one letter, or none, for each of some 255 letters, wherever they stand; U+0000 is put away.

    Raises:
        ValueError: the letters are too many, or one is to become several.
    """

    def __init__(self, letters: Mapping[str, str]) -> None:
        known = {"\0": "", **letters}  # only behind U+0000 does Python build its fast table
        if len(known) > _MOST or any(len(put) > 1 for put in known.values()):
            raise ValueError(f"no map of bytes for {len(known)} letters")
        self._bytes = codecs.charmap_build("".join(known).ljust(_MOST, _NOTHING))
        self._gone = bytes(at for at, put in enumerate(known.values()) if not put)
        self._letters = "".join(put or _NOTHING for put in known.values()).ljust(_MOST, _NOTHING)

    def put(self, text: str) -> str | None:
        """The text with each letter mapped; None where one is not known."""
        try:
            data, _ = codecs.charmap_encode(text, "strict", self._bytes)
        except UnicodeEncodeError:
            return None
        return codecs.charmap_decode(data.translate(None, self._gone), "strict", self._letters)[0]
