"""archive/warc/clauses.py: each rule of the standard is broken once and found, and nothing else is."""

from __future__ import annotations

import pytest

from archive.warc import clauses
from tests.rules import BROKEN, INFO, judged, said


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found_and_nothing_else(name: str) -> None:
    data, section, level = BROKEN[name]
    # What a broken record drags along: its successor is looked for, a profile that is nowhere allowed is told twice.
    assert (section, level) in said(INFO + data)
    beside = {(one, how) for one, how in said(INFO + data) - {(section, level)} if how == "error"}
    assert beside == set()
    if section != "§4" or level == "warning":
        (first, *_) = [found for found in judged(INFO + data) if found.level.value == level]
        assert first.offset >= len(INFO)


def test_every_clause_is_broken_above() -> None:
    broken = {section for _, section, _ in BROKEN.values()} | {"§4", "Annex D.2", "Annex D.3"}
    known = {clauses.paragraph(name).removeprefix("WARC 1.1 ") for name in clauses._CLAUSES}
    assert known - broken == set()
