"""archive/warc/grammar.py: what a value may look like."""

from __future__ import annotations

from base64 import b32encode, b64encode

import pytest

from archive.warc import grammar


@pytest.mark.parametrize("size", [16, 20, 32, 64])
def test_a_digest_is_read_in_each_usual_spelling(size: int) -> None:
    value = bytes(range(size))
    for spelled in (value.hex(), value.hex().upper(), b32encode(value).decode(), b64encode(value).decode()):
        assert grammar.decoded(spelled, size) == grammar.decoded(spelled.rstrip("="), size) == value
    assert grammar.decoded(value.hex()[:-2], size) is None
