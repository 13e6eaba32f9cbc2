"""What a crash tore is cut off a waiting file, what is damaged is kept beside it, and no whole capture is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive import cdx, warc
from archive.records import Capture
from archive.storage import Storage
from tests.captures import URL, failed
from tests.spooled import CDXJ, KEY, begin, first_of, flip, held, one


@pytest.mark.parametrize("made", [one(2), failed()])
def test_a_tail_torn_at_any_byte_is_cut_back_to_the_last_whole_capture(
    folder: Path, storage: Storage, made: Capture
) -> None:
    waiting = begin(folder)
    kept = waiting.append(one(1))
    size = waiting.path.stat().st_size
    waiting.append(made)
    waiting.close()
    whole = waiting.path.read_bytes()
    for torn in {
        *range(size + 1, len(whole), 61),
        len(whole) - 1,
        *[size + len(m) for m in warc.compose(made).members[:-1]],
    }:
        waiting.path.write_bytes(whole[:torn])
        again = begin(folder)
        again.close()
        assert again.recovered.captures == 1
        assert again.recovered.cut == torn - size
        assert waiting.path.read_bytes() == whole[:size]
    again = begin(folder)
    again.append(one(3))
    again.seal(storage)
    assert [found.url for found in held(storage)] == [kept.url, f"{URL}/3"]


@pytest.mark.parametrize("zeros", [1, 5000])
def test_blocks_that_were_never_written_are_cut_off(folder: Path, zeros: int) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    waiting.close()
    size = waiting.path.stat().st_size
    with waiting.path.open("ab") as stream:
        stream.write(bytes(zeros))
    again = begin(folder)
    again.close()
    assert again.recovered.cut == zeros
    assert waiting.path.stat().st_size == size


def test_a_file_torn_in_its_first_record_begins_anew(folder: Path) -> None:
    waiting = begin(folder)
    waiting.close()
    whole = waiting.path.read_bytes()
    waiting.path.write_bytes(whole[:40])
    again = begin(folder)
    again.close()
    assert again.recovered.cut == 40
    assert waiting.path.stat().st_size > 40


def test_damage_before_whole_captures_is_said_and_costs_none_of_them(folder: Path) -> None:
    waiting = begin(folder)
    first = waiting.append(one(1))
    second = waiting.append(one(2))
    waiting.close()
    assert first.address is not None
    data = bytearray(waiting.path.read_bytes())
    data[first.address.offset + 40] ^= 0xFF
    waiting.path.write_bytes(data)
    again = begin(folder)
    again.close()
    assert again.recovered.cut == 0
    assert again.recovered.said
    assert str(first.address.offset) in again.recovered.said[0]
    assert [line.record for line in again.lines] == [second.record]
    assert second.address is not None
    behind = second.address.offset
    (kept,) = folder.glob("*.damaged")
    assert kept.name in again.recovered.said[0]
    assert kept.read_bytes() == bytes(data[first.address.offset : behind])
    assert waiting.path.read_bytes() == bytes(data[: first.address.offset] + data[behind:])


def test_a_torn_last_write_of_which_only_the_later_part_came_is_cut_off_whole_and_kept(folder: Path) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    second = waiting.append(one(2))
    waiting.close()
    assert second.address is not None
    data = bytearray(waiting.path.read_bytes())
    data[second.address.offset : second.address.offset + 64] = bytes(64)
    waiting.path.write_bytes(data)
    again = begin(folder)
    again.close()
    assert again.captures == 1
    assert again.recovered.cut == len(data) - size
    assert waiting.path.stat().st_size == size
    (kept,) = folder.glob("*.damaged")  # a disk that rots leaves the same, of a capture that was reported
    assert kept.read_bytes() == bytes(data[size:])
    assert kept.name in "".join(again.recovered.said)


@pytest.mark.parametrize("made", [one(2), failed()])
def test_a_reported_capture_whose_last_record_is_damaged_is_kept_beside_the_file(folder: Path, made: Capture) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    waiting.append(made)
    waiting.close()
    data = flip(waiting.path, -6)  # in the checksum
    again = begin(folder)
    again.close()
    assert (again.captures, again.recovered.cut) == (1, len(data) - size)
    (kept,) = folder.glob("*.damaged")
    assert kept.read_bytes() == data[size:]
    assert kept.name in again.recovered.said[-1]


def test_what_is_kept_of_two_crashes_at_one_place_is_kept_twice(folder: Path) -> None:
    for number in (1, 2):
        waiting = begin(folder)
        waiting.append(one(number))
        waiting.close()
        flip(waiting.path, -6)
    begin(folder).close()
    assert len(list(folder.glob("*.damaged"))) == 2


def test_the_torn_end_of_an_unfinished_write_is_cut_off_and_said_and_not_kept(folder: Path) -> None:
    waiting = begin(folder)
    waiting.append(one(1))
    size = waiting.path.stat().st_size
    waiting.append(one(2))
    waiting.close()
    os.truncate(waiting.path, size + 90)
    again = begin(folder)
    again.close()
    assert "90 bytes of an unfinished write were cut off" in again.recovered.said[-1]
    assert list(folder.glob("*.damaged")) == []


def test_a_file_whose_warcinfo_is_damaged_gets_another_before_it_is_sealed(folder: Path, storage: Storage) -> None:
    waiting = begin(folder)
    begun = waiting.path.stat().st_size
    waiting.append(one(1))
    waiting.close()
    data = flip(waiting.path, 100)
    again = begin(folder)
    assert again.recovered.said
    written = again.append(one(2))
    again.seal(storage)
    assert first_of(storage).type == "warcinfo"
    assert first_of(storage).header("WARC-Filename") == Path(KEY).name
    assert [found.url for found in held(storage)] == [f"{URL}/1", f"{URL}/2"]
    assert held(storage)[1] == written
    assert [line.order for line in cdx.load(storage.get(CDXJ))]
    (kept,) = folder.glob("*.damaged")
    assert kept.read_bytes() == data[:begun]
