"""The shelf of listings: what is written is read back, in bounded pieces; damage, versions and pointers are told."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import fixity, gzip, listed
from archive.errors import AlreadyThereError, ArchiveError, CatalogError, FormatError
from archive.listed import Line
from archive.listings import Asked, Content, ListedItem, ListingHead, Poll
from archive.records import Via
from archive.storage import FolderStorage
from tests.polled import again, asked, failed, item, listing, poll

HEAD = ListingHead(schema=1, warc="a/2017/01/1.warc.gz", outlet="a", lister="11", zone="UTC")
KEY = "listed/a/11/2017/01/1.jsonl.gz"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE = st.none() | WORDS.filter(bool)
DAYS = st.none() | st.tuples(st.dates(), st.dates())
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
ITEMS = st.builds(
    ListedItem,
    story=WORDS,
    url=WORDS,
    title=MAYBE,
    summary=MAYBE,
    published=MAYBE,
    lastmod=MAYBE,
    days=DAYS,
    archived=MAYBE,
)
POLLS = st.builds(
    Poll,
    outlet=WORDS,
    seed=WORDS,
    kind=WORDS,
    url=WORDS,
    at=WORDS,
    record=WORDS,
    via=st.sampled_from(Via),
    run=MAYBE,
    series=WORDS,
    page=st.integers(0, 10**9),
    content=st.sampled_from(Content),
    whole=st.booleans(),
    of=MAYBE,
    items=st.lists(ITEMS, max_size=3).map(tuple),
    others=st.dictionaries(WORDS, st.integers(), max_size=2),
    problem=MAYBE,
    covers=st.none() | st.tuples(MOMENTS, MOMENTS),
    last=st.booleans(),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
)
ASKED = st.builds(
    Asked,
    outlet=WORDS,
    story=WORDS,
    url=WORDS,
    at=WORDS,
    record=WORDS,
    via=st.sampled_from(Via),
    to=MAYBE,
    moved=st.booleans(),
    said=WORDS,
)


def pack(lines: list[Line]) -> bytes:
    return b"".join(listed.packed(HEAD, lines))


def unpack(data: bytes) -> tuple[ListingHead, list[Line]]:
    head, lines = listed.unpacked(io.BytesIO(data), KEY)
    return head, list(lines)


@settings(max_examples=60)
@given(st.lists(POLLS | ASKED, max_size=3))
def test_what_is_written_is_read_back(lines: list[Line]) -> None:
    assert unpack(pack(lines)) == (HEAD, lines)
    assert pack(lines) == pack(lines)


def test_many_lines_are_packed_in_several_members_and_read_as_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "_MEMBER", 200)
    lines: list[Line] = [poll(number, item("x", date(2017, 1, 24))) for number in range(50)]
    members = list(listed.packed(HEAD, lines))
    assert len(members) > 10
    assert unpack(b"".join(members)) == (HEAD, lines)
    assert gzip.decompress(b"".join(members)).count(b"\n") == 51


@pytest.mark.parametrize("cut", [0, 1, 30, -9, -1])
def test_an_object_that_was_cut_off_is_told_by_its_name(cut: int) -> None:
    data = pack([poll(1, item("x")), asked("y", 2)])
    with pytest.raises(ArchiveError, match=KEY):
        unpack(data[:cut])
    assert not listed.is_whole(data[:cut])
    assert listed.is_whole(data)


def test_any_flipped_byte_of_an_object_is_damage_or_reads_the_same() -> None:
    data = pack([poll(1, item("x"))])
    for at in range(len(data)):
        broken = bytearray(data)
        broken[at] ^= 0x40
        try:
            found = unpack(bytes(broken))
        except ArchiveError:
            continue
        assert found == unpack(data), f"byte {at}"


def test_a_newer_object_is_refused_and_left_alone() -> None:
    data = gzip.compress(b'{"schema": 2}\n')
    with pytest.raises(FormatError, match="upgrade"):
        unpack(data)
    assert listed.is_whole(data)


def test_a_line_that_is_none_is_damage() -> None:
    for line in (b"[]", b"{}", b'{"asked": {}}', b"null", b'{"via": "x"}'):
        with pytest.raises(ArchiveError, match="no listing object"):
            unpack(gzip.compress(listed.to_json(HEAD).encode() + b"\n" + line + b"\n"))


# ---- on the shelf --------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "store")


def test_an_object_lies_beside_its_warcs_text_with_its_fixity_on_record(store: FolderStorage) -> None:
    assert listed.put(store, HEAD, [poll(1, item("x"))]) == KEY == listing("1").key
    assert listed.put(store, HEAD, [poll(1, item("x"))]) == KEY
    assert listed.of_lister(store, "a", "11") == {KEY}
    assert len(fixity.load(store)[KEY]) == 1
    with listed.opened(store, KEY) as (head, lines):
        assert (head, len(list(lines))) == (HEAD, 1)


def test_the_same_lister_never_lists_otherwise_and_damage_is_written_anew(store: FolderStorage) -> None:
    listed.put(store, HEAD, [failed(1)])
    with pytest.raises(AlreadyThereError):
        listed.put(store, HEAD, [again(1)])
    whole = store.get(KEY)
    store.put(KEY, whole[:-5], replace=True)
    listed.put(store, HEAD, [failed(1)])
    assert store.get(KEY) == whole


def test_another_zlibs_bytes_of_the_same_lines_are_left_and_recorded(store: FolderStorage) -> None:
    lines = b"".join(f"{listed.to_json(each)}\n".encode() for each in (HEAD, failed(1)))
    other = gzip.compress(lines, 1)
    store.put(KEY, other)
    listed.put(store, HEAD, [failed(1)])
    assert store.get(KEY) == other
    assert fixity.load(store)[KEY][0].size == len(other)


def test_only_the_current_listers_objects_are_indexed(store: FolderStorage) -> None:
    listed.put(store, HEAD, [])
    assert listed.current(store) == []
    listed.set_lister(store, "a", "11")
    assert (listed.lister_of(store, "a"), listed.current(store)) == ("11", [KEY])
    listed.set_lister(store, "a", "22")
    assert listed.current(store) == []


def test_a_pointer_that_names_no_lister_is_told_and_can_be_set_again(store: FolderStorage) -> None:
    store.put("listed/a/current.json", b"{}")
    with pytest.raises(CatalogError, match="names no lister"):
        listed.lister_of(store, "a")
    listed.set_lister(store, "a", "11")
    assert listed.lister_of(store, "a") == "11"
