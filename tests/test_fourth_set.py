"""The fourth set of pages stays well-formed, and no less of it is right than when it was scored and mended by."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.second_set import score
from tests.second_set.serve import Truth, load, page_bytes

FOURTH = Path(__file__).parent / "fourth_set"
# Scored blind: title 16, text 14, day 17, agency 17, partial 18, chain 18, credit 17, place 15, kind 16, topic 18.
READ = {"title": 20, "text": 20, "day": 20, "agency": 20, "partial": 20, "chain": 20, "credit": 20, "place": 20,
        "kind": 20, "topic": 20}  # fmt: skip


def shown(truth: Truth) -> str:
    """What a page holds, without markup and spaces."""
    page = page_bytes(truth, FOURTH).decode(truth.get("encoding", "utf-8"))
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", page)))


def test_what_must_be_read_in_a_page_of_the_fourth_set_stands_in_it() -> None:
    pages = load("pages.json", FOURTH)
    assert len(pages) == 20
    for truth in pages:
        page = shown(truth)
        for said in (truth["title"], *truth["paragraphs"]):
            for sentence in said.split(". "):
                assert re.sub(r"\s+", "", sentence) in page, truth["page"]


@pytest.mark.long
def test_no_less_of_the_fourth_set_is_right_than_when_it_was_scored() -> None:
    scored = score.pages(FOURTH)
    fallen = {what: scored.right[what] for what, right in READ.items() if scored.right[what] < right}
    assert not fallen, [fault for fault in scored.faults if fault.what in fallen]
