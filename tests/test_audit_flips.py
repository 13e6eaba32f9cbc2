"""Every flipped byte is found, and named: the file, the member, the record and its address where they can be read."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive import fixity
from archive.audit import Finding, Shelved, audit_shelves, audit_warc
from archive.warc import Record
from tests.audited import Audited, captures, store

SEED = 20261122


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return store(tmp_path_factory.mktemp("small") / "store", captures(pages=1, letters=120))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return store(tmp_path_factory.mktemp("large") / "store", captures(pages=700, letters=2_000))


def found(data: bytes, shelved: Shelved) -> list[Finding]:
    return [each for each in audit_warc(io.BytesIO(data), shelved) if isinstance(each, Finding) and each.fault]


def member_at(members: Sequence[Record], offset: int) -> Record:
    return next(each for each in reversed(members) if each.offset <= offset)


def assert_named(findings: Sequence[Finding], member: Record, flip: object) -> None:
    """One of the findings stands at the member; none that stands there names another record or address."""
    here = [each for each in findings if each.offset == member.offset and each.file.startswith("warc/")]
    assert here, f"{flip} in the {member.type} at {member.offset} was not found; said: {findings}"
    own, url = member.names["warc-record-id"].strip("<>"), member.names.get("warc-target-uri")
    assert {each.record for each in here} <= {own, None}, flip
    assert {each.url for each in here} <= {url, None}, flip
    if member.type in ("response", "revisit"):  # the index still knows whose they are
        assert (own, url) in {(each.record, each.url) for each in here}, flip


def flipped_at(data: bytes, at: int) -> bytes:
    """All bits of a byte, or one of them."""
    mask = random.Random(f"{SEED} {at}").choice((0xFF, 0x01, 0x10, 0x80))
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def test_an_untouched_store_has_no_fault(small: Audited) -> None:
    assert small.faults() == []
    kinds = {each.type for each in small.members()}
    assert kinds == {"warcinfo", "response", "request", "metadata", "revisit"}


@pytest.mark.long
@pytest.mark.slow
def test_every_byte_of_a_small_warc_is_guarded_and_its_record_named(small: Audited) -> None:
    data, shelved, members = small.data(small.warc), small.shelved(), small.members()
    for at in range(len(data)):
        assert_named(found(flipped_at(data, at), shelved), member_at(members, at), at)


@pytest.mark.long
@pytest.mark.slow
def test_two_thousand_flips_in_a_large_warc_are_each_found_and_named(large: Audited) -> None:
    """Two hundred at once in as many members: reading goes on after each."""
    data, shelved, members = large.data(large.warc), large.shelved(), large.members()
    assert large.faults() == []
    chance = random.Random(SEED)
    total = 0
    for _ in range(10):
        flipped = bytearray(data)
        chosen = chance.sample(members, 200)
        for member in chosen:
            at = member.offset + chance.randrange(member.length)
            flipped[at] ^= 1 << chance.randrange(8)
        findings = found(bytes(flipped), shelved)
        by_offset: dict[int | None, list[Finding]] = {}
        for each in findings:
            by_offset.setdefault(each.offset, []).append(each)
        for member in chosen:
            assert_named(by_offset.get(member.offset, []), member, (SEED, total))
            total += 1
        untouched = {each.offset for each in members} - {each.offset for each in chosen}
        blamed = {each.offset for each in findings if each.kind in ("digest", "record", "fixity", "revisit")}
        assert not blamed & untouched
    assert total == 2000


@pytest.mark.slow
def test_every_other_byte_of_an_index_is_guarded_and_its_capture_named(small: Audited) -> None:
    data, shelved = small.data(small.cdxj), small.shelved()
    whole = small.data(small.warc)
    urls = {line.split(b'"url": "')[1].split(b'"')[0].decode() for line in data.splitlines()}
    for at in range(SEED % 2, len(data), 2):
        start = data.rfind(b"\n", 0, at) + 1
        given = Shelved(key=shelved.key, cdxj=flipped_at(data, at), fixity=shelved.fixity)
        findings = found(whole, given)
        assert {each.file for each in findings} == {small.cdxj}, at
        assert any(each.offset in (start, at + 1) or each.record for each in findings), (at, findings)
        named = {each.url for each in findings if each.url}
        assert named and named <= urls, (at, findings)


def spots(size: int, most: int) -> list[int]:
    chance = random.Random(SEED)
    return sorted(chance.sample(range(size), min(most, size)))


@pytest.mark.slow
@pytest.mark.parametrize("shelf", ["cdxj", "text", "ledger", "pointer", "format"])
def test_a_flip_on_the_other_shelves_is_found_and_its_file_named(small: Audited, shelf: str) -> None:
    storage = small.archive.storage
    keys = {
        "cdxj": [small.cdxj],
        "text": [small.text],
        "ledger": list(storage.list("ledger/")),
        "pointer": ["text/press/current.json"],
        "format": ["format.json"],
    }[shelf]
    assert keys
    for key in keys:
        whole = small.data(key)
        try:
            for at in spots(len(whole), 120 // len(keys) + 10):
                (small.folder / key).write_bytes(flipped_at(whole, at))
                findings = [e for e in audit_shelves(storage) if isinstance(e, Finding) and e.fault]
                assert key in {each.file for each in findings}, (key, at, findings)
        finally:
            (small.folder / key).write_bytes(whole)
    assert small.faults() == []


@pytest.mark.parametrize("shelf", ["warc", "cdxj", "text"])
def test_a_file_that_is_gone_is_named(small: Audited, tmp_path: Path, shelf: str) -> None:
    key = {"warc": small.warc, "cdxj": small.cdxj, "text": small.text}[shelf]
    path = small.folder / key
    whole = path.read_bytes()
    path.unlink()
    try:
        findings = [e for e in audit_shelves(small.archive.storage) if isinstance(e, Finding) and e.kind == "lost"]
        assert key in {each.file for each in findings}
    finally:
        path.write_bytes(whole)


def test_a_file_cut_short_or_grown_is_told_where(small: Audited) -> None:
    data, shelved, members = small.data(small.warc), small.shelved(), small.members()
    last = members[-1]
    assert last.offset in {each.offset for each in found(data[:-5], shelved)}
    assert len(data) in {each.offset for each in found(data + b"\0\0", shelved)}
    assert any(each.kind == "fixity" for each in found(data[: last.offset], shelved))


def test_an_older_store_without_fixity_is_read_and_says_so(small: Audited) -> None:
    shelved = small.shelved()
    without = Shelved(key=shelved.key, cdxj=shelved.cdxj)
    assert found(small.data(small.warc), without) == []
    entries = list(small.archive.storage.list(fixity.SHELF))
    kept = {entry: small.data(entry) for entry in entries}
    for entry in entries:
        (small.folder / entry).unlink()
    try:
        said = [each for each in audit_shelves(small.archive.storage) if isinstance(each, Finding)]
        assert {(each.kind, each.fault) for each in said} == {("unrecorded", False)}
        assert {each.file for each in said} == {small.warc, small.cdxj, small.text}
    finally:
        for entry, content in kept.items():
            (small.folder / entry).write_bytes(content)
