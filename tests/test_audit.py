"""What an audit says of a whole store: nothing of a sound one, the very thing that is wrong of another."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import audit, fixity, texts, warc
from archive.audit import Finding, Kind, Passed
from archive.catalog import Query
from archive.digest import sha256_of
from archive.errors import CatalogError
from archive.holdings import Archive
from archive.imports import shelve
from archive.records import Article, Reading
from archive.settings import load_settings
from flows import cli
from tests.audited import Audited, captures, store
from tests.captures import capture
from tests.practice import astana
from tests.pressrun import PressRun, opened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def held(tmp_path: Path) -> Audited:
    return store(tmp_path / "store", captures(pages=2, letters=120))


def kinds(held: Audited) -> set[str]:
    return {each.kind.value for each in held.faults()}


@pytest.mark.xdist_group("desk")
def test_a_crawled_store_has_no_fault_and_everything_was_looked_at(press: PressRun) -> None:
    with opened(press.place) as archive:
        found = list(archive.audit())
        files = {each.file for each in found if isinstance(each, Passed)}
        wanted = {f"warc/{key}" for key in archive.warcs()} | set(archive.text_keys())
        wanted |= set(archive.storage.list("ledger/"))
        assert [each for each in found if isinstance(each, Finding)] == []
        assert wanted <= files
        assert sum(each.records for each in found if isinstance(each, Passed)) > 300


def reread(held: Audited, change: Callable[[Reading], Reading]) -> None:
    """Put another text in the place of the one that is there, its fixity too: only the WARC can tell."""
    head, readings = texts.load(held.data(held.text))
    data = texts.dump(head, [change(each) for each in readings])
    (held.folder / held.text).write_bytes(data)
    fixity.record(held.archive.storage, held.text, sha256_of(data), len(data))


def moved(reading: Reading) -> Reading:
    if not isinstance(reading.outcome, Article):
        return reading
    first = reading.outcome.paragraphs[0]
    return replace(reading, outcome=replace(reading.outcome, paragraphs=(replace(first, offset=first.offset + 7),)))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (moved, "place"),
        (lambda reading: replace(reading, date="2026-11-22T10:00:00Z"), "text"),
        (lambda reading: replace(reading, payload_digest="sha1:" + "A" * 32), "text"),
        (lambda reading: replace(reading, address=replace(reading.address, offset=1)), "text"),
        (lambda reading: replace(reading, record="urn:uuid:00000000-0000-4000-8000-000000000000"), "text"),
    ],
)
def test_a_reading_that_does_not_fit_its_capture_is_named(
    held: Audited, change: Callable[[Reading], Reading], kind: str
) -> None:
    reread(held, change)
    found = [each for each in held.faults() if each.kind == kind]
    assert found
    assert all(each.file == held.text and each.url and each.record for each in found)


@pytest.mark.slow
def test_rows_that_are_not_what_the_texts_give_are_named(held: Audited) -> None:
    assert held.faults() == []
    changes = (
        "UPDATE readings SET body = replace(body, 'press.test', 'other.test') WHERE line = 0",
        "UPDATE stories SET day = '1999-01-01' WHERE rowid IN (SELECT rowid FROM stories LIMIT 1)",
        "UPDATE editions SET text_digest = 'sha256:00'",
        "DELETE FROM stories",
        "UPDATE objects SET zone = 'Asia/Amman'",
        "DELETE FROM readings WHERE line = 1",
    )
    held.archive.close()
    path = held.folder / "catalog.db"
    for change in changes:
        held.archive.reindex()
        held.archive.close()
        with sqlite3.connect(path) as connection:
            connection.execute(change)
        connection.close()
        assert kinds(held) == {"catalog"}, change
        held.archive.close()


def test_a_row_that_cannot_be_read_is_told_by_every_verb_and_by_the_audit(held: Audited) -> None:
    held.archive.close()
    with sqlite3.connect(held.folder / "catalog.db") as connection:
        connection.execute("UPDATE readings SET body = replace(body, '\"url\":', '\"url\";')")
    connection.close()
    with pytest.raises(CatalogError, match=r"row of the catalog is damaged .*astana rebuild"):
        list(held.archive.pull(Query(include_off_topic=True)))
    assert any(each.file == "catalog" and "astana rebuild" in each.said for each in held.faults())
    held.archive.reindex()
    assert held.faults() == []


def test_a_pointer_that_is_gone_is_named_itself(held: Audited) -> None:
    (held.folder / "text/press/current.json").unlink()
    assert [(each.kind, each.file) for each in held.faults()] == [(Kind.LOST, "text/press/current.json")]


def test_files_that_cannot_be_read_are_named_and_the_others_looked_at(held: Audited) -> None:
    """The memory of a process is a file of which nobody can read the first byte."""
    entry = next(held.archive.storage.list("ledger/run/"))
    files = {held.warc, held.cdxj, held.text, "text/press/current.json", entry}
    for file in files:
        (held.folder / file).unlink()
        (held.folder / file).symlink_to("/proc/self/mem")
    found = list(audit.audit_shelves(held.archive.storage))
    assert {each.file for each in found if isinstance(each, Finding) and each.kind is Kind.UNREADABLE} == files
    assert any(isinstance(each, Passed) and each.file.startswith("ledger/fixity/") for each in found)


def test_a_takedown_that_cannot_be_read_is_named_and_the_shelves_are_audited(held: Audited) -> None:
    held.archive.storage.put("ledger/takedown/2026/11/x.json", b"{")
    held.archive.close()
    held.archive._level = False
    found = list(audit.audit(held.archive))
    faults = [(each.kind, each.file) for each in found if isinstance(each, Finding)]
    assert faults == [(Kind.LEDGER, "ledger/takedown/2026/11/x.json"), (Kind.CATALOG, "catalog")]
    assert any(isinstance(each, Passed) and each.file == held.warc for each in found)


def test_what_is_sealed_after_its_shelf_was_listed_is_no_fault(held: Audited) -> None:
    sealed = {key: held.data(key) for key in (held.warc, held.cdxj)}
    for key in sealed:
        (held.folder / key).unlink()
    shutil.rmtree(held.folder / "text")
    shutil.rmtree(held.folder / "ledger/fixity")
    held.archive.storage.put("text/other/current.json", b"{")
    faults = []
    for each in audit.audit_shelves(held.archive.storage):
        if isinstance(each, Finding) and each.fault:
            faults.append(each.file)
            for key, data in sealed.items():  # the WARCs are behind it, the indexes are still to come
                held.archive.storage.put(key, data)
    assert faults == ["text/other/current.json"]


def test_what_is_of_no_shelf_is_remarked(held: Audited) -> None:
    strays = {"notes.txt", "text/press/notes.txt", "text/notes.jsonl.gz", "elsewhere/x"}
    for stray in strays:
        held.archive.storage.put(stray, b"x")
    found = [each for each in audit.audit(held.archive) if isinstance(each, Finding)]
    assert {each.file for each in found if each.kind is Kind.STRAY} == strays
    assert not any(each.fault for each in found)


def test_a_format_that_is_no_number_is_a_fault(held: Audited) -> None:
    (held.folder / "format.json").write_bytes(b'{"format": true}\n')
    assert [(each.kind, each.file) for each in held.faults()] == [(Kind.STORE, "format.json")]


def test_links_that_lead_in_circles_are_named_and_not_followed(held: Audited, caplog: pytest.LogCaptureFixture) -> None:
    before = list(held.archive.storage.list(""))
    for name, goal in (("loop", "."), ("round", "press/../.."), ("itself", "itself")):
        (held.folder / "warc" / name).symlink_to(goal)
    assert list(held.archive.storage.list("")) == before
    assert held.faults() == []
    assert all(f"warc/{name}" in caplog.text for name in ("loop", "round", "itself"))


def test_the_command_shows_names_that_are_not_utf_8_and_refuses_an_outlet_that_nobody_knows(
    held: Audited, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (held.folder / "warc/press/\udcff.warc.gz").write_bytes(b"x")
    place = ("--store", str(held.folder))
    held.archive.close()
    plain = astana(capfd, "audit", *place, "--report", str(tmp_path / "report"))
    assert (plain.code, "warc/press/\\udcff.warc.gz" in plain.out) == (1, True)
    assert "\udcff" in {json.loads(line)["file"][-9:-8] for line in (tmp_path / "report").read_text().splitlines()}
    assert astana(capfd, "audit", *place, "--json").code == 1
    nobody = astana(capfd, "audit", *place, "--outlet", "nope")
    assert (nobody.code, "nothing of 'nope'" in nobody.err) == (2, True)
    assert astana(capfd, "audit", *place, "--outlet", "press").code == 1


def test_a_revisit_whose_original_is_not_what_it_says_is_named(tmp_path: Path) -> None:
    made = captures(pages=1, letters=120)
    held = store(tmp_path / "store", made)
    (revisit,) = (each for each in held.members() if each.type == "revisit")
    data = held.data(held.warc)
    for old, new in (
        (b"Refers-To-Date: 2026", b"Refers-To-Date: 2025"),
        (b"/news/0\r\nWARC-Refers", b"/news/1\r\nWARC-Refers"),
    ):
        member = warc_member(revisit.head.replace(old, new) + revisit.block)
        changed = data[: revisit.offset] + member + data[revisit.offset + revisit.length :]
        shelf = tmp_path / f"other{len(new)}{new[-4:].hex()}"
        (shelf / held.warc).parent.mkdir(parents=True)
        (shelf / held.warc).write_bytes(changed)
        (shelf / held.cdxj).parent.mkdir(parents=True)
        (shelf / held.cdxj).write_bytes(held.data(held.cdxj))
        found = audit.audit_shelves(Archive(load_settings(store=str(shelf))).storage)
        said = [each for each in found if isinstance(each, Finding) and each.kind is Kind.REVISIT]
        assert said and {each.offset for each in said} == {revisit.offset}, old


def warc_member(record: bytes) -> bytes:
    return gzip.compress(record + b"\r\n\r\n", mtime=0)


def test_breaks_of_foreign_writers_are_remarks_until_the_bytes_change(tmp_path: Path) -> None:
    archive = Archive(load_settings(store=str(tmp_path / "store")))
    whole = b"".join(warc.compose(capture()).members)
    (record, *_) = [each for each in warc.records(io.BytesIO(whole)) if isinstance(each, warc.Record)]
    wrong = record.head.replace(b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: sha1:A")
    file = tmp_path / "foreign.warc.gz"
    file.write_bytes(warc_member(wrong + record.block))
    done = shelve(archive, file, NOW)
    found = [each for each in audit.audit_shelves(archive.storage) if isinstance(each, Finding)]
    assert [(each.kind, each.fault) for each in found] == [("foreign", False)]
    path = tmp_path / "store" / "warc" / done.shelved
    data = path.read_bytes()
    path.write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:])
    faults = [each for each in audit.audit_shelves(archive.storage) if isinstance(each, Finding) and each.fault]
    assert ("fixity", f"warc/{done.shelved}") in {(each.kind.value, each.file) for each in faults}


def test_the_command_names_faults_in_a_report_and_in_its_exit_code(
    held: Audited, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    held.archive.close()
    report = tmp_path / "report.jsonl"
    assert cli.run(["audit", "--store", str(held.folder), "--report", str(report)]) == 0
    assert "0 faults" in capfd.readouterr().out
    assert report.read_text() == ""
    (held.folder / held.cdxj).unlink()
    assert cli.run(["audit", "--store", str(held.folder), "--json"]) == 1
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (line,) = (each for each in lines if each["kind"] == "lost")
    assert (line["file"], line["fault"]) == (held.cdxj, True)
    assert set(line) == {"kind", "fault", "file", "offset", "record", "url", "said"}
    assert cli.run(["audit", "--store", str(tmp_path / "nothing")]) == 3
