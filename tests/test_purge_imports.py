"""Purges of imported files: a new name for what is left, revisits of others led elsewhere, and no way back in."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive import audit, ledger, takedowns, warc
from archive.errors import UsageError
from archive.holdings import Archive
from archive.imports import assigned, shelve
from archive.records import Capture, Reference
from archive.settings import load_settings
from archive.storage import FolderStorage
from tests.audited import page
from tests.captures import answer, capture
from tests.purged import NOW, captured, holds, purged
from tests.shelving import arc_members, lone_revisit, put_foreign
from tests.warcs import plain

GONE, KEPT, OTHER = (f"https://press.test/news/{number}" for number in (0, 1, 2))
WORDS = page(0)[1].encode()


def at(url: str, number: int, second: int = 0) -> Capture:
    return capture(answer(page(number)[0]), url=url, date=f"2026-11-22T10:20:{second:02d}Z")


def members(*captures: Capture) -> list[bytes]:
    return [member for each in captures for member in warc.compose(each).members]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(load_settings(store=str(tmp_path / "store")))


def folder(archive: Archive) -> Path:
    return Path(archive.settings.store)


def faults(archive: Archive) -> list[str]:
    return [
        f"{each.file}: {each.said}" for each in audit.audit(archive) if isinstance(each, audit.Finding) and each.fault
    ]


def test_what_is_left_of_an_import_lies_under_the_name_of_its_own_content(archive: Archive, tmp_path: Path) -> None:
    kept = at(KEPT, 1)
    done = put_foreign(archive, "old.warc.gz", *members(at(GONE, 0), kept, at(GONE, 3, 1)))
    before = captured(folder(archive))
    (file,) = purged(archive, GONE).order.files
    assert file.becomes is not None and file.was.key == f"warc/{done.shelved}"
    assert list(archive.storage.list("warc/")) == [file.becomes.key]
    assert list(archive.storage.list("cdxj/")) == [f"cdxj/{file.becomes.key.removeprefix('warc/')}.cdxj"]
    assert {record for record, *_ in before & captured(folder(archive))} == {kept.record}
    assert holds(folder(archive), WORDS) == [] and faults(archive) == []
    (event,) = [each for each in ledger.read(archive.storage, "import") if "was" in each.said]
    assert event.said["was"] == done.shelved and event.said["captures"] == 1
    assert list(event.said["readable"]) == [file.becomes.key.removeprefix("warc/")]  # type: ignore[call-overload]


def test_whose_pages_an_import_holds_goes_on_to_be_known(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "theirs.warc.gz"
    path.write_bytes(b"".join(members(at(GONE, 0), at(KEPT, 1))))
    shelve(archive, path, NOW, "sana")
    (file,) = purged(archive, GONE).order.files
    assert file.becomes is not None
    assert assigned(archive)[file.becomes.key.removeprefix("warc/")] == "sana"


PLAIN = [("response", "WARC-Record-ID: <urn:uuid:1>\r\n", answer(page(0)[0]))]


FORMS = {
    "plain": ("plain.warc", [plain(*PLAIN, url=GONE), plain(("response", "", answer(page(1)[0])), url=KEPT)]),
    "plain arc": ("old.arc", [gzip.decompress(each) for each in (
        *arc_members(GONE, "20040506000000", answer(page(0)[0])),
        *arc_members(KEPT, "20040506000001", answer(page(1)[0]))[1:],
    )]),
    "arc": ("old.arc.gz", [
        *arc_members(GONE, "20040506000000", answer(page(0)[0])),
        *arc_members(KEPT, "20040506000001", answer(page(1)[0]))[1:],
    ]),
    "one member": ("one.warc.gz", [gzip.compress(b"".join(map(gzip.decompress, members(at(KEPT, 1), at(GONE, 0)))))]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_loses_the_story_and_nothing_else(archive: Archive, tmp_path: Path, form: str) -> None:
    name, parts = FORMS[form]
    put_foreign(archive, name, *parts)
    before = captured(folder(archive))
    purged(archive, GONE)
    assert {url for _, url, _, _ in captured(folder(archive))} == {KEPT}
    assert captured(folder(archive)).keys() <= before.keys()
    assert holds(folder(archive), WORDS) == [] and faults(archive) == []
    again = tmp_path / f"again-{name}"
    again.write_bytes(b"".join(parts))
    with pytest.raises(UsageError, match=r"purged on 2026-11-22: a court, 4/26.*nothing was imported"):
        shelve(archive, again, NOW)


def test_a_wacz_goes_whole_and_its_warcs_stay_without_the_story(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("archive/1.warc.gz", b"".join(members(at(GONE, 0), at(KEPT, 1))))
        packed.writestr("archive/2.warc.gz", b"".join(members(at(OTHER, 2))))
        packed.writestr("pages/pages.jsonl", "{}")
    shelve(archive, path, NOW)
    purged(archive, GONE)
    assert not list(folder(archive).rglob("*.wacz"))
    assert {url for _, url, _, _ in captured(folder(archive))} == {KEPT, OTHER}
    assert holds(folder(archive), WORDS) == [] and faults(archive) == []
    with pytest.raises(UsageError, match="purged on"):
        shelve(archive, path, NOW)


def test_the_record_in_another_file_is_refused_by_its_id_its_bytes_and_its_address(
    archive: Archive, tmp_path: Path
) -> None:
    first = at(GONE, 0)
    put_foreign(archive, "first.warc.gz", *members(first, at(KEPT, 1)))
    purged(archive, GONE)
    elsewhere = replace(first, url="https://mirror.test/0")
    for number, each in enumerate((elsewhere, replace(elsewhere, record=warc.mint_record()), at(GONE, 7))):
        path = tmp_path / f"{number}.warc.gz"
        path.write_bytes(b"".join(members(at(OTHER, 2), each)))
        with pytest.raises(UsageError, match=r"at byte \d+: https://\S+ was purged on 2026-11-22"):
            shelve(archive, path, NOW)
    assert {url for _, url, _, _ in captured(folder(archive))} == {KEPT}
    put_foreign(archive, "fine.warc.gz", *members(at(OTHER, 2)))


def test_another_spelling_of_the_address_and_what_is_left_of_a_damaged_record_are_refused(
    archive: Archive, tmp_path: Path
) -> None:
    put_foreign(archive, "first.warc.gz", *members(at(GONE, 0), at(KEPT, 1)))
    order = purged(archive, GONE).order
    damaged = bytearray(b"".join(members(at(GONE, 5))))
    damaged[-30] ^= 1
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(b"".join(members(at(OTHER, 2))) + damaged)
    with pytest.raises(UsageError, match=r"was purged on 2026-11-22"):
        shelve(archive, path, NOW)
    twin = tmp_path / "twin.warc.gz"
    twin.write_bytes(b"".join(members(at(f"{GONE}/amp", 6))))
    takedowns.write_order(archive.storage, replace(order, story="press-aaaaaaaaaaaa"), NOW)
    with pytest.raises(UsageError, match=r"news/0/amp was purged on 2026-11-22"):
        shelve(archive, twin, NOW, None, lambda one, url: one == "press-aaaaaaaaaaaa" and url.startswith(GONE))
    assert {url for _, url, _, _ in captured(folder(archive))} == {KEPT}


class Purging(FolderStorage):
    """A store in which an address is purged right before a file is shelved."""

    purge: Callable[[], object] = staticmethod(lambda: None)

    def put(self, key: str, data: bytes | Path, *, replace: bool = False) -> bool:
        """See Storage."""
        if key.startswith("warc/_import/"):
            self.purge()
        return super().put(key, data, replace=replace)


def test_an_import_that_a_purge_overtook_says_that_it_is_to_be_purged_again(archive: Archive, tmp_path: Path) -> None:
    put_foreign(archive, "first.warc.gz", *members(at(GONE, 0), at(KEPT, 1)))
    path = tmp_path / "late.warc.gz"
    path.write_bytes(b"".join(members(at(GONE, 7))))
    late = Purging(folder(archive))
    late.purge = lambda: purged(archive, GONE)
    with Archive(archive.settings) as importing:
        importing.storage = late
        with pytest.raises(UsageError, match="while this file was imported: run that purge once more"):
            shelve(importing, path, NOW)
    assert purged(archive, GONE).is_new
    assert holds(folder(archive), page(7)[1].encode()) == [] and faults(archive) == []


def revisit(url: str) -> Capture:
    return replace(
        capture(answer(page(0)[0]), url=url, date="2026-11-23T10:20:00Z"), refers_to=None, record=warc.mint_record()
    )


def test_a_revisit_elsewhere_stands_for_another_capture_of_the_bytes_or_goes_too(archive: Archive) -> None:
    gone, twin = at(GONE, 0), at(OTHER, 0, 5)
    of = Reference(record=gone.record, url=GONE, date=gone.date)
    digest = warc.payload_digest(page(0)[0])
    lone = revisit(KEPT)
    put_foreign(archive, "a.warc.gz", *members(gone), lone_revisit(lone, of, digest=digest))
    put_foreign(archive, "b.warc.gz", *members(twin))
    done = purged(archive, GONE)
    assert done.twins == (OTHER,)
    (moved,) = [each for file in done.order.files for each in file.rehomed]
    assert (moved.record, moved.was, moved.of) == (lone.record, gone.record, twin.record)
    found = [
        each
        for path in sorted(folder(archive).joinpath("warc").rglob("*.gz"))
        for each in warc.read(path.open("rb"), path.name, "")
        if isinstance(each, Capture) and each.url == KEPT
    ]
    assert [each.refers_to for each in found] == [Reference(record=twin.record, url=OTHER, date=twin.date)]
    assert faults(archive) == []
    second = purged(archive, OTHER)
    assert holds(folder(archive), WORDS) == [] and faults(archive) == []
    assert {each.kind for file in second.order.files for each in file.gone} >= {"response", "revisit"}
    assert captured(folder(archive)).total() == 0


def test_stores_merged_after_a_purge_of_an_import_hold_it_purged_once(archive: Archive, tmp_path: Path) -> None:
    put_foreign(archive, "a.warc.gz", *members(at(GONE, 0), at(KEPT, 1)))
    shutil.copytree(folder(archive), tmp_path / "copy")
    purged(archive, GONE)
    shutil.copytree(tmp_path / "copy", folder(archive), dirs_exist_ok=True, ignore=shutil.ignore_patterns("catalog*"))
    assert holds(folder(archive), WORDS)
    again = purged(archive, GONE)
    assert not again.is_new
    assert holds(folder(archive), WORDS) == [] and faults(archive) == []
