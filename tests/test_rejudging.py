"""Another topic judges texts anew: no WARC is opened, and what comes out is what the WARC would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import texts
from archive.catalog import Query
from archive.holdings import Archive
from archive.records import Article
from crawler.extract import Reader
from crawler.outlet import Outlet
from crawler.shelf import extract, judgeable
from crawler.topic import load_topic
from tests.archived_press import OUTLET, a_reader, filled

OUTLETS = {"press": OUTLET}
EVERYTHING = "name: everything\n"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with filled(tmp_path) as archive:
        yield archive


@pytest.fixture
def of_everything(tmp_path: Path) -> Path:
    path = tmp_path / "everything.yml"
    path.write_text(EVERYTHING, "utf-8")
    return path


def by(topic: Path | None, outlet: Outlet = OUTLET) -> Reader:
    return replace(a_reader(outlet), topic=load_topic(topic))


def shelved(archive: Archive, reader: str) -> dict[str, bytes]:
    return {key: archive.storage.get(key) for key in sorted(archive.texts_of("press", reader))}


def test_texts_are_judged_without_their_warcs_as_these_would_be_read(
    archive: Archive, of_everything: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = by(of_everything)
    assert newer.pages == a_reader().pages
    assert newer.digest != a_reader().digest
    before = {story.id for story in archive.pull(Query())}
    with monkeypatch.context() as closed:
        closed.setattr("crawler.hands.candidates", _not_opened)
        found = extract(archive, OUTLETS, lambda outlet: by(of_everything, outlet))
    assert len(found.warcs) == 1
    judged = shelved(archive, newer.digest)
    assert judged
    extract(archive, OUTLETS, lambda outlet: by(of_everything, outlet), anew=True)  # raises where a text differs
    assert shelved(archive, newer.digest) == judged
    archive.index()
    assert before < {story.id for story in archive.pull(Query())}


def _not_opened(*_: object) -> None:
    raise AssertionError("a WARC was opened")


def test_only_a_topic_is_judged_anew(archive: Archive, of_everything: Path) -> None:
    assert judgeable(archive, OUTLETS, a_reader) == frozenset()  # nothing changed
    assert judgeable(archive, OUTLETS, lambda outlet: by(of_everything, outlet)) == {"press"}
    other = replace(OUTLET, name="الصحيفة")
    assert judgeable(archive, {"press": other}, lambda outlet: by(of_everything, outlet)) == frozenset()


def test_a_damaged_text_is_read_from_its_warc(archive: Archive, of_everything: Path) -> None:
    (key,) = shelved(archive, a_reader().digest)
    whole = archive.storage.get(key)
    archive.storage.put(key, whole[:40], replace=True)
    extract(archive, OUTLETS, lambda outlet: by(of_everything, outlet))
    (made,) = shelved(archive, by(of_everything).digest).items()
    assert texts.load(made[1], made[0])[1]


def test_everything_else_of_a_reading_stays(archive: Archive, of_everything: Path) -> None:
    old = [one for key, data in shelved(archive, a_reader().digest).items() for one in texts.load(data, key)[1]]
    extract(archive, OUTLETS, lambda outlet: by(of_everything, outlet))
    new = [one for key, data in shelved(archive, by(of_everything).digest).items() for one in texts.load(data, key)[1]]
    for one, other in zip(old, new, strict=True):
        if isinstance(one.outcome, Article):
            assert isinstance(other.outcome, Article)
            assert replace(other.outcome, topic=one.outcome.topic) == one.outcome
            assert other.outcome.topic.on
        else:
            assert other == one
