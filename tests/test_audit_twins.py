"""A record id that stands for two different contents is named, wherever the two lie; one content twice is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive import audit, warc
from archive.audit import Finding, Kind
from archive.records import Capture
from archive.spool import Spool
from tests.audited import NOW, Audited, captures, store
from tests.captures import answer, capture
from tests.shelving import put_foreign

URL = "https://press.test/news/0"
OTHER = answer("<p>كلام آخر</p>".encode())


@pytest.fixture
def held(tmp_path: Path) -> Audited:
    return store(tmp_path / "store", captures(pages=2, letters=120))


def twins(held: Audited) -> list[Finding]:
    found = (each for each in audit.audit(held.archive) if isinstance(each, Finding))
    return [each for each in found if "under the same id" in each.said]


def seal(held: Audited, tmp_path: Path, outlet: str, made: Sequence[Capture]) -> str:
    spool = Spool.open(tmp_path / outlet, outlet, "w", NOW + timedelta(hours=1), {"software": "tests"})
    for each in made:
        spool.append(each)
    sealed = spool.seal(held.archive.storage)
    assert sealed is not None
    return sealed.warc


def first(held: Audited) -> Capture:
    record = next(each for each in held.members() if each.type == "response")
    name = (record.header("WARC-Record-ID") or "").strip("<>")
    return replace(capture(record.block, url=URL, date=record.header("WARC-Date") or ""), record=name)


@pytest.mark.parametrize("outlet", ["press", "other"])
def test_the_same_id_with_other_content_in_another_file_is_a_fault(held: Audited, tmp_path: Path, outlet: str) -> None:
    same = first(held)
    file = seal(held, tmp_path, outlet, [replace(same, response=OTHER, payload_digest=warc.payload_digest(b""))])
    (found,) = twins(held)
    assert {found.file, found.said.split(" in ")[1].split(" at ")[0]} == {file, held.warc}
    assert (found.kind, found.fault, found.record, found.url) == (Kind.RECORD, True, same.record, URL)


def test_the_same_id_twice_in_one_file_is_a_fault(held: Audited, tmp_path: Path) -> None:
    one = capture(answer(b"<p>x</p>"), url=URL, date="2026-11-22T12:00:00.000001Z")
    file = seal(held, tmp_path, "other", [one, replace(one, response=OTHER, date="2026-11-22T12:00:01.000001Z")])
    assert [(each.file, each.record) for each in twins(held)] == [(file, one.record)]


def test_an_import_of_the_same_record_is_no_fault_and_one_of_another_is(held: Audited) -> None:
    same = first(held)
    put_foreign(held.archive, "same.warc.gz", *warc.compose(same).members)
    assert twins(held) == []
    other = replace(same, response=OTHER)
    done = put_foreign(held.archive, "other.warc.gz", *warc.compose(other).members)
    found = twins(held)
    assert found and {(each.file, each.kind) for each in found} == {(f"warc/{done.shelved}", Kind.RECORD)}
    assert found[0].record == same.record and held.warc in found[0].said


def test_what_two_foreign_files_call_alike_is_only_remarked(held: Audited) -> None:
    one = capture(answer(b"<p>x</p>"), url="https://far.test/1")
    for name, each in (("a.warc.gz", one), ("b.warc.gz", replace(one, response=OTHER))):
        put_foreign(held.archive, name, *warc.compose(each).members)
    (found,) = twins(held)
    assert (found.kind, found.fault, found.record) == (Kind.FOREIGN, False, one.record)
