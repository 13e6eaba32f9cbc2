"""The three answers to a citation, each right when the thing it speaks of is changed, and all without a network."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from archive.catalog import Query
from archive.errors import NotHeldError
from archive.export import permalink
from archive.records import Article, Capture, Reason, Rejection
from archive.verify import Today
from flows import cli
from tests.audited import Audited, captures, store
from tests.made import article
from tests.pressrun import PressRun


class Refused(socket.socket):
    """A socket that cannot be made."""

    def __new__(cls, *_: object, **__: object) -> Refused:
        raise OSError("no network in this test")


@pytest.fixture
def held(tmp_path: Path) -> Audited:
    return store(tmp_path / "store", captures(pages=1, letters=120))


def one(held: Audited) -> tuple[str, Article]:
    story = next(iter(held.archive.pull(Query(include_off_topic=True))))
    return story.id, story.editions[0].article


def test_a_citation_of_an_untouched_store_holds(held: Audited) -> None:
    name, read = one(held)
    verdict = held.archive.verify(name, lambda _: read)
    assert (verdict.bytes_same, verdict.text_held, verdict.today) == (True, True, Today.SAME)
    assert verdict.faults == ()
    story = held.archive.story(name)
    cited = held.archive.verify(permalink(story.editions[0]), lambda _: read)
    assert cited == verdict
    assert held.archive.verify(story.url, lambda _: read) == verdict


@pytest.mark.slow
def test_a_flipped_byte_of_the_cited_record_makes_the_bytes_not_the_same(held: Audited) -> None:
    name, _ = one(held)
    at = held.archive.story(name).editions[0].address
    path = held.folder / held.warc
    whole = path.read_bytes()
    for offset in range(at.offset, at.offset + at.length, 23):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x40]) + whole[offset + 1 :])
        verdict = held.archive.verify(name)
        assert not verdict.bytes_same and verdict.text_held, offset
        assert any(held.warc.removeprefix("warc/") in said or "record" in said for said in verdict.faults), offset
    path.write_bytes(whole)
    assert held.archive.verify(name).holds


def test_a_text_that_is_gone_or_damaged_is_not_held(held: Audited) -> None:
    name, _ = one(held)
    path = held.folder / held.text
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    verdict = held.archive.verify(name)
    assert (verdict.bytes_same, verdict.text_held, verdict.holds) == (True, False, False)
    path.unlink()
    assert not held.archive.verify(name).text_held


def test_todays_reader_may_read_another_text_or_none(held: Audited) -> None:
    name, _ = one(held)

    def other(_: Capture) -> Article:
        return article("نص آخر كتب لهذا الاختبار.")

    verdict = held.archive.verify(name, other)
    assert (verdict.today, verdict.holds) == (Today.DIFFERENT, True)
    verdict = held.archive.verify(name, lambda _: Rejection(reason=Reason.NO_TEXT))
    assert (verdict.today, verdict.holds) == (Today.NOTHING, True)


def test_what_was_never_held_is_said(held: Audited) -> None:
    with pytest.raises(NotHeldError):
        held.archive.verify("press-aaaaaaaaaaaa")
    name, _ = one(held)
    with pytest.raises(NotHeldError, match="0000000000000000"):
        held.archive.verify(f"/s/{name}/0000000000000000")


@pytest.mark.xdist_group("desk")
def test_every_citation_is_proved_without_a_network(
    press: PressRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = press.copy(tmp_path)
    monkeypatch.setattr(socket, "socket", Refused)
    monkeypatch.setenv("ASTANA_OUTLETS", str(place.outlets))
    code = cli.run(["verify", "--all", "--json", "--store", str(place.store)])
    verdicts = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert code == 0
    assert len(verdicts) > 20
    assert {(each["bytes_same"], each["text_held"], each["today"]) for each in verdicts} == {(True, True, "same")}
    warc = max((tmp_path / "store" / "warc").rglob("*.warc.gz"), key=lambda path: path.stat().st_size)
    data = bytearray(warc.read_bytes())
    for at in range(2000, len(data), 1000):
        data[at] ^= 0xFF
    warc.write_bytes(data)
    assert cli.run(["verify", "--all", "--json", "--store", str(place.store)]) == 1
