"""A purge takes a story out of every file for good, and nothing else with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import audit, takedowns, warc
from archive.catalog import Query
from archive.errors import NotHeldError, TakenDownError, UsageError
from archive.http import content, parse
from archive.takedown import lift, take_down
from archive.takedowns import Depth
from archive.urls import story_id
from tests.audited import Audited, captures, page, store
from tests.purged import NOW, captured, holds, members, purged

EVERYTHING = Query(include_off_topic=True)
URL = "https://press.test/news/0"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Audited]:
    audited = store(tmp_path / "store", captures(4))
    with audited.archive:
        yield audited


def story(number: int = 0) -> str:
    return story_id("press", f"https://press.test/news/{number}")


def words(number: int) -> bytes:
    return page(number)[1].encode()


def test_a_purged_story_is_gone_to_the_last_byte_and_every_other_record_is_as_it_was(made: Audited) -> None:
    before, records = captured(made.folder), members(made.folder)
    assert holds(made.folder, words(0))
    done = purged(made.archive, story())
    assert done.is_new and done.order.depth is Depth.PURGED
    after = captured(made.folder)
    gone = before - after
    assert {url for _, url, _, _ in gone} == {URL} and gone.total() == 2 and not after - before
    (notice,) = members(made.folder) - records
    assert made.members()[-1].type == "warcinfo" and notice
    assert holds(made.folder, words(0)) == []
    assert made.faults() == []
    kinds = [each.kind for file in done.order.files for each in file.gone]
    assert sorted(kinds) == ["metadata", "metadata", "request", "request", "response", "revisit"]
    assert {held.id for held in made.archive.pull(EVERYTHING)} >= {story(each) for each in (1, 2, 3)}


def test_whoever_asks_for_a_purged_story_is_told_when_and_why(made: Audited) -> None:
    purged(made.archive, story())
    for verb in (made.archive.get, made.archive.story):
        with pytest.raises(TakenDownError, match=r"was purged on 2026-11-22: a court, 4/26$"):
            verb(story())
    made.archive.reindex()
    with pytest.raises(TakenDownError):
        made.archive.story(URL)


def test_a_purge_cannot_be_lifted_and_no_lift_copied_in_ends_it(made: Audited) -> None:
    order = purged(made.archive, story()).order
    with pytest.raises(UsageError, match="cannot be lifted, for the bytes are gone"):
        lift(made.archive, story(), "x", NOW)
    takedowns.write_lift(made.archive.storage, [order], "by another program", NOW + timedelta(days=1))
    assert takedowns.load(made.archive.storage).hides_story(story())
    assert take_down(made.archive, story(), "again", NOW).event == order.event


def test_the_same_command_again_changes_nothing(made: Audited) -> None:
    first = purged(made.archive, story())
    data = made.data(made.warc)
    again = purged(made.archive, URL)
    assert not again.is_new and again.order == first.order and made.data(made.warc) == data


def test_what_is_not_held_cannot_be_purged_and_a_purge_needs_a_reason(made: Audited) -> None:
    with pytest.raises(NotHeldError):
        purged(made.archive, "press-aaaaaaaaaaaa")
    with pytest.raises(UsageError, match="say why"):
        purged(made.archive, story(), " ")


def test_the_tombstone_tells_what_stood_there(made: Audited) -> None:
    data = made.data(made.warc)
    (file,) = purged(made.archive, story()).order.files
    (response,) = [each for each in file.gone if each.kind == "response"]
    member = data[response.offset : response.offset + response.length]
    assert warc.sha256(member) == response.member
    found = warc.read_at(member)
    assert (found.record, found.url, found.date) == (response.record, response.url, response.date)
    assert warc.sha256(found.response) == response.block
    assert response.payload == found.payload_digest
    assert content(parse(found.response)).data
    assert (file.was.key, file.was.size) == (made.warc, len(data))
    assert file.becomes is not None and file.becomes.size == len(made.data(made.warc))
    assert list(audit.audit_shelves(made.archive.storage))
