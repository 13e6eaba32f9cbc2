"""The second set stays well-formed, and no less of it is right than was once its faults were mended."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.second_set import score
from tests.second_set.serve import Truth, groups, load, page_bytes, pairs, texts

PAGES = load("pages.json")
READ = {"title": 15, "text": 15, "day": 15, "agency": 15, "partial": 14, "chain": 15, "credit": 15, "place": 15,
        "kind": 15, "topic": 15}  # fmt: skip
TOLD = {
    "pair: copy": 21, "pair: part": 2, "pair: shared": 2, "pair: template": 3, "pair: different": 20,
    "pair: of other groups": 721, "one cluster or two": 775, "source": 10, "no source": 28, "unseen source": 39,
    "chain of a story": 40, "credit class": 38, "loaded words": 9, "items inside": 1,
}  # fmt: skip


def shown(truth: Truth) -> str:
    """What a page holds, without markup and spaces; strings in its state with their own markup taken off, too."""
    page = page_bytes(truth).decode(truth.get("encoding", "utf-8"))
    for state in re.findall(r'type="application/json">(.*?)</script>', page, re.DOTALL):
        page += json.loads(state)["props"]["pageProps"]["story"]["body"]
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize("truth", PAGES, ids=[truth["page"] for truth in PAGES])
def test_what_must_be_read_in_a_page_of_the_second_set_stands_in_it(truth: Truth) -> None:
    page = shown(truth)
    for said in (truth["title"], *truth["paragraphs"]):
        assert re.sub(r"\s+", "", said) in page


def test_truths_of_the_second_set_speak_of_texts_that_it_holds() -> None:
    given = groups()
    ids = [text["id"] for text in texts(given)]
    assert len(ids) == len(set(ids)) == 40
    assert {story for pair in pairs(given) for story in pair} == set(ids)
    named = [text.get(name) for text in texts(given) for name in ("source",)]
    named += [story for text in texts(given) for name in ("chain", "inside") for story in text.get(name, ())]
    assert {story for story in named if story} <= set(ids)


@pytest.mark.long
@pytest.mark.parametrize(("found", "least"), [(score.pages, READ), (score.stories, TOLD)], ids=["pages", "stories"])
def test_no_less_of_the_second_set_is_right_than_when_it_was_scored(found: object, least: dict[str, int]) -> None:
    assert callable(found)
    scored = found()
    fallen = {what: scored.right[what] for what, right in least.items() if scored.right[what] < right}
    assert not fallen, [fault for fault in scored.faults if fault.what in fallen]
