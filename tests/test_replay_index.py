"""The merged index that pywb plays from: sorted, each capture once, nothing that cannot or may not be shown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import cdx, replay, warc
from archive.cdx import CdxLine, Known
from archive.errors import StorageError
from archive.holdings import Archive
from archive.records import Reference, Truncation
from archive.replay.runs import sort
from archive.settings import load_settings
from archive.takedown import take_down
from tests.captures import answer, capture, chunked, chunked_gzip
from tests.practice import astana
from tests.shelving import NOW, at, lone_revisit, put_foreign, shelved


@pytest.fixture
def store(tmp_path: Path) -> Archive:
    return Archive(load_settings(store=str(tmp_path / "store")))


def index(store: Archive) -> list[str]:
    return store.storage.get("replay/index.cdxj").decode().splitlines()


def shown(store: Archive) -> list[tuple[str, str]]:
    """Time and URL of each line."""
    return [(line.split(" ")[1][-2:], json.loads(line.split(" ", 2)[2])["url"]) for line in index(store)]


def test_lines_of_all_files_stand_in_one_order_and_twice_gives_the_same_bytes(store: Archive) -> None:
    urls = [f"https://press.test/{name}" for name in ("b", "a", "أ", "a-1", "a/1", "A")]
    for number, url in enumerate(urls):
        shelved(store, f"w{number}", at(number, url=url), at(30 - number, answer(b"x"), url=url))
    made = replay.build(store)
    assert (made.captures, dict(made.left_out), made.blocked) == (12, {}, 0)
    heads = [line.encode().rsplit(b" {")[0] for line in index(store)]
    assert heads == sorted(heads)
    first = store.storage.get("replay/index.cdxj")
    replay.build(store)
    assert store.storage.get("replay/index.cdxj") == first


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=9)), st.integers(1, 40), st.integers(2, 4))
def test_runs_on_disk_sort_like_one_list(
    tmp_path_factory: pytest.TempPathFactory, given_: list[bytes], run: int, width: int
) -> None:
    lines = [each.replace(b"\n", b"") + b"\n" for each in given_]
    assert list(sort(lines, tmp_path_factory.mktemp("runs"), run, width)) == sorted(lines)


def test_a_304_and_what_cannot_be_sought_are_left_out_and_counted(store: Archive) -> None:
    shelved(
        store, "w", at(1), at(2, b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"), at(3, answer(status=b"404 Gone"))
    )
    shared = CdxLine(urlkey="test,press)/x", timestamp="20261122102004", url="https://press.test/x", mime="text/html",
                     status="200", digest="sha1:X", length=0, offset=0, filename="press/2026/11/w.warc.gz")  # fmt: skip
    store.storage.put("cdxj/press/2026/11/v.cdxj", cdx.dump([shared]))
    made = replay.build(store)
    assert made.left_out == {"not-modified": 1, "unaddressable": 1}
    assert [when for when, _ in shown(store)] == ["01", "03"]


def test_a_revisit_plays_when_its_original_does(store: Archive) -> None:
    lines = shelved(store, "w", at(1), at(2))
    assert [line.is_revisit for line in lines] == [False, True]
    assert replay.build(store).captures == 2


def test_a_revisit_whose_original_is_in_another_file_plays_and_without_it_does_not(store: Archive) -> None:
    stands_for = Reference(
        record="urn:uuid:7c4a2e6e-0b7c-4c3e-9a65-2f9d0b6b5a10",
        url="https://press.test/news/1",
        date="2026-11-22T10:20:01Z",
    )
    revisit = lone_revisit(at(5), stands_for)
    put_foreign(store, "r.warc.gz", revisit)
    assert replay.build(store).left_out == {"unresolved-revisit": 1}
    shelved(store, "w", at(1))
    assert replay.build(store).captures == 2


def test_a_revisit_of_another_address_plays_by_what_its_record_names(store: Archive) -> None:
    shelved(store, "w", at(1))
    refers = Reference(record=None, url="http://www.press.test/news/1", date="2026-11-22T10:20:01Z")
    put_foreign(store, "r.warc.gz", lone_revisit(at(5, url="https://press.test/twin"), refers))
    made = replay.build(store)
    assert (made.captures, dict(made.left_out)) == (2, {})


def test_a_foreign_revisits_digest_of_chunked_bytes_becomes_its_originals(store: Archive) -> None:
    (original,) = shelved(store, "w", at(1, chunked()))
    refers = Reference(record=None, url=capture().url, date="2026-11-22T10:20:01Z")
    wrong = warc.payload_digest(chunked().partition(b"\r\n\r\n")[2])
    put_foreign(store, "r.warc.gz", lone_revisit(at(5, chunked()), refers, digest=wrong.removeprefix("sha1:")))
    assert replay.build(store).captures == 2
    digests = {json.loads(line.split(" ", 2)[2])["digest"] for line in index(store)}
    assert digests == {original.digest}


@pytest.mark.parametrize("packed", [chunked(), chunked_gzip()], ids=["chunked", "gzip"])
def test_a_revisit_that_announces_another_coding_than_its_original_is_left_out(store: Archive, packed: bytes) -> None:
    (original,) = shelved(store, "w", at(1, packed))
    refers = Reference(record=None, url=capture().url, date="2026-11-22T10:20:01Z")
    put_foreign(store, "r.warc.gz", lone_revisit(at(5), refers, digest=original.digest))
    put_foreign(store, "s.warc.gz", lone_revisit(at(6), refers, digest=original.digest, headers=b""))
    made = replay.build(store)
    assert made.left_out == {"coding-differs": 1}
    assert [when for when, _ in shown(store)] == ["01", "06"]  # without headers of its own it borrows the original's


def forged(line: CdxLine, response: bytes, second: int | None = None) -> list[bytes]:
    """Another answer under a held capture's record id, address and, if no other is given, date."""
    date = line.date if second is None else at(second).date
    return warc.compose(capture(response, record=line.record, date=date, url=line.url), Known()).members


def filenames(store: Archive) -> list[str]:
    return [json.loads(line.split(" ", 2)[2])["filename"].split("/")[0] for line in index(store)]


def test_a_record_id_borrowed_by_an_import_displaces_nothing_and_stands_behind_our_own(store: Archive) -> None:
    (line,) = shelved(store, "w", at(1))
    put_foreign(store, "forged.warc.gz", *forged(line, answer(b"forged")))
    made = replay.build(store)
    assert (made.captures, dict(made.left_out)) == (2, {})
    assert filenames(store) == ["press", "_import"]


def test_a_redirect_with_a_borrowed_id_and_another_goal_is_no_double(store: Archive) -> None:
    def moved(goal: bytes) -> bytes:
        return b"HTTP/1.1 301 Moved\r\nLocation: " + goal + b"\r\nContent-Length: 0\r\n\r\n"

    (line,) = shelved(store, "w", at(1, moved(b"/ours")))
    put_foreign(store, "forged.warc.gz", *forged(line, moved(b"/theirs")))
    assert (replay.build(store).left_out, filenames(store)) == ({}, ["press", "_import"])


def test_a_true_double_is_held_once_and_ours_stays(store: Archive) -> None:
    shelved(store, "w", at(1))
    put_foreign(store, "again.warc.gz", store.storage.get("warc/press/2026/11/w.warc.gz"))
    assert (replay.build(store).left_out, filenames(store)) == ({"held-twice": 1}, ["press"])


def test_a_revisit_stands_for_our_own_original_not_for_one_that_borrowed_its_id(store: Archive) -> None:
    (original,) = shelved(store, "w", at(2))
    put_foreign(store, "early.warc.gz", *forged(original, answer(b"forged"), second=1))
    put_foreign(store, "forged.warc.gz", *forged(original, answer(b"forged too")))
    refers = Reference(record=original.record, url=original.url, date=original.date)
    put_foreign(store, "r.warc.gz", lone_revisit(at(5, url="https://press.test/twin"), refers, digest="sha1:X"))
    undated = replace(refers, date="")
    put_foreign(store, "u.warc.gz", lone_revisit(at(6, url="https://press.test/twin"), undated, digest="sha1:Y"))
    assert replay.build(store).captures == 5
    last = [json.loads(line.split(" ", 2)[2]) for line in index(store)[3:]]
    assert [line["digest"] for line in last] == [original.digest, original.digest]


def test_what_is_taken_down_is_left_out_and_blocked_at_once_without_a_new_index(store: Archive) -> None:
    shelved(store, "w", at(1), at(2), at(3, url="https://press.test/news/10"), at(4, url="http://other.test/"))
    replay.build(store)
    assert store.storage.get("replay/astana.aclj") == b""
    take_down(store, "https://www.press.test/news/1", "a court", NOW)
    take_down(store, "http://other.test/", "a court", NOW)
    blocked = b'test,press)/news/1### - {"access": "block"}\ntest,other)/### - {"access": "block"}\n'
    assert store.storage.get("replay/astana.aclj") == blocked
    assert len(index(store)) == 4
    made = replay.build(store)
    assert (made.captures, made.left_out, made.blocked) == (1, {"taken-down": 3}, 2)
    assert store.storage.get("replay/astana.aclj") == blocked


def test_truncated_answers_play_as_they_are(store: Archive) -> None:
    shelved(store, "w", at(1, truncated=Truncation.DISCONNECT))
    assert replay.build(store).captures == 1


def test_bare_digests_are_never_mixed_with_prefixed_ones(store: Archive) -> None:
    (line,) = shelved(store, "w", at(1))
    foreign = cdx.dump([line]).replace(b"sha1:", b"").replace(b"102001", b"102009").replace(line.record.encode(), b"y")
    store.storage.put("cdxj/press/2026/11/v.cdxj", foreign)
    replay.build(store)
    assert {json.loads(each.split(" ", 2)[2])["digest"] for each in index(store)} == {line.digest}


def test_a_broken_line_is_named(store: Archive) -> None:
    store.storage.put("cdxj/press/2026/11/v.cdxj", b"test,press)/ 20261122102009 {\n")
    assert replay.build(store).broken == ("line 1 of cdxj/press/2026/11/v.cdxj is broken",)


@pytest.mark.slow
def test_the_command_says_what_it_made_and_how_to_run_it(
    store: Archive, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shelved(store, "w", at(1), at(2, b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    place = ("--store", store.settings.store)
    said = astana(capfd, "replay", *place)
    assert (
        said.code == 0
        and "captures" in said.out
        and said.err == f"run it with: wayback -d {store.settings.store}/replay\n"
    )
    apart = astana(capfd, "replay", "--out", str(tmp_path / "apart"), "--json", *place)
    assert apart.lines == [
        {"place": str(tmp_path / "apart"), "captures": 1, "left_out": {"not-modified": 1}, "blocked": 0, "broken": []}
    ]
    assert f'archive_paths: "{store.settings.store}/warc/"' in (tmp_path / "apart" / "config.yaml").read_text()
    assert 'archive_paths: "../warc/"' in store.storage.get("replay/config.yaml").decode()


def test_a_folder_for_temporary_files_that_takes_nothing_is_named(
    store: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(StorageError, match=r"nowhere cannot be written: No such file.*TMPDIR"):
        replay.build(store)
