"""Folders that may not be read are faults by their names, and all else is audited as before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import audit
from archive.audit import Finding, Kind, Passed
from tests.audited import Audited, captures, store
from tests.practice import astana
from tests.test_storage_folder import NOBODY, without_rights


@pytest.fixture
def held() -> Iterator[Audited]:
    """A store of nobody's, below no folder that only root may enter."""
    with tempfile.TemporaryDirectory() as name:
        made = store(Path(name) / "store", captures(pages=2, letters=120))
        for place in (Path(name), *Path(name).rglob("*")) if os.geteuid() == 0 else ():
            os.chown(place, NOBODY, NOBODY)
        with made.archive:
            yield made


def audited(held: Audited, outlet: str | None = None) -> list[Finding | Passed]:
    found: list[Finding | Passed] = []
    without_rights(lambda: found.extend(audit.audit_shelves(held.archive.storage, outlet)))
    return found


@pytest.mark.parametrize(
    "folder",
    ["warc/press/2026", "cdxj/press", "text/press", "ledger/fixity", "ledger/run", "warc", "ledger/takedown", "state"],
)
def test_a_folder_that_may_not_be_read_is_named_once_and_the_audit_goes_on(held: Audited, folder: str) -> None:
    place = held.folder / folder
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o000)
    try:
        found = audited(held)
    finally:
        place.chmod(0o755)
    refused = [each for each in found if isinstance(each, Finding) and each.file == f"{folder}/"]
    assert [(each.kind, each.fault) for each in refused] == [(Kind.UNREADABLE, True)]
    assert "Permission denied" in refused[0].said
    assert not any(each.kind is Kind.LOST for each in found if isinstance(each, Finding))
    looked = {each.file.split("/")[0] for each in found if isinstance(each, Passed)}
    assert looked >= {"warc", "ledger"} - {folder.split("/", maxsplit=1)[0]} | {"ledger"}
    assert held.faults() == []


def test_one_outlets_folder_hides_nothing_of_anothers(held: Audited) -> None:
    other = held.folder / "warc" / "aaa"
    other.mkdir()
    damaged = bytearray(held.data(held.warc))
    damaged[-40] ^= 1
    (held.folder / held.warc).write_bytes(damaged)
    other.chmod(0o000)
    try:
        found = audited(held)
    finally:
        other.chmod(0o755)
    faults = {(each.kind, each.file) for each in found if isinstance(each, Finding) and each.fault}
    assert {(Kind.UNREADABLE, "warc/aaa/"), (Kind.MEMBER, held.warc)} <= faults


def test_the_command_names_the_folder_and_ends_with_1_not_3(
    held: Audited, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(held.folder.parent)  # nobody may read settings where the tests run
    place = held.folder / "cdxj" / "press"
    place.chmod(0o000)

    def work() -> None:
        for more in ((), ("--outlet", "press")):
            done = astana(capfd, "audit", "--json", "--store", str(held.folder), *more)
            assert done.code == 1, done.err
            assert "unreadable" in {each["kind"] for each in done.lines if each["file"] == "cdxj/press/"}

    try:
        without_rights(work)
    finally:
        place.chmod(0o755)
