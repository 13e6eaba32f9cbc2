"""archive/bytemap.py: each letter put for its own, and a text with any other letter left to others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.bytemap import ByteMap

PUT = {"أ": "ا", "ء": "", "ا": "ا", "z": "ž", "\ue000": "\ufeff", " ": " "}


@given(st.text("".join(PUT)))
def test_every_known_letter_becomes_what_is_put_for_it(text: str) -> None:
    assert ByteMap(PUT).put(text) == "".join(PUT[letter] for letter in text)


@given(st.text("".join(PUT)), st.characters(exclude_characters="".join((*PUT, "\0"))), st.text("".join(PUT)))
def test_a_text_with_one_unknown_letter_is_not_mapped(before: str, strange: str, behind: str) -> None:
    assert ByteMap(PUT).put(before + strange + behind) is None


def test_the_null_character_is_put_away() -> None:
    assert ByteMap(PUT).put("\0أ\0") == "ا"


@pytest.mark.parametrize("letters", [{chr(code): "x" for code in range(1, 257)}, {"…": "..."}])
def test_what_no_bytes_can_map_is_refused(letters: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no map of bytes"):
        ByteMap(letters)
