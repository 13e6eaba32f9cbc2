"""Indexes that are lost or damaged are told by replay and made again from sound WARCs, never from damaged ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import fixity, replay
from archive.imports import shelve
from archive.reindexing import mend
from tests.audited import NOW, Audited, captures, storage, store
from tests.practice import astana


@pytest.fixture
def held(tmp_path: Path) -> Audited:
    return store(tmp_path / "store", captures(pages=2, letters=120))


def test_a_sound_index_is_left_as_it_is(held: Audited) -> None:
    stamp = (held.folder / held.cdxj).stat().st_mtime_ns
    assert mend(storage(held)) == ()
    assert (held.folder / held.cdxj).stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", ["lost", "one letter", "a line less", "unreadable"])
def test_an_index_that_is_lost_or_wrong_is_written_again_from_its_warc(held: Audited, damage: str) -> None:
    path, before = held.folder / held.cdxj, held.data(held.cdxj)
    if damage in ("lost", "unreadable"):
        path.unlink()
        if damage == "unreadable":
            path.symlink_to("/proc/self/mem")  # nobody can read its first byte
    else:
        path.write_bytes(before[:40] + b"?" + before[41:] if damage == "one letter" else before.partition(b"\n")[2])
    assert held.faults() != []
    assert mend(storage(held), "press") == (held.cdxj,)
    assert path.read_bytes() == before
    assert held.faults() == []


def test_an_index_without_an_entry_is_put_on_record_when_it_is_made_again(held: Audited) -> None:
    (held.folder / held.cdxj).unlink()
    for entry in list(storage(held).list(fixity.SHELF)):
        storage(held).delete(entry)
    mend(storage(held))
    assert list(fixity.load(storage(held))) == [held.cdxj]


@pytest.mark.parametrize("on_record", [True, False])
def test_the_index_of_a_damaged_warc_stays(held: Audited, on_record: bool, caplog: pytest.LogCaptureFixture) -> None:
    path = held.folder / held.warc
    path.write_bytes(path.read_bytes()[:-20])
    (held.folder / held.cdxj).write_bytes(b"what is left of it\n")
    for entry in list(storage(held).list(fixity.SHELF)) if not on_record else []:
        storage(held).delete(entry)
    assert mend(storage(held)) == ()
    assert held.data(held.cdxj) == b"what is left of it\n"
    assert f"{held.warc} is damaged; {held.cdxj} is left as it is" in caplog.text


def test_the_index_of_an_import_is_made_again_while_its_bytes_are_its_name(held: Audited, tmp_path: Path) -> None:
    other = store(tmp_path / "other", captures(pages=1, letters=150))
    shelved = shelve(held.archive, other.folder / other.warc, NOW)
    index = f"cdxj/{shelved.readable[0]}.cdxj"
    before = held.data(index)
    (held.folder / index).unlink()
    assert mend(storage(held), "nobody") == (index,)
    assert held.data(index) == before
    (held.folder / index).unlink()
    with (held.folder / f"warc/{shelved.shelved}").open("ab") as out:
        out.write(b"x")
    assert mend(storage(held), "nobody") == ()


def test_replay_plays_the_others_and_names_what_has_no_index_or_a_broken_line(
    held: Audited, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = replay.build(held.archive)
    lines = held.data(held.cdxj).splitlines(keepends=True)
    (held.folder / held.cdxj).write_bytes(b"junk\n" + b"".join(lines[1:]))
    assert replay.build(held.archive).broken == (f"line 1 of {held.cdxj} is broken",)
    monkeypatch.setenv("ASTANA_STORE", str(held.folder))
    said = astana(capfd, "replay", "--json")
    assert (said.code, 0 < said.lines[0]["captures"] < whole.captures) == (1, True)
    assert f"line 1 of {held.cdxj} is broken; astana rebuild --from warc makes it again" in said.err
    (held.folder / held.cdxj).unlink()
    said = astana(capfd, "replay")
    assert (said.code, "warc-without-index" in said.out) == (1, True)
    assert f"{held.warc} has no index" in said.err
    assert astana(capfd, "rebuild", "--from", "warc").code == 1  # press has no outlet file; its index needs none
    assert held.data(held.cdxj) == b"".join(lines)
    assert astana(capfd, "replay").code == 0
