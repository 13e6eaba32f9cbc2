"""A purge by the command, on the crawled practice press: nothing else changes, and nothing brings the story back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalog import Query
from archive.export import current
from archive.records import Story
from tests.practice import astana
from tests.pressrun import WHOLE, PressRun, crawl, opened
from tests.purged import captured, holds

pytestmark = [pytest.mark.long, pytest.mark.timeout(900), pytest.mark.xdist_group("desk")]
EVERYTHING = Query(include_off_topic=True)


def chosen(stories: list[Story]) -> tuple[Story, bytes]:
    """A story, and words of it that nobody else printed."""
    texts = {each.id: current(each).article.text for each in stories}
    for story in stories:
        for paragraph in current(story).article.paragraphs[1:] if story.outlet == "midan" else ():
            words = paragraph.text[5:-5]
            if (
                len(words) > 60
                and '"' not in words
                and [each for each, text in texts.items() if words in text] == [story.id]
            ):
                return story, words.encode()
    raise AssertionError("every word of the press is printed twice")


def test_a_purged_story_stays_away_from_audit_rebuild_and_another_crawl(
    press: PressRun, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = press.copy(tmp_path)
    store, where = tmp_path / "store", ("--store", str(tmp_path / "store"))
    with opened(place) as archive:
        stories = list(archive.pull(EVERYTHING))
    story, words = chosen(stories)
    assert holds(store, words)
    before = captured(store)
    asked = ("takedown", story.id, "--purge", "--reason", "a court")
    unsure = astana(capfd, *asked, *where)
    assert unsure.code == 2 and "--irrevocably" in unsure.err and captured(store) == before
    assert astana(capfd, "replay", *where).code == 0
    done = astana(capfd, *asked, "--irrevocably", "--json", *where)
    assert (done.code, done.lines[0]["depth"], done.lines[0]["state"]) == (0, "purged", "in force")
    assert "may still play from captures of" in done.err
    gone = before - captured(store)
    assert {url for _, url, _, _ in gone} == {each["url"] for file in done.lines[0]["files"] for each in file["gone"]}
    assert holds(store, words) == []
    assert (store / "replay" / "index.cdxj").exists()
    assert astana(capfd, "audit", *where).code == 0
    told = astana(capfd, "verify", story.id, "--json", *where)
    assert told.code == 1 and "was purged on" in told.lines[0]["faults"][0]
    texts = {path: path.read_bytes() for path in (store / "text").rglob("*.gz")}
    assert astana(capfd, "rebuild", "--from", "warc", *where, settings={"ASTANA_OUTLETS": place.outlets}).code == 0
    assert {path: path.read_bytes() for path in (store / "text").rglob("*.gz")} == texts
    number = len(press.newsroom.log)
    crawl(place, replace(WHOLE, outlets=(story.outlet,)))
    targets = {(ask.outlet, ask.target) for ask in list(press.newsroom.log)[number:]}
    assert targets and not any(story.url.endswith(target) for outlet, target in targets if outlet == story.outlet)
    with opened(place) as archive:
        left = {each.id: each for each in archive.pull(EVERYTHING)}
    assert left.keys() == {each.id for each in stories} - {story.id}
    assert holds(store, words) == []
    assert astana(capfd, "audit", *where).code == 0
    assert astana(capfd, "takedown", story.id, "--lift", "--reason", "x", *where).code == 2
