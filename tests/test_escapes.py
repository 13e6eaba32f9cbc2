"""Half a character in a page's JSON: a title cut in the middle of an emoji ends no run and loses no text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Article
from crawler.escapes import whole
from crawler.extract import read
from tests.extraction import SENTENCE, a_capture, a_page, a_reader

HALF = r"""{"@type": "NewsArticle", "headline": "محادثات \ud83d", "author": {"name": "أحمد \udc00"},
"datePublished": "2017-02-03 \ud800"}"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (r'"\ud83d"', "\ufffd"),
        (r'"\udc00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ude00 \uD83D"', "😀 \ufffd"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"\\\ud83d"', "\\\ufffd"),
    ],
)
def test_half_a_character_is_told_as_one_that_is_not_known(source: str, said: str) -> None:
    assert json.loads(whole(source)) == said


@given(st.text())
def test_whole_characters_stay_as_they_are(text: str) -> None:
    source = json.dumps(text)
    assert json.loads(whole(source)) == text


@given(st.lists(st.sampled_from([r"\ud83d", r"\ude00", r"\\", "u", "d83d", r"\n", "ا"])))
def test_what_is_read_can_be_written(parts: list[str]) -> None:
    said = json.loads(whole('"' + "".join(parts) + '"'))
    assert said.encode().decode() == said


def test_an_article_whose_json_ends_in_half_a_character_is_read_and_can_be_kept() -> None:
    page = a_page(SENTENCE, SENTENCE).replace("<head>", f'<head><script type="application/ld+json">{HALF}</script>', 1)
    assert "ld+json" in page
    found = read(a_capture(page), a_reader())
    assert isinstance(found, Article)
    assert repr(found).encode()
