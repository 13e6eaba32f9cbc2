"""A WACZ holds the records as they lie on the shelf, all that they need to be played, and a manifest that proves it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from archive import cdx, replay, warc
from archive.catalog import Query
from archive.cdx import CdxLine, Known
from archive.errors import UsageError, WarcError
from archive.holdings import Archive
from archive.imports import of_import, shelve
from archive.settings import load_settings
from archive.takedown import take_down
from archive.wacz import export, load_key
from tests.captures import TEXT, answer
from tests.packed import (
    ABOUT,
    EVERYTHING,
    HOP,
    MOVED,
    OTHER,
    PAGE,
    captures,
    index,
    made,
    members,
    own,
    parts,
    pem,
    read_as,
    store,
    warcs,
)
from tests.playing import BIN, content, playing
from tests.practice import astana
from tests.shelving import NOW, arc_members, at, put_foreign, shelved

__all__ = ["made", "own", "store"]

# ---- what goes along -----------------------------------------------------------------------------------------------


def test_the_records_of_the_stories_lie_in_it_byte_for_byte(store: Archive, tmp_path: Path) -> None:
    done = export(store, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    held = members(store)
    taken = {str(r.header("WARC-Record-ID")): r for r in warc.records(io.BytesIO(warcs(tmp_path / "all.wacz")))}  # type: ignore[union-attr]  # whole
    data = warcs(tmp_path / "all.wacz")
    assert all(data[r.offset : r.offset + r.length] == held[name] for name, r in taken.items())  # type: ignore[union-attr]  # whole
    sorts = [r.type for r in taken.values()]  # type: ignore[union-attr]  # whole
    assert sorts == ["warcinfo", *["response", "request", "metadata"] * 3, "revisit", "request", "metadata",
                     *["response", "request", "metadata"] * 2]  # fmt: skip
    assert (done.stories, done.pages, done.captures) == (2, 3, 5)
    assert (done.left_out, done.missing) == ({}, {})
    assert len(held) - len(taken) == 3  # the seed's


def test_a_filter_takes_one_story_with_its_redirect_and_leaves_the_other(store: Archive, tmp_path: Path) -> None:
    done = export(store, Query(cluster="press-a", include_off_topic=True), tmp_path / "one.wacz", ABOUT)
    assert done.stories == 1
    assert [each.url for each in captures(warcs(tmp_path / "one.wacz"))] == [HOP, PAGE, PAGE, PAGE, PAGE]
    assert [line["status"] for line in index(tmp_path / "one.wacz")] == ["301", "200", "200", "200"]


def test_the_index_leads_to_each_record_and_says_its_digest(store: Archive, tmp_path: Path) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    files = parts(tmp_path / "all.wacz")
    for line in index(tmp_path / "all.wacz"):
        offset, length = int(line["offset"]), int(line["length"])
        member = files[f"archive/{line['filename']}"][offset : offset + length]
        assert f"sha256:{hashlib.sha256(member).hexdigest()}" == line["recordDigest"]
        assert warc.read_at(member).url == line["url"]
        assert warc.check(member) == ()
    heads = files["indexes/index.idx"].decode().splitlines()
    assert json.loads(heads[0].split(" ", 2)[2]) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    said = json.loads(heads[1].split(" ", 2)[2])
    block = files["indexes/index.cdx.gz"][said["offset"] : said["offset"] + said["length"]]
    assert said["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"


def test_pages_are_the_texts_of_the_stories(store: Archive, tmp_path: Path) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    lines = [json.loads(line) for line in parts(tmp_path / "all.wacz")["pages/pages.jsonl"].decode().splitlines()]
    assert lines[0]["format"] == "json-pages-1.0"
    editions = [edition for story in store.pull(EVERYTHING) for edition in story.editions]
    assert [(page["url"], page["ts"], page["title"], page["text"]) for page in lines[1:]] == [
        (each.url, each.captured, each.article.title, each.article.text) for each in editions
    ]
    assert len({page["id"] for page in lines[1:]}) == 3


def test_the_manifest_lists_every_part_with_its_hash(store: Archive, tmp_path: Path) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    files = parts(tmp_path / "all.wacz")
    manifest = json.loads(files["datapackage.json"])
    assert (manifest["profile"], manifest["wacz_version"], manifest["created"]) == (
        "data-package",
        "1.1.1",
        "2026-11-22T12:00:00Z",
    )
    listed = {each["path"]: each for each in manifest["resources"]}
    assert set(listed) == set(files) - {"datapackage.json", "datapackage-digest.json"}
    for path, each in listed.items():
        assert (each["hash"], each["bytes"]) == (f"sha256:{hashlib.sha256(files[path]).hexdigest()}", len(files[path]))
    digest = json.loads(files["datapackage-digest.json"])
    assert digest == {
        "path": "datapackage.json",
        "hash": f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}",
    }


@pytest.mark.slow
def test_the_same_again_is_the_same_file(store: Archive, tmp_path: Path) -> None:
    key = load_key(pem(tmp_path, ec.SECP384R1()))
    for name in ("a", "b"):
        export(store, EVERYTHING, tmp_path / f"{name}.wacz", replace(ABOUT, key=key))
    assert (tmp_path / "a.wacz").read_bytes() == (tmp_path / "b.wacz").read_bytes()


@pytest.mark.slow
def test_redirects_and_originals_in_other_files_come_along_and_those_lost_are_counted(
    own: Archive, tmp_path: Path
) -> None:
    page, gone = "https://press.test/news/3", "https://press.test/?p=9"
    shelved(own, "hop", at(7, MOVED.replace(PAGE.encode(), page.encode()), url="https://press.test/?p=3"))
    lines = shelved(own, "page", at(8, url=page))
    read_as(own, lines, {page: "press-c"}, {page: (gone, "https://press.test/?p=3")})
    done = export(own, Query(cluster="press-c", include_off_topic=True), tmp_path / "c.wacz", ABOUT)
    assert {each.url for each in captures(warcs(tmp_path / "c.wacz"))} == {page, "https://press.test/?p=3"}
    assert done.missing == {"hop": 1}


@pytest.mark.slow
def test_a_story_of_an_import_goes_along_with_its_foreign_records_and_one_of_an_arc_is_counted(
    own: Archive, tmp_path: Path
) -> None:
    foreign = at(9, url="https://press.test/theirs")
    imported = put_foreign(own, "theirs.warc.gz", *warc.compose(foreign).members[::-1])  # a request may come first
    arc = arc_members("https://press.test/arc", "20040506070809", answer())
    old = put_foreign(own, "a.arc.gz", *arc)
    lines = [x for done in (imported, old) for x in cdx.load(own.storage.get(f"cdxj/{done.readable[0]}.cdxj"))]
    read_as(own, lines, {"https://press.test/theirs": "press-d", "https://press.test/arc": "press-e"}, {})
    done = export(own, Query(include_off_topic=True), tmp_path / "d.wacz", ABOUT)
    assert foreign.record in {each.record for each in captures(warcs(tmp_path / "d.wacz"))}
    assert done.left_out == {"in-an-arc": 1}
    assert set(members(own, f"warc/{imported.shelved}").values()) <= set(pieces(warcs(tmp_path / "d.wacz")))


def pieces(data: bytes) -> list[bytes]:
    return [data[r.offset : r.offset + r.length] for r in warc.records(io.BytesIO(data)) if isinstance(r, warc.Record)]


@pytest.mark.slow
def test_an_import_that_is_not_packed_is_packed_record_by_record(own: Archive, tmp_path: Path) -> None:
    foreign = at(9, url="https://press.test/plain")
    plain = b"".join(gzip.decompress(member) for member in warc.compose(foreign).members)
    imported = put_foreign(own, "plain.warc", plain)
    read_as(own, cdx.load(own.storage.get(f"cdxj/{imported.readable[0]}.cdxj")), {foreign.url: "press-f"}, {})
    export(own, Query(cluster="press-f", include_off_topic=True), tmp_path / "f.wacz", ABOUT)
    assert gzip.decompress(warcs(tmp_path / "f.wacz")) == plain


# ---- what does not -------------------------------------------------------------------------------------------------


def one_of(store: Archive, url: str) -> CdxLine:
    (line,) = (x for x in cdx.load(store.storage.get("cdxj/press/2026/11/w.cdxj")) if x.url == url)
    return line


def test_of_one_record_id_with_two_contents_both_go_along_and_our_own_goes_first(own: Archive, tmp_path: Path) -> None:
    forged = at(3, answer("مزور".encode()), url=OTHER, record=one_of(own, OTHER).record)
    (key,) = put_foreign(own, "forged.warc.gz", *warc.compose(forged, Known()).members).readable
    read_as(own, of_import(own, key), {OTHER: "press-b"}, {})
    path = tmp_path / "s.wacz"
    assert export(own, EVERYTHING, path, ABOUT).left_out == {}
    (ours, theirs) = (line for line in index(path) if line["url"] == OTHER)
    assert (ours["digest"], theirs["digest"]) == (one_of(own, OTHER).digest, of_import(own, key)[0].digest)
    assert int(ours["offset"]) < int(theirs["offset"])


def test_what_is_taken_down_is_never_exported(own: Archive, tmp_path: Path) -> None:
    take_down(own, "press-a", "a court", NOW)
    take_down(own, HOP, "a court", NOW)
    done = export(own, EVERYTHING, tmp_path / "rest.wacz", ABOUT)
    assert done.stories == 1
    assert [each.url for each in captures(warcs(tmp_path / "rest.wacz"))] == [OTHER]
    assert PAGE.encode() not in (tmp_path / "rest.wacz").read_bytes().replace(OTHER.encode(), b"")


@pytest.mark.slow
def test_a_redirect_that_is_taken_down_does_not_go_along(own: Archive, tmp_path: Path) -> None:
    take_down(own, HOP, "a court", NOW)
    done = export(own, EVERYTHING, tmp_path / "rest.wacz", ABOUT)
    assert HOP not in {each.url for each in captures(warcs(tmp_path / "rest.wacz"))}
    assert done.missing == {"hop": 4}  # each capture of the page says that it came by the redirect


def test_a_record_that_changed_on_the_shelf_stops_the_export_and_leaves_no_file(own: Archive, tmp_path: Path) -> None:
    path = Path(own.settings.store, "warc/press/2026/11/w.warc.gz")
    line = next(x for x in cdx.load(own.storage.get("cdxj/press/2026/11/w.cdxj")) if x.url == OTHER)
    data = bytearray(path.read_bytes())
    whole = gzip.decompress(data[line.offset : line.offset + line.length])
    other = gzip.compress(whole.replace(b"</p>", b"<!p>"), mtime=0)
    path.write_bytes(bytes(data[: line.offset]) + other + bytes(data[line.offset + line.length :]))
    with pytest.raises(WarcError, match=r"w\.warc\.gz at \d+: "):
        export(own, EVERYTHING, tmp_path / "out" / "all.wacz", ABOUT)
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_to_export_and_bad_names_are_said(
    store: Archive, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="no story fits"):
        export(store, Query(text="قسطنطينية"), tmp_path / "none.wacz", ABOUT)
    with pytest.raises(UsageError, match=r"ends in \.wacz"):
        export(store, EVERYTHING, tmp_path / "all.zip", ABOUT)
    said = astana(capfd, "export", "--out", "-", "--store", store.settings.store)
    assert said.code == 2 and "cannot go to standard output" in said.err
    assert list(tmp_path.glob("*.wacz")) + list(tmp_path.glob(".*wacz*")) == []


# ---- by others, and by us ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_our_own_import_takes_it_back_with_ids_dates_and_digests(store: Archive, tmp_path: Path) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    other = Archive(load_settings(store=str(tmp_path / "other")))
    done = shelve(other, tmp_path / "all.wacz", NOW)
    assert (done.damages, len(done.readable)) == ((), 1)
    back = {x.record: x for key in done.readable for x in cdx.load(other.storage.get(f"cdxj/{key}.cdxj"))}
    ours = {
        x.record: x for x in cdx.load(store.storage.get("cdxj/press/2026/11/w.cdxj")) if not x.url.endswith("/feed")
    }
    same = ("url", "date", "digest", "sha256", "status", "mime", "role", "te", "ce", "length")
    assert {r: [getattr(x, n) for n in same] for r, x in back.items()} == {
        r: [getattr(x, n) for n in same] for r, x in ours.items()
    }


def test_the_command_says_what_it_wrote(store: Archive, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    key = pem(tmp_path, ec.SECP384R1())
    ask = ("export", "--format", "wacz", "--include", "off-topic", "--store", store.settings.store, "--out")
    said = astana(capfd, *ask, str(tmp_path / "all.wacz"), "--key", str(key), "--json")
    assert said.code == 0, said.err
    assert said.lines[0]["public_key"] == load_key(key).public
    assert (said.lines[0]["stories"], said.lines[0]["captures"]) == (2, 5)
    plain = astana(capfd, *ask, str(tmp_path / "again.wacz"))
    assert plain.code == 0 and "stories" in plain.out


@pytest.mark.service
def test_wacz_validate_finds_nothing_and_its_indexer_reads_the_same(store: Archive, tmp_path: Path) -> None:
    if not (BIN / "wacz").exists():
        pytest.fail("wacz is not set up; run make test-services")
    export(store, EVERYTHING, tmp_path / "all.wacz", replace(ABOUT, key=load_key(pem(tmp_path, ec.SECP384R1()))))
    said = subprocess.run(
        [BIN / "wacz", "validate", "-f", tmp_path / "all.wacz"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Validation succeeded" in said.stdout
    (tmp_path / "data-00001.warc.gz").write_bytes(warcs(tmp_path / "all.wacz"))
    theirs = subprocess.run(
        [BIN / "cdxj-indexer", "-s", "-d", tmp_path / "data-00001.warc.gz"], capture_output=True, text=True, check=True
    )
    compared = [json.loads(line.split(" ", 2)[2]) for line in theirs.stdout.splitlines()]
    ours = {line["offset"]: line for line in index(tmp_path / "all.wacz")}
    for line in compared:
        if line["status"] != "304":
            assert {name: ours[line["offset"]][name] for name in line} == line
    assert len([line for line in compared if line["status"] != "304"]) == len(ours) == 5


@pytest.mark.service
def test_pywb_takes_it_up_and_plays_pages_revisits_and_redirects(store: Archive, tmp_path: Path) -> None:
    export(store, EVERYTHING, tmp_path / "all.wacz", ABOUT)
    folder = tmp_path / "pywb"
    folder.mkdir()
    for words in (["init", "taken"], ["add", "--unpack-wacz", "taken", str(tmp_path / "all.wacz")]):
        subprocess.run([BIN / "wb-manager", *words], cwd=folder, capture_output=True, check=True)
    with playing(folder, tmp_path / "log", "taken") as pywb:
        for second, url in ((2, PAGE), (4, PAGE), (3, OTHER)):
            played = pywb.play(url, f"2026112210200{second}")
            assert (played.status, content(played), played.when) == (200, TEXT, f"2026112210200{second}")
        assert pywb.play(HOP, "20261122102001").headers["Location"] == PAGE


@pytest.mark.service
@pytest.mark.xdist_group("seaweed")
def test_a_bucket_gives_the_same_index_the_same_wacz_and_hides_the_same(
    own: Archive, bucket: str, tmp_path: Path
) -> None:  # the fixture, not the import
    replay.build(own)
    export(own, EVERYTHING, tmp_path / "folder.wacz", ABOUT)
    with Archive(load_settings(store=bucket, catalog=str(tmp_path / "catalog.db"))) as there:
        for key in own.storage.list(""):
            if key.startswith(("warc/", "cdxj/", "text/")):
                there.storage.put(key, own.storage.get(key))
        there.index()
        replay.build(there)
        assert there.storage.get("replay/index.cdxj") == own.storage.get("replay/index.cdxj")
        assert f'archive_paths: "{bucket}/warc/"' in there.storage.get("replay/config.yaml").decode()
        export(there, EVERYTHING, tmp_path / "bucket.wacz", ABOUT)
        assert (tmp_path / "bucket.wacz").read_bytes() == (tmp_path / "folder.wacz").read_bytes()
        for archive in (there, own):
            take_down(archive, "press-a", "a court", NOW)
            replay.build(archive)
        assert there.storage.get("replay/index.cdxj") == own.storage.get("replay/index.cdxj")
        assert there.storage.get("replay/astana.aclj") == own.storage.get("replay/astana.aclj") != b""
