"""The practice press judged by crawler/topic.py: every manuscript's label as its authors meant it."""

from __future__ import annotations

import pytest

from crawler.newsroom import press
from crawler.newsroom.press import Manuscript
from crawler.topic import judge, load_topic
from tests import newsroom_truth

RULES = load_topic()
TRUTHS = {(name, truth.id): truth for name, truths in newsroom_truth.load().items() for truth in truths}
MANUSCRIPTS = [(name, manuscript) for name, manuscripts in press.load().items() for manuscript in manuscripts]


@pytest.mark.parametrize(("name", "manuscript"), MANUSCRIPTS, ids=[f"{name}/{m.id}" for name, m in MANUSCRIPTS])
def test_every_manuscript_is_labelled_as_meant(name: str, manuscript: Manuscript) -> None:
    found = judge(manuscript.title, "\n\n".join(manuscript.paragraphs), RULES)
    assert found.on == TRUTHS[name, manuscript.id].topic, found
