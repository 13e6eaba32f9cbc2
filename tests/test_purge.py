"""A purge takes a story out of every file for good, and nothing else with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import audit, takedowns, tenure, warc
from archive.audit import Kind
from archive.catalog import Query
from archive.errors import LeaseError, NotHeldError, TakenDownError, UsageError
from archive.holdings import open_archive
from archive.http import content, parse
from archive.settings import load_settings
from archive.spool import Spool
from archive.takedown import lift, take_down
from archive.takedowns import Depth
from archive.urls import story_id
from tests.audited import Audited, captures, page, store
from tests.captures import answer, capture
from tests.practice import astana
from tests.purged import NOW, captured, holds, members, purged
from tests.shelving import copied

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


def test_verify_of_a_purged_permalink_says_when_why_and_which_digests(made: Audited) -> None:
    edition = made.archive.get(story())[1]
    digits = edition.text_digest.removeprefix("sha256:")[:16]
    order = purged(made.archive, story()).order
    (response,) = [each for file in order.files for each in file.gone if each.kind == "response"]
    for name in (f"/s/{story()}/{digits}", story(), URL):
        verdict = made.archive.verify(name)
        assert not verdict.holds and not verdict.bytes_same and not verdict.text_held
        told = "; ".join(verdict.faults)
        assert "was purged on 2026-11-22: a court, 4/26" in told
        for digest in (response.record, response.payload, response.block, response.member, made.warc):
            assert digest in told
    assert made.archive.verify(f"/s/{story()}/{digits}").text_digest == edition.text_digest
    assert made.archive.verify(story(1)).holds


def test_the_audit_tells_the_file_of_before_and_purged_records_that_are_there_again(made: Audited) -> None:
    kept = {key: made.data(key) for key in (made.warc, made.cdxj, made.text)}
    purged(made.archive, story())
    assert made.faults() == []
    for key, data in kept.items():
        (made.folder / key).write_bytes(data)
    found = {each.kind for each in made.faults()}
    assert {Kind.PURGED, Kind.FIXITY} <= found
    assert any("was purged on" in each.said and each.url == URL for each in made.faults())
    purged(made.archive, story())
    assert made.faults() == [] and holds(made.folder, words(0)) == []


def test_ledgers_merged_purge_in_both_stores(made: Audited, tmp_path: Path) -> None:
    with copied(made.folder, tmp_path / "copy") as other:
        purged(other, story())
    shutil.copytree(tmp_path / "copy" / "ledger", made.folder / "ledger", dirs_exist_ok=True)
    made.archive.close()
    with open_archive(made.archive.settings) as merged:
        assert story() not in {held.id for held in merged.pull(EVERYTHING)}
    assert holds(made.folder, words(0)) == [] and made.faults() == []
    ours = {path.relative_to(made.folder): path.read_bytes() for path in (made.folder / "warc").rglob("*.gz")}
    theirs = {
        path.relative_to(tmp_path / "copy"): path.read_bytes() for path in (tmp_path / "copy" / "warc").rglob("*.gz")
    }
    assert ours == theirs


def test_another_catalog_of_the_same_store_is_made_again_before_it_answers(made: Audited, tmp_path: Path) -> None:
    elsewhere = load_settings(store=made.archive.settings.store, catalog=str(tmp_path / "elsewhere.db"))
    with open_archive(elsewhere) as other:
        other.index()
        before = other.get(story(1))[1].address
    purged(made.archive, story())
    with open_archive(elsewhere) as other:
        assert other.get(story(1))[1].address != before
        assert other.verify(story(1)).holds
        with pytest.raises(TakenDownError):
            other.get(story())
    assert words(0) not in (tmp_path / "elsewhere.db").read_bytes()


def test_what_waits_in_the_spool_is_sealed_and_purged(made: Audited) -> None:
    folder = made.archive.settings.spool_dir
    late = capture(answer(page(0)[0] + b"<!-- later -->"), url=URL, date="2026-11-23T10:00:00Z")
    waiting = Spool.open(folder, "press", "w", NOW + timedelta(hours=1), {"software": "tests"})
    waiting.append(late)
    waiting.append(capture(url="https://press.test/news/9"))
    waiting.close()
    order = purged(made.archive, story()).order
    assert late.record in {each.record for file in order.files for each in file.gone}
    assert holds(made.folder, words(0)) == [] and not list(folder.glob("*.warc.gz.*"))
    assert made.faults() == []


@pytest.mark.slow
def test_a_crawl_under_way_is_not_disturbed(made: Audited) -> None:
    with tenure.held(made.archive.storage, "crawl-press"), pytest.raises(LeaseError):
        purged(made.archive, story())
    assert not takedowns.load(made.archive.storage) and made.archive.get(story())


@pytest.mark.slow
def test_two_stories_of_one_file_are_purged_one_after_the_other_and_the_order_of_reading_does_not_matter(
    made: Audited, tmp_path: Path
) -> None:
    shutil.copytree(made.folder, tmp_path / "copy")
    for number in (1, 0):
        purged(made.archive, story(number))
    assert made.faults() == []
    shutil.copytree(made.folder / "ledger", tmp_path / "copy" / "ledger", dirs_exist_ok=True)
    with open_archive(load_settings(store=str(tmp_path / "copy"))) as merged:
        assert merged.get(story(2))
        assert captured(tmp_path / "copy") == captured(made.folder)
        assert holds(tmp_path / "copy", words(0)) == [] and holds(tmp_path / "copy", words(1)) == []


def test_the_command_purges_only_when_it_is_meant_and_lists_what_it_did(
    made: Audited, capfd: pytest.CaptureFixture[str]
) -> None:
    store = ("--store", str(made.folder))
    asked = ("takedown", story(), "--purge", "--reason", "a court", *store)
    for more in ((), ("--irrevocably", "--lift"), ("--irrevocably", "--depth", "sealed")):
        assert astana(capfd, *asked, *more).code == 2
    assert astana(capfd, "takedown", story(), "--irrevocably", "--reason", "x", *store).code == 2
    assert astana(capfd, "takedown", story(), "--purge", "--irrevocably", *store).code == 2
    assert not takedowns.load(made.archive.storage)
    done = astana(capfd, *asked, "--irrevocably", "--json")
    (line,) = done.lines
    assert (done.code, line["depth"], line["state"]) == (0, "purged", "in force")
    assert {each["kind"] for file in line["files"] for each in file["gone"]} >= {"response", "request", "metadata"}
    assert "out of reach: copies of the store" in done.err
    again = astana(capfd, *asked, "--irrevocably")
    assert again.code == 0 and "was purged on" in again.err and "already" in again.err
    listed = astana(capfd, "takedown", *store)
    assert "purged" in listed.out and "in force" in listed.out
    got = astana(capfd, "get", story(), *store)
    assert (got.code, got.out) == (1, "") and "was purged on" in got.err
    told = astana(capfd, "verify", story(), "--json", *store)
    assert told.code == 1 and not told.lines[0]["holds"]
    lifted = astana(capfd, "takedown", story(), "--lift", "--reason", "x", *store)
    assert lifted.code == 2 and "cannot be lifted" in lifted.err
