"""From a store's own stories to a table of formulas, and from the table to clusters: an explicit act, and undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import learned
from archive.catalog import Query, TextObject
from archive.errors import ArchiveError
from archive.holdings import Archive, open_archive
from archive.learned import Choice
from archive.likeness.formulas import KIND
from archive.settings import load_settings
from tests.made import NOON, article, reading, shelf
from tests.practice import Answer, astana
from tests.test_formulas import EDITED, ITEM, cable

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def story(name: str, text: str, day: int) -> TextObject:
    printed = reading(name, article(text, at=NOON + timedelta(days=day)), day=day)
    return shelf(name, [printed], outlet=name.partition("-")[0])


STORIES = [
    *(story(f"a-{number}", cable(number), 10 * number) for number in range(3)),
    story("b-item", ITEM, 5),
    story("c-edited", EDITED, 5),
]


def put(archive: Archive, given: Sequence[TextObject]) -> None:
    for each in given:
        archive.put_text(each.head, each.readings)
        archive.set_reader(each.head.outlet, each.head.reader)
    archive.index()


def opened(folder: Path) -> Archive:
    return open_archive(load_settings(store=str(folder)), create=True)


def clusters(archive: Archive) -> list[set[str]]:
    found = archive.clusters(Query(include_off_topic=True))
    return [{cluster.canonical, *(copy.story for copy in cluster.copies)} for cluster in found]


def learn(capfd: pytest.CaptureFixture[str], folder: Path, *words: str) -> Answer:
    return astana(capfd, "learn", "--formulas", *words, settings={"ASTANA_STORE": str(folder)})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Cables of three days far apart, and an item beside its edited copy."""
    with opened(tmp_path) as archive:
        put(archive, STORIES)
        assert clusters(archive) == []
    return tmp_path


def test_what_is_learned_counts_from_the_next_rebuild_on_and_for_later_arrivals(
    store: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "would be a new table" in learn(capfd, store, "--dry-run").err
    said = learn(capfd, store, "--json")
    assert "a new table" in said.err
    assert json.loads(said.out.splitlines()[0])["texts"] == 3
    assert "the current table" in learn(capfd, store).err
    with opened(store) as archive:
        assert clusters(archive) == []
        archive.reindex()
        assert clusters(archive) == [{"b-item", "c-edited"}]
        put(archive, [story("d-late", EDITED.replace("الزوار", "الضيوف"), 6)])
        assert clusters(archive) == [{"b-item", "c-edited", "d-late"}]
        arrived = list(archive.catalog.dump())
        archive.reindex()
        assert list(archive.catalog.dump()) == arrived


def test_what_was_learned_is_shown_and_let_go(store: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "there is no table" in learn(capfd, store, "--forget").err
    learn(capfd, store)
    assert learn(capfd, store, "--show").out.startswith("3\t")
    assert "let go" in learn(capfd, store, "--forget").err
    with opened(store) as archive:
        archive.reindex()
        assert clusters(archive) == []


def test_outlets_are_not_named(store: Path, capfd: pytest.CaptureFixture[str]) -> None:
    said = learn(capfd, store, "a")
    assert (said.code, "name none" in said.err) == (2, True)


def test_a_table_that_cannot_be_read_stops_a_rebuild_and_says_how_to_go_on(store: Path) -> None:
    with opened(store) as archive:
        before = list(archive.catalog.dump())
        digest = learned.put(archive.storage, KIND, b'{"numbering":"n0","days":{}}\n')
        learned.choose(archive.storage, Choice(kind=KIND, digest=digest), NOW)
        with pytest.raises(ArchiveError, match=r"--forget"):
            archive.reindex()
    with opened(store) as archive:
        assert list(archive.catalog.dump()) == before
