"""What is told sound fast is found sound closely too, whatever byte is flipped; many processes say the same as one."""

from __future__ import annotations

import gzip
import io
import os
import random
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from surt import surt

from archive import cdx, fixity, urls, warc
from archive.audit import Finding, Passed, Shelved, Wanted, audit_shelves, audit_warc, finding_json
from archive.audit.beside import Beside, Plan
from archive.audit.shelves import Shelves
from archive.digest import sha256_of
from archive.gzip import compress
from archive.http import parse
from archive.records import Via
from archive.sound.helpers import Helpers
from archive.sound.index import cuts, line, lines_of
from archive.sound.looking import Looker, Task
from archive.sound.walk import Walk, through
from archive.storage import FolderStorage
from tests.audited import Audited, captures, store
from tests.captures import answer, capture
from tests.wrapped import commoncrawl, of_then, wayback

SEED = 20261122


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return store(tmp_path_factory.mktemp("small") / "store", captures(pages=2, letters=120))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return store(tmp_path_factory.mktemp("large") / "store", captures(pages=160, letters=2_000))


def task(of: Audited, part: tuple[int, int] | None = None) -> Task:
    size = (of.folder / of.warc).stat().st_size
    known = tuple((each.sha256, each.size) for each in fixity.load(of.archive.storage)[of.warc])
    return Task(
        warc=of.warc,
        cdxj=of.cdxj,
        texts=((of.text, ()),),
        known=known,
        size=size,
        part=part or (0, size),
        digest=part is None,
    )


def is_sound(data: bytes, cdxj: bytes, key: str) -> bool:
    lines = lines_of(cdxj)
    if lines is None:
        return False
    walk = Walk(key, lines)
    return through(walk, io.BytesIO(data), 0, len(data)) is not None and walk.matched == set(lines)


def closely(data: bytes, cdxj: bytes, key: str) -> list[Finding]:
    found = audit_warc(io.BytesIO(data), Shelved(key=key, cdxj=cdxj))
    return [each for each in found if isinstance(each, Finding)]


def flipped(data: bytes, at: int, mask: int) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def test_a_store_of_ours_is_told_sound_without_a_close_look(small: Audited, large: Audited) -> None:
    for of in (small, large):
        sound = Looker(of.archive.storage).look(task(of))
        assert sound is not None
        found = list(audit_warc(io.BytesIO(of.data(of.warc)), Shelved(key=of.warc, cdxj=of.data(of.cdxj))))
        assert sound.records == len(of.members()) == sum(each.records for each in found if isinstance(each, Passed))
        assert len(sound.ids) == sound.records
        wanted = [each for each in found if isinstance(each, Wanted)]
        assert wanted
        assert [each[:2] for each in sound.revisits] == [(each.offset, each.record) for each in wanted]


@pytest.mark.slow
def test_a_flip_that_a_close_look_finds_is_never_told_sound(small: Audited) -> None:
    """Without any fixity on record: every byte of the WARC, one bit of it, and every third of the index."""
    data, cdxj, key = small.data(small.warc), small.data(small.cdxj), small.warc
    assert is_sound(data, cdxj, key)
    chance = random.Random(SEED)
    for at in range(len(data)):
        changed = flipped(data, at, 1 << chance.randrange(8))
        assert not is_sound(changed, cdxj, key) or closely(changed, cdxj, key) == [], at
    for at in range(SEED % 3, len(cdxj), 3):
        changed = flipped(cdxj, at, 1 << chance.randrange(8))
        assert not is_sound(data, changed, key), at


def rewritten(of: Audited, change: tuple[bytes, bytes], kind: str) -> bytes:
    """The WARC with something put in another's place in the first record of a kind that holds it, rightly packed."""
    data = of.data(of.warc)
    member = next(each for each in of.members() if each.type == kind and change[0] in each.head + each.block)
    record = (member.head + member.block).replace(*change, 1)
    return data[: member.offset] + _packed(record) + data[member.offset + member.length :]


def _packed(record: bytes) -> bytes:
    return compress(record + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("response", b"WARC-Date: 2026-11-22T", b"WARC-Date: 2026-13-22T"),
        ("response", b"WARC-Record-ID: <urn:uuid:", b"WARC-Record-ID: <urn:uUid:"),
        ("response", b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:A"),
        ("response", b"Astana-Content-Digest: sha256:", b"Astana-Content-Digest: sha256:0"),
        ("response", b"HTTP/1.1 200", b"HTTP/1.1 201"),
        ("response", b"WARC/1.1", b"WARC/1.0"),
        ("request", b"WARC-Concurrent-To: <urn:uuid:", b"WARC-Concurrent-To: <urn:uuid:0"),
        ("request", b"msgtype=request", b"msgtype=response"),
        ("metadata", b"hint-role: ", b"hint-role: un"),
        ("metadata", b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: sha1:B"),
        ("warcinfo", b"WARC-Filename: ", b"WARC-Filename: x"),
        ("revisit", b"WARC-Payload-Digest: sha1:", b"WARC-Payload-Digest: sha1:C"),
    ],
)
def test_a_record_that_is_whole_but_wrong_is_not_told_sound(small: Audited, kind: str, old: bytes, new: bytes) -> None:
    data = rewritten(small, (old, new), kind)
    assert not is_sound(data, small.data(small.cdxj), small.warc)
    assert closely(data, small.data(small.cdxj), small.warc)


def test_members_that_are_missing_twice_or_glued_together_are_not_told_sound(small: Audited) -> None:
    data, cdxj, members = small.data(small.warc), small.data(small.cdxj), small.members()
    for each in members:
        start, end = each.offset, each.offset + each.length
        assert not is_sound(data[:end] + data[start:end] + data[end:], cdxj, small.warc), each.type
        assert not is_sound(data[:end] + b"\0" + data[end:], cdxj, small.warc), each.type
        both = gzip.decompress(data[start:end])
        assert not is_sound(data[:start] + _packed(both + both[:-4]) + data[end:], cdxj, small.warc), each.type
    for line_ in cdxj.splitlines(keepends=True):
        assert not is_sound(data, cdxj.replace(line_, b""), small.warc)
        assert not is_sound(data, cdxj + line_, small.warc)
    assert lines_of(b"".join(reversed(cdxj.splitlines(keepends=True)))) is None


def test_a_record_id_that_stands_in_two_parts_is_seen_when_they_are_joined(large: Audited, tmp_path: Path) -> None:
    data, members = large.data(large.warc), large.members()
    first, last = next(each for each in members if each.type == "metadata"), members[-1]
    folder = tmp_path / "store"
    for key in (large.cdxj, large.text):
        (folder / key).parent.mkdir(parents=True)
        (folder / key).write_bytes(large.data(key))
    head = last.head.replace(last.names["warc-record-id"].encode(), first.names["warc-record-id"].encode())
    (folder / large.warc).parent.mkdir(parents=True)
    (folder / large.warc).write_bytes(data[: last.offset] + _packed(head + last.block))
    said = [each for each in audit_shelves(FolderStorage(folder), None, 2) if isinstance(each, Finding)]
    assert any("earlier record" in each.said and each.offset == last.offset for each in said)


def test_an_index_line_made_anew_is_the_one_that_the_index_has() -> None:
    made = [
        capture(
            answer(b"x", b'ETag: W/"a\\\xe9"\r\nLast-Modified: <now>\r\nContent-Type: Text/HTML ; x'), via=Via.WAYBACK
        ),
        capture(
            answer(b"x", b"Content-Type: \r\nTransfer-Encoding: identity", status=b"404 No"), url="https://www.a.test"
        ),
        capture(answer(b"x"), url="http://a.test:8080/%D8%A7?b=2&a=1"),
        wayback(of_then(answer(b"x", b'X: "'), url='https://a.test/a?q="')),
        commoncrawl(of_then()),
    ]
    for each in made:
        composed = warc.compose(each)
        assert composed.cdx is not None
        message = parse(each.response)
        wanted = replace(composed.cdx, filename="a/b.warc.gz", offset=7)
        own = line(
            url=each.url,
            date=each.date,
            message=message,
            is_revisit=False,
            digest=wanted.digest,
            place=(7, wanted.length, wanted.sha256.removeprefix("sha256:"), "a/b.warc.gz"),
            record=each.record,
            role=wanted.role,
            truncated=wanted.truncated,
            via=each.via.value,
            then=(wanted.original, wanted.originaldate, wanted.originalstatus),
        )
        assert own == cdx.dump([wanted])
        assert own is not None
        assert lines_of(own) == {7: own}


def test_a_plain_address_has_the_key_that_the_library_gives_it() -> None:
    chance = random.Random(SEED)
    parts = (
        "news",
        "2026",
        "a.html",
        "x_y",
        "b-c",
        "index.html",
        "sid",
        "s.aspx",
        "a..b",
        "v1.",
        "www",
        "-",
        ".x",
        "A",
    )
    hosts = (
        "example.com",
        "www.example.com",
        "www2.a.test",
        "www.www.x.org",
        "1.2.3.4",
        "x1.y2",
        "www.com",
        "a.xn--p1ai",
    )
    plain = 0
    for _ in range(4_000):
        path = "".join(f"/{chance.choice(parts)}" for _ in range(chance.randrange(4)))
        tail = chance.choice(("", "", "/", "?b=1", "#c"))
        url = f"{chance.choice(('http', 'https'))}://{chance.choice(hosts)}{path}{tail}"
        plain += urls.PLAIN.fullmatch(url) is not None
        assert urls.surt(url) == surt(url), url
    assert plain > 300


def report(found: Iterator[object]) -> list[str]:
    return [finding_json(each) if isinstance(each, Finding) else repr(each) for each in found]


@pytest.fixture
def several(tmp_path: Path) -> FolderStorage:
    """Seven WARCs in one store: some are damaged, one has no index, one no fixity."""
    folder = tmp_path / "store"
    for number in range(7):
        made = captures(pages=60, letters=1_500)
        one = store(tmp_path / f"one{number}", made)
        for path in sorted(one.folder.rglob("*")):
            at = folder / path.relative_to(one.folder)
            if path.is_file() and path.parts[-1] not in ("catalog.db", "current.json") and "state" not in path.parts:
                name = str(at).replace("press", f"press{number}") if number % 2 else str(at)
                at = Path(name)
                at.parent.mkdir(parents=True, exist_ok=True)
                at.write_bytes(path.read_bytes())
        one.archive.close()
    return FolderStorage(folder)


@pytest.mark.slow
def test_many_processes_report_the_same_in_the_same_order_as_one(several: FolderStorage) -> None:
    keys = list(several.list("warc/"))
    for number, key in enumerate(keys):
        path = several.root / key
        data = path.read_bytes()
        if number % 3 == 1:
            path.write_bytes(flipped(data, len(data) // 2, 4))
        if number % 3 == 2:
            index = several.root / re.sub(r"^warc/(.*)\.warc\.gz$", r"cdxj/\1.cdxj", key)
            index.write_bytes(flipped(index.read_bytes(), 40, 1))
    one = report(audit_shelves(several, None, 1))
    assert len([each for each in one if '"fault":true' in each]) > 3
    for number in (2, 4):
        assert report(audit_shelves(several, None, number)) == one


def test_a_file_in_parts_is_told_as_it_is_in_one(large: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.audit.beside.PART", 1 << 13)
    asked: list[str] = []

    def closely_(_: Shelves, plan: Plan, outlet: str) -> Iterator[Finding]:
        asked.append(f"{outlet}: {plan.warc}")
        return iter(())

    monkeypatch.setattr(Shelves, "_file", closely_)
    lines = lines_of(large.data(large.cdxj))
    assert lines is not None
    size = (large.folder / large.warc).stat().st_size
    assert len(cuts(sorted(lines), size, 1 << 13)) > 4
    one, two = (report(audit_shelves(large.archive.storage, None, number)) for number in (1, 2))
    assert one == two
    assert asked == []


def test_the_task_of_a_helper_that_is_killed_is_done_here(large: Audited) -> None:
    helpers = Helpers(large.archive.storage)
    helpers.start(1)
    (pid,) = helpers.started
    try:
        os.kill(pid, signal.SIGKILL)
        given = [helpers.give(task(large)) for _ in range(3)]
        assert [helpers.take(each) is not None for each in given] == [True] * 3
    finally:
        helpers.close()


def test_an_audit_that_is_left_midway_leaves_no_process(large: Audited) -> None:
    with Beside(large.archive.storage, 3) as beside:
        shelves = Shelves(large.archive.storage)
        plan = shelves._plan(large.warc)
        _, seen = next(beside.looked(iter([plan, plan, plan])))
        assert seen is not None
        pids = beside.helpers
        assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_digest_of_a_whole_file_is_asked_for_beside_its_parts(large: Audited) -> None:
    given = replace(task(large), part=None)
    looker = Looker(large.archive.storage)
    assert looker.look(given) is not None
    other = replace(given, known=((sha256_of(b"other"), given.size),))
    assert looker.look(other) is None
