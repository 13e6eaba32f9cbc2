"""Purges and the readers: mementos go with their story, read anew all is the same, and no reader brings it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from archive import audit, mementos, texts
from archive.errors import TakenDownError
from archive.holdings import Archive
from archive.purge.ordering import Done, purge
from archive.spool import Spool
from archive.storage import FolderStorage
from archive.warc import records
from archive.warc.read import url_of
from crawler.purging import knowledge
from crawler.shelf import extract
from tests.archived_press import FIRST, NOW, OUTLET, SECOND, a_reader, filled
from tests.captures import failed

OUTLETS = {"press": OUTLET}
FOURTH = "https://press.test/news/4"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with filled(tmp_path) as archive:
        yield archive


def purged(archive: Archive, name: str) -> Done:
    return purge(archive, name, "a court", NOW, knowledge(archive, OUTLETS))


def faults(archive: Archive) -> list[str]:
    found = (each for each in audit.audit(archive) if isinstance(each, audit.Finding) and each.fault)
    return [f"{each.file}: {each.said}" for each in found]


def shelved(archive: Archive) -> dict[str, bytes]:
    return {key: archive.storage.get(key) for key in archive.storage.list("text/")}


def read_of(archive: Archive) -> set[str]:
    """The addresses of which anything was read."""
    keys = [key for key in archive.storage.list("text/") if key.endswith(".gz")]
    return {reading.url for key in keys for reading in texts.load(archive.storage.get(key), key)[1]}


@pytest.mark.parametrize("url", [FIRST, SECOND, FOURTH])
def test_what_web_archives_played_of_a_story_goes_with_it_and_read_anew_all_is_the_same(
    archive: Archive, url: str
) -> None:
    before = read_of(archive)
    purged(archive, url)
    number = url.rpartition("/")[2]
    for key in archive.warcs():
        with archive.storage.open(f"warc/{key}") as stream:
            urls = [url_of(each) for each in records(stream)]  # type: ignore[arg-type]  # nothing is damaged
        played = [mementos.playback(each) for each in urls]
        assert not any(each.endswith(f"press.test/news/{number}") for each in urls)
        assert not any(each is not None and each.url.endswith(f"press.test/news/{number}") for each in played)
    assert read_of(archive) == {each for each in before if not each.endswith(f"/news/{number}")}
    assert faults(archive) == []
    kept = shelved(archive)
    extract(archive, OUTLETS, a_reader, anew=True)
    assert shelved(archive) == kept
    archive.reindex()
    with pytest.raises(TakenDownError, match="was purged on"):
        archive.story(url)


def test_another_spelling_of_the_address_that_no_reader_read_goes_too(archive: Archive, tmp_path: Path) -> None:
    twin, other = (f"https://press.test/news/{number}/amp?page=2&print=1" for number in (1, 12))
    spool = Spool.open(tmp_path / "store" / "spool", "press", "w", NOW + timedelta(hours=1), {"software": "tests"})
    for url in (twin, other):
        spool.append(failed(url=url))
    spool.close()
    order = purged(archive, FIRST).order
    assert twin in order.urls and other not in order.urls
    kept = set()
    for key in archive.warcs():
        with archive.storage.open(f"warc/{key}") as stream:
            kept |= {url_of(each) for each in records(stream)}  # type: ignore[arg-type]  # nothing is damaged
    assert twin not in kept and other in kept
    assert faults(archive) == []


class Overtaken(FolderStorage):
    """A store in which a story is purged right after its WARC was opened to be read."""

    def __init__(self, root: Path, other: Archive) -> None:
        super().__init__(root)
        self.other: Archive | None = other

    def open(self, key: str) -> BinaryIO:
        """See Storage."""
        stream = super().open(key)
        if self.other is not None and key.startswith("warc/"):
            other, self.other = self.other, None
            purged(other, FIRST)
        return stream


def test_what_was_read_of_a_file_that_lost_a_record_meanwhile_is_read_again(archive: Archive, tmp_path: Path) -> None:
    for key in [key for key in archive.storage.list("text/") if key.endswith(".gz")]:
        archive.storage.delete(key)  # as if nobody had read it yet
    with Archive(archive.settings) as reading:
        reading.storage = Overtaken(tmp_path / "store", archive)
        extract(reading, OUTLETS, a_reader)
    assert FIRST not in read_of(archive) and SECOND in read_of(archive)
    archive.reindex()
    assert faults(archive) == []
