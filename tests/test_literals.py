"""crawler/literals.py: what a pattern needs is in all that it matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.literals import may_match, needed
from crawler.topic import load_topic

PATTERNS = [term.pattern.pattern for term in load_topic().terms if term.pattern]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("جولة", ("جولة",)),
        ("(?:جولة|قمة) أولى", ("جولة أولى", "قمة أولى")),
        ("ثان(?:ية?|ي[ءا])? جولة", ("ثان جولة", "ثاني جولة", "ثانيء جولة", "ثانيا جولة", "ثانية جولة")),
        ("(?:جولة|قمم)[ء-ي]*", ("جولة", "قمم")),
        ("جولة|قمم?", ("جولة", "قم")),
        ("(?:في )?[ء-ي]+", ()),
        ("(?:جولة)?|قمم", ()),
        ("(?i)Astana", ()),
        ("(?i:Astana)", ()),
        ("جولات|جولة|جول", ("جول",)),
        ("(?<!جولة) قمم(?!جولة)", (" قمم",)),
        ("(?:جولة){2,}", ("جولة",)),
        ("أ", ()),
    ],
)
def test_the_words_that_must_stand_are_told(pattern: str, words: tuple[str, ...]) -> None:
    assert needed(pattern) == words


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a term may be long
@given(st.data())
def test_whatever_a_term_of_the_topic_matches_holds_a_word_it_needs(pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(pattern))
    assert may_match(needed(pattern), text) or not re.search(pattern, text)


def test_most_terms_of_the_topic_are_told_by_words() -> None:
    assert sum(bool(needed(pattern)) for pattern in PATTERNS) > 0.9 * len(PATTERNS)
