"""What web archives played is listed for replay as captured then, and in a WACZ; the exchanges never play."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive import cdx, http, replay, warc
from archive.holdings import Archive
from archive.imports import of_import, shelve
from archive.records import Capture, Truncation
from archive.replay.build import Replayed
from archive.settings import load_settings
from archive.takedown import take_down
from archive.wacz import export
from archive.warc.standard import validate
from tests.archived_press import FIRST, SECOND, filled
from tests.captures import TEXT, answer, capture
from tests.packed import ABOUT, EVERYTHING, captures, index, parts, warcs
from tests.shelving import NOW, at, copied, shelved
from tests.wrapped import ORIGINAL, THEN, WAYBACK, commoncrawl, of_then, packed, playback, wayback

MADE = "mementos/1/press/2026/11/w.warc.gz"


@pytest.fixture
def store(tmp_path: Path) -> Archive:
    return Archive(load_settings(store=str(tmp_path / "store")))


def shown(store: Archive, out: Path | None = None) -> list[dict[str, Any]]:
    data = (out / "index.cdxj").read_bytes() if out else store.storage.get("replay/index.cdxj")
    lines = [line.split(" ", 2) for line in data.decode().splitlines()]
    return [{"key": key, "time": time, **json.loads(said)} for key, time, said in lines]


def record(store: Archive, line: dict[str, Any]) -> Capture:
    data = store.storage.read(f"replay/{line['filename']}", int(line["offset"]), int(line["length"]))
    assert warc.check(data) == ()
    return warc.read_at(data)


def test_a_memento_is_listed_under_its_own_address_and_time_and_the_exchange_is_not(store: Archive) -> None:
    old, new = of_then(), of_then(answer(b"x"), url="http://press.test:80/news/1", date="2018-05-06T07:08:09Z")
    index_answer = capture(answer(b"[]"), url="https://web.archive.org/cdx/search/cdx", via=wayback(old).via)
    shelved(store, "w", at(1), wayback(old), commoncrawl(new), index_answer)
    made = replay.build(store)
    assert (made.captures, made.left_out, made.broken) == (3, {"archive-exchange": 3}, ())
    found = shown(store)
    assert [(line["key"], line["time"], line["url"]) for line in found] == [
        ("test,press)/news/1", "20170123103000", ORIGINAL),
        ("test,press)/news/1", "20180506070809", "http://press.test:80/news/1"),
        ("test,press)/news/1", "20261122102001", ORIGINAL),
    ]
    assert all("web.archive.org" not in json.dumps(line) for line in found)
    assert [record(store, line).response for line in found[:2]] == [old.response, new.response]


def test_a_reconstructed_record_says_what_it_was_made_of(store: Archive) -> None:
    exchange = wayback(of_then(), truncated=Truncation.DISCONNECT)
    shelved(store, "w", exchange)
    replay.build(store)
    data = store.storage.get(f"replay/{MADE}")
    assert list(validate(io.BytesIO(data), "w.warc.gz")) == []
    info, made = (each for each in warc.records(io.BytesIO(data)) if isinstance(each, warc.Record))
    assert b"WARC-Source-URI" in info.block
    assert (info.header("WARC-Filename"), info.header("WARC-Date")) == ("w.warc.gz", "2026-11-22T10:20:30.123456Z")
    said = {name: made.header(name) for name in ("WARC-Target-URI", "WARC-Date", "WARC-Source-URI", "WARC-Truncated")}
    assert said == {
        "WARC-Target-URI": ORIGINAL,
        "WARC-Date": THEN,
        "WARC-Source-URI": f"{WAYBACK}/20170123103000id_/{ORIGINAL}",
        "WARC-Truncated": "disconnect",
    }
    assert made.header("WARC-Creation-Date") == exchange.date
    assert made.header("WARC-Record-ID") == f"<{warc.companion(exchange.record, 'memento')}>"
    assert made.block == of_then().response


def test_a_member_of_common_crawl_is_copied_as_it_is(store: Archive) -> None:
    of = of_then(answer(TEXT, b"Content-Encoding: br"))  # stored decoded by the crawl
    made = commoncrawl(of)
    shelved(store, "w", made)
    replay.build(store)
    (line,) = shown(store)
    data = store.storage.get(f"replay/{MADE}")[int(line["offset"]) :]
    assert data == http.payload(http.parse(made.response))
    assert warc.read_at(data).record == of.record == line["record"]


def test_made_again_all_bytes_are_the_same_and_what_is_there_is_not_made_again(store: Archive, tmp_path: Path) -> None:
    shelved(store, "w", wayback(of_then()), commoncrawl(of_then(date="2018-01-01T00:00:00Z")))
    replay.build(store)
    before = {key: store.storage.get(key) for key in store.storage.list("replay/")}
    path = Path(store.settings.store) / "replay" / MADE
    written = path.stat().st_mtime_ns, path.stat().st_ino
    replay.build(store)
    assert {key: store.storage.get(key) for key in store.storage.list("replay/")} == before
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == written
    path.unlink()
    replay.build(store, tmp_path / "apart")
    replay.build(store)
    assert {key: store.storage.get(key) for key in store.storage.list("replay/")} == before
    assert (tmp_path / "apart" / MADE).read_bytes() == before[f"replay/{MADE}"]


def test_the_configuration_names_the_folder_of_mementos_when_there_are_any(store: Archive, tmp_path: Path) -> None:
    shelved(store, "v", at(1))
    replay.build(store)
    assert 'archive_paths: "../warc/"' in store.storage.get("replay/config.yaml").decode()
    shelved(store, "w", wayback(of_then()))
    replay.build(store)
    assert 'archive_paths: ["../warc/", "./"]' in store.storage.get("replay/config.yaml").decode()
    replay.build(store, tmp_path / "apart")
    place = json.dumps([f"{store.settings.store}/warc/", "./"])
    assert f"archive_paths: {place}" in (tmp_path / "apart" / "config.yaml").read_text()


def test_an_address_taken_down_leaves_no_memento_behind(store: Archive) -> None:
    shelved(store, "w", wayback(of_then()), wayback(of_then(url="https://press.test/news/2")))
    shelved(store, "v", commoncrawl(of_then()))
    replay.build(store)
    take_down(store, "http://www.press.test/news/1", "a court", NOW)
    made: Replayed = replay.build(store)
    assert (made.captures, made.left_out) == (1, {"taken-down": 2, "archive-exchange": 1})
    assert [line["url"] for line in shown(store)] == ["https://press.test/news/2"]
    kept = list(store.storage.list("replay/mementos/"))
    assert kept == [f"replay/{MADE.removesuffix('.warc.gz')}.cdxj", f"replay/{MADE}"]
    assert [each.url for each in captures(store.storage.get(f"replay/{MADE}"))] == ["https://press.test/news/2"]


def test_files_of_others_in_the_folder_stay(store: Archive, tmp_path: Path) -> None:
    lines = shelved(store, "w", wayback(of_then()))
    replay.build(store, tmp_path / "apart")
    theirs = tmp_path / "apart" / "mementos" / "diary.txt"
    theirs.write_text("mine")
    store.storage.delete(f"cdxj/{lines[0].filename.removesuffix('.warc.gz')}.cdxj")
    replay.build(store, tmp_path / "apart")
    assert [path.name for path in (tmp_path / "apart" / "mementos").rglob("*") if path.is_file()] == ["diary.txt"]


def test_what_was_broken_off_while_it_was_made_is_made_anew(store: Archive) -> None:
    shelved(store, "w", wayback(of_then()))
    replay.build(store)
    whole = store.storage.get(f"replay/{MADE}")
    store.storage.delete(f"replay/{MADE.removesuffix('.warc.gz')}.cdxj")
    store.storage.put(f"replay/{MADE}", b"another one", replace=True)
    replay.build(store)
    assert store.storage.get(f"replay/{MADE}") == whole
    assert record(store, shown(store)[0]).url == ORIGINAL


def test_an_exchange_that_cannot_be_read_is_named_and_all_else_plays(store: Archive) -> None:
    lines = shelved(store, "w", wayback(of_then()), wayback(of_then(url="https://press.test/news/2")))
    path = Path(store.settings.store) / "warc" / lines[0].filename
    data = bytearray(path.read_bytes())
    first = next(line for line in lines if line.original == ORIGINAL)
    data[first.offset + 40] ^= 0xFF
    path.write_bytes(bytes(data))
    made = replay.build(store)
    assert made.captures == 1
    assert [f"at {first.offset}" in said for said in made.broken] == [True]


def test_a_redirect_of_then_is_listed_as_one(store: Archive) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: https://press.test/new\r\n\r\n"
    shelved(store, "w", wayback(of_then(moved)))
    replay.build(store)
    (line,) = shown(store)
    assert line["status"] == "301"
    assert record(store, line).response == moved


# ---- WACZ ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with filled(tmp_path_factory.mktemp("archived")) as archive:
        yield archive


def test_a_wacz_shows_mementos_as_captured_then_and_holds_the_exchanges(press: Archive, tmp_path: Path) -> None:
    file = tmp_path / "all.wacz"
    done = export(press, EVERYTHING, file, ABOUT)
    found = index(file)
    assert {(line["url"], line["filename"]) for line in found} == {
        (FIRST, "mementos-00001.warc.gz"),
        (FIRST, "data-00001.warc.gz"),
        ("http://www.press.test/news/1", "mementos-00001.warc.gz"),
        (SECOND, "mementos-00001.warc.gz"),
    }
    assert done.captures == len(found)
    assert {url for url in (each.url for each in captures(warcs(file))) if "web.archive.org" in url}
    files = parts(file)
    for line in found:
        data = files[f"archive/{line['filename']}"][int(line["offset"]) :][: int(line["length"])]
        assert warc.read_at(data).url == line["url"]
    pages = [json.loads(line) for line in files["pages/pages.jsonl"].decode().splitlines()[1:]]
    assert (FIRST, THEN) in {(each["url"], each["ts"]) for each in pages}


def test_a_wacz_comes_back_with_its_mementos(press: Archive, tmp_path: Path) -> None:
    export(press, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    with copied(Path(press.settings.store), tmp_path / "store") as other:
        before = replay.build(other)
        done = shelve(other, tmp_path / "all.wacz", NOW)
        lines = [line for key in done.readable for line in of_import(other, key)]
        held = {
            line.record: line for key in other.storage.list("cdxj/press/") for line in cdx.load(other.storage.get(key))
        }
        for line in lines:
            if line.via:
                same = replace(held[line.record], filename=line.filename, offset=line.offset)
                assert line == same
        after = replay.build(other)
        assert (after.captures, after.broken) == (before.captures, ())


def test_what_was_packed_for_the_way_plays_unpacked(store: Archive) -> None:
    of = of_then()
    shelved(store, "w", wayback(of, playback(of, [b"Content-Encoding: gzip"], packed())))
    replay.build(store)
    (line,) = shown(store)
    assert record(store, line).response == of.response
    assert line["digest"] == warc.payload_digest(TEXT)
