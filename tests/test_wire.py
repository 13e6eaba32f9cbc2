"""The tap takes what the server's socket saw, byte for byte, and nothing goes by it unseen."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import trustme
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from archive.cdx import Known
from archive.records import Capture, Truncation
from archive.spool import Spool
from archive.storage import Storage, open_storage
from tests.oddanswers import ODD, PAGE, WHOLE, chunked
from tests.oddserver import After, Odd, OddServer
from tests.wired import HOST, PATIENCE, Wired, context_for, crawl, table

SHORT = 0.6  # seconds allowed to what must time out


@dataclass(frozen=True)
class Tried:
    """One crawl of all odd paths over one scheme, and the WARC that was written of it."""

    scheme: str
    table: Mapping[str, Odd]
    found: Wired
    server: OddServer
    storage: Storage
    written: list[Capture]
    file: bytes

    def pairs(self, path: str) -> list[tuple[tuple[bytes, bytes], Capture]]:
        """What the socket saw beside what was written, of each exchange of a path."""
        captures = [capture for capture in self.written if capture.url.partition(HOST)[2] == path]
        return list(zip(self.server.seen[path], captures, strict=True))

    def one(self, path: str) -> Capture:
        return self.pairs(path)[0][1]


def asked_for(scheme: str, path: str, odd: Odd) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if odd.limit:
        meta["download_maxsize"] = odd.limit
    if odd.after is After.STALL:
        meta["download_timeout"] = SHORT
    return {"url": f"{scheme}://{HOST}{path}#part", "method": odd.method, "meta": meta}


def tried(scheme: str, table_of: Mapping[str, Odd], folder: Path, server: OddServer, authority: Path) -> Tried:
    requests = [asked_for(scheme, path, odd) for path, odd in table_of.items() if path != "/post"]
    if "/post" in table_of:
        form = {"x-MIXED-Case": "v", "Content-Type": "application/x-www-form-urlencoded"}
        requests.append({"url": f"{scheme}://{HOST}/post", "method": "POST", "body": "q=أس", "headers": form})
    found = crawl(folder, requests, authority, ASTANA_RESOLVE=table(scheme, server), ASTANA_PATIENCE=PATIENCE)
    storage = open_storage(str(folder / "store"))
    waiting = Spool.open(folder / "spool", "odd", "w1", datetime.now(UTC), {})
    for capture in found.captures:
        waiting.append(capture, Known())
    sealed = waiting.seal(storage)
    assert sealed is not None
    with storage.open(sealed.warc) as stream:
        written = list(warc.read(stream, sealed.warc, "odd"))
        stream.seek(0)
        file = stream.read()
    assert all(isinstance(one, Capture) for one in written)
    return Tried(scheme, table_of, found, server, storage, written, file)  # type: ignore[arg-type]  # just asserted


HTTP_AND_HTTPS = [
    pytest.param("http", marks=pytest.mark.xdist_group("wire-http")),
    pytest.param("https", marks=[pytest.mark.xdist_group("wire-https"), pytest.mark.slow]),
]


@pytest.fixture(scope="module", params=HTTP_AND_HTTPS)
def odd(
    request: pytest.FixtureRequest,
    authority: trustme.CA,
    authority_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Tried]:
    """All odd paths over one scheme, in one crawl under a crawl's own settings."""
    scheme: str = request.param
    wanted = {path: one for path, one in ODD.items() if one.tls in (None, scheme == "https")}
    with OddServer(context_for(authority, HOST) if scheme == "https" else None, wanted) as server:
        yield tried(scheme, wanted, tmp_path_factory.mktemp(scheme), server, authority_file)


def different(one: bytes, other: bytes) -> int:
    """How many bytes of two strings differ, those that only one of them has too."""
    return 0 if one == other else sum(left != right for left, right in zip_longest(one, other))


def members(file: bytes) -> Iterator[tuple[dict[bytes, bytes], bytes]]:
    """Head and block of each record, by nothing but zlib and the standard's own lines."""
    while file:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        record = unpacker.decompress(file)
        file = unpacker.unused_data
        head, _, rest = record.partition(b"\r\n\r\n")
        lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(lines[b"Content-Length"])
        assert rest[length:] == b"\r\n\r\n"
        yield lines, rest[:length]


def by_warcio(file: bytes) -> Iterator[tuple[dict[bytes, bytes], bytes]]:
    for record in ArchiveIterator(io.BytesIO(file), no_record_parse=True):
        lines = {key.encode(): value.encode() for key, value in record.rec_headers.headers}
        yield lines, record.raw_stream.read()


@pytest.mark.parametrize("reader", [members, by_warcio], ids=["raw", "warcio"])
def test_every_block_of_the_warc_is_what_the_servers_socket_saw(odd: Tried, reader: Any) -> None:
    blocks: dict[tuple[bytes, str], bytes] = {}
    for lines, block in reader(odd.file):
        beside = lines.get(b"WARC-Concurrent-To", lines[b"WARC-Record-ID"]).decode()
        blocks[lines[b"WARC-Type"], beside.strip("<>")] = block
    wrong, compared, exchanges = 0, 0, 0
    for path, one in odd.table.items():
        for (request, answer), capture in odd.pairs(path):
            sent = answer[: len(answer) - one.excess]
            response = blocks.get((b"response", capture.record), b"")
            came = capture.interim + response
            wrong += different(blocks[b"request", capture.record], request)
            wrong += different(came, sent[: len(came)] if one.limit else sent)
            assert not one.limit or 0 < len(came) < 2 << 20, path
            assert bool(response) == bool(sent.removeprefix(capture.interim)) or one.foreign, path
            compared += len(request) + len(came)
            exchanges += 1
    print(f"{odd.scheme}: {len(odd.table)} odd paths, {exchanges} exchanges, {compared} bytes, {wrong} different")
    assert wrong == 0
    assert len(odd.table) >= 45
    assert exchanges == len(odd.written) == sum(map(len, odd.server.seen.values()))


def test_what_was_odd_is_said_and_nothing_else(odd: Tried) -> None:
    faults = []
    for path, one in odd.table.items():
        for _, capture in odd.pairs(path)[-1:]:
            said = (capture.truncated, capture.missing if one.limit is None else None)
            if said != (one.truncated, one.missing):
                faults.append(f"{path}: truncated {said}")
            error = capture.error or ""
            if (one.says or "") not in error or (one.says is None and error):
                faults.append(f"{path}: said {capture.error!r}")
    assert not faults, "\n".join(faults)


def test_an_answer_is_asked_for_again_only_when_it_never_came_whole(odd: Tried) -> None:
    asked = {path: len(odd.server.seen[path]) for path in odd.table}
    # Closed in silence on a kept connection, a request is sent once more each time.
    assert asked.pop("/silent-close") >= 3
    assert asked == {path: one.asked for path, one in odd.table.items() if path != "/silent-close"}


def test_what_a_limit_left_out_is_counted_where_the_head_says_the_length(odd: Tried) -> None:
    ((_, answer), capture), *_ = odd.pairs("/over")
    assert capture.missing == len(answer) - len(capture.response)
    assert odd.one("/over-chunked").missing is None


def test_interim_answers_stand_beside_the_final_one(odd: Tried) -> None:
    capture = odd.one("/early-hints")
    assert capture.interim.startswith(b"HTTP/1.1 103 Early Hints\r\nLink")
    assert capture.response.startswith(b"HTTP/1.1 200 OK")
    assert odd.one("/interim").interim.count(b"HTTP/1.1 10") == 4
    assert odd.one("/interim-only").response == b""


def test_what_is_no_http_stands_beside_a_capture_that_failed(odd: Tried) -> None:
    for path in ("/not-http", "/not-http-open", "/http09", "/leading-line"):
        capture = odd.one(path)
        assert (capture.response, capture.interim) == (b"", odd.table[path].answer)
        assert odd.found.errors[f"{odd.scheme}://{HOST}{path}#part"][0] == "NoHttpError"
    assert odd.found.errors[f"{odd.scheme}://{HOST}/status-99x#part"][0] == "NoHttpError"


def test_the_crawl_gets_every_answer_that_came_whole(odd: Tried) -> None:
    for path in WHOLE:
        if path != "/500":
            status, _ = odd.found.answers[f"{odd.scheme}://{HOST}{path}#part".replace("/post#part", "/post")]
            assert str(status).encode() in odd.table[path].answer.replace(b"000", b""), path
    for path in ("/nul-value", "/huge-value", "/many-headers", "/length-negative", "/chunked", "/until-close"):
        assert odd.found.answers[f"{odd.scheme}://{HOST}{path}#part"] == (200, len(PAGE)), path


def test_peer_and_tls_are_known_after_writing_and_reading(odd: Tried) -> None:
    assert {capture.peer for capture in odd.written} == {"127.0.0.1"}
    assert {capture.outlet for capture in odd.written} == {"odd"}
    assert odd.one("/case").hints.title == "عنوان من القائمة"
    assert all(capture.elapsed is not None and capture.elapsed >= 0 for capture in odd.written)
    assert len({capture.record for capture in odd.written}) == len(odd.written)
    tls = {capture.tls for capture in odd.written}
    if odd.scheme == "http":
        assert tls == {None}
        return
    (shaken,) = tls
    assert shaken is not None
    assert (shaken.version, shaken.cipher[:4], shaken.verified) == ("TLSv1.3", "TLS_", True)
    assert odd.server.names == {HOST}
    for lines, _ in members(odd.file):
        if lines[b"WARC-Type"] in (b"request", b"response"):
            assert lines[b"WARC-Cipher-Suite"].decode() == shaken.cipher
            assert lines[b"WARC-IP-Address"] == b"127.0.0.1"


def test_connections_are_kept_and_no_cookie_is_sent(odd: Tried) -> None:
    assert odd.server.connections < len(odd.written)
    for capture in odd.written:
        head = capture.request.lower()
        assert b"\r\ncookie:" not in head
        assert b"\r\nauthorization:" not in head


@pytest.mark.parametrize("odd", HTTP_AND_HTTPS[1:], indirect=True)
def test_what_the_wire_gave_is_written_and_read_back_equal(odd: Tried) -> None:
    for capture, before in zip(odd.written, odd.found.captures, strict=True):
        assert replace(capture, address=None, payload_digest=None) == before
        assert capture.address is not None
        member = odd.storage.read(f"warc/{capture.address.warc}", capture.address.offset, capture.address.length)
        assert warc.check(member) == ()


@pytest.mark.parametrize("odd", HTTP_AND_HTTPS[1:], indirect=True)
def test_other_tools_find_every_block_of_the_wire_right(odd: Tried, tmp_path: Path) -> None:
    # warcio 1.8 dies of any record with Content-Encoding br, in its own reader.
    captures = [capture for capture in odd.found.captures if b"Content-Encoding: br" not in capture.response]
    assert len(captures) == len(odd.found.captures) - 3
    path = tmp_path / "odd.warc.gz"
    path.write_bytes(b"".join(member for capture in captures for member in warc.compose(capture).members))
    command = [str(Path(sys.executable).with_name("warcio")), "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "block digest failed" not in done.stdout
    # They digest the bytes of a chunked body with its chunks (webrecorder/warcio#75).
    framed = sum(b"\r\ntransfer-encoding: " in capture.response.lower() for capture in captures)
    assert 0 < done.stdout.count("payload digest failed") <= framed
    records = 0
    for record in FastIterator(io.BytesIO(path.read_bytes()), parse_http=False):
        assert record.verify_block_digest()
        records += 1
    assert records > 2 * len(captures)


def test_the_example_of_the_page_on_captures_shows_what_it_says(odd: Tried, tmp_path: Path) -> None:
    page = Path(__file__).parent.parent.joinpath("docs", "capture.md").read_text("utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (code,) = (block for language, block in blocks if language == "python")
    (shown,) = (block for _, block in blocks if block.startswith("$ python show.py"))
    script, file = tmp_path / "show.py", tmp_path / "odd.warc.gz"
    script.write_text(code, "utf-8")
    file.write_bytes(odd.file)
    done = subprocess.run([sys.executable, str(script), str(file)], capture_output=True, encoding="utf-8", check=True)
    lines = [line.strip() for line in done.stdout.rstrip("\n").split("\n")]
    assert len(lines) == len(odd.written)
    for line in shown.splitlines()[1:]:
        assert line.replace("https://", f"{odd.scheme}://") in lines


def _some_head(chance: random.Random) -> bytes:
    """Header lines as no standard allows them, but none that says where the body ends."""
    letters = bytes(byte for byte in range(256) if byte not in b"\n:")
    lines = []
    for _ in range(chance.choice([0, 1, 3, 9, 40])):
        name = bytes(chance.choices(b"abcXYZ-09" if chance.random() < 0.8 else letters, k=chance.randint(1, 12)))
        value = bytes(chance.choices(letters, k=chance.choice([0, 1, 20, 300])))
        fold = b"\r\n " + bytes(chance.choices(letters, k=5)) if chance.random() < 0.1 else b""
        lines.append(b"X" + name + b":" * (chance.random() < 0.95) + value + fold + chance.choice([b"\r\n", b"\n"]))
    return b"".join(lines)


def _some_answer(chance: random.Random) -> Odd:
    """An answer made by chance, sometimes cut by chance; what must be said of it follows from how it was made."""
    body = chance.randbytes(chance.choice([1, 2, 3, 50, 700, 5_000, 90_000]))
    interim = b"".join(
        b"HTTP/1.1 103 x\r\n" + _some_head(chance) + b"\r\n" for _ in range(chance.choice([0, 0, 0, 1, 2]))
    )
    start = interim + b"HTTP/1.1 %d %b\r\n" % (
        chance.choice([200, 200, 404, 599, 999]),
        chance.randbytes(4).hex().encode(),
    )
    start += _some_head(chance)
    pieces = chance.choice([1, 7, 100, 1460, 1 << 20]) if len(body) < 6_000 else chance.choice([1460, 1 << 20])
    framing = chance.choice(["length", "chunks", "close"])
    if framing == "close":
        return Odd(answer=start + b"\r\n" + body, after=After.CLOSE, pieces=pieces)
    if framing == "length":
        whole = start + b"Content-Length: %d\r\n\r\n" % len(body) + body
    else:
        size = chance.choice([1, 13, 4096]) if len(body) < 6_000 else 4096
        whole = start + b"Transfer-Encoding: chunked\r\n\r\n"
        whole += chunked(body, size, chance.choice([b"", b"X: y\r\n"]), chance.choice([b"", b";a=b"]))
    if chance.random() < 0.7:
        return Odd(answer=whole, pieces=pieces)
    head = whole.rindex(b"\r\n\r\n", 0, len(whole) - len(body)) + 4 if framing == "length" else len(start) + 30
    cut = chance.randrange(head, len(whole))
    missing = len(whole) - cut if framing == "length" else None
    after = chance.choice([After.CLOSE, After.CUT, After.RESET])
    return Odd(answer=whole[:cut], after=after, pieces=pieces, truncated=Truncation.DISCONNECT, missing=missing)


@pytest.mark.slow
def test_answers_made_by_chance_are_what_the_socket_saw_too(authority_file: Path, tmp_path: Path) -> None:
    chance = random.Random(20170123)
    answers = {f"/r{number}": _some_answer(chance) for number in range(300)}
    with OddServer(answers=answers) as server:
        made = tried("http", answers, tmp_path, server, authority_file)
    wrong, cut = 0, 0
    for path, one in answers.items():
        for (request, answer), capture in made.pairs(path):
            wrong += different(capture.request, request) + different(capture.interim + capture.response, answer)
            assert (capture.truncated, capture.missing) == (one.truncated, one.missing), path
            cut += one.truncated is not None
    print(f"{len(answers)} answers made by chance, {cut} of them cut, {wrong} bytes different")
    assert wrong == 0
    assert len(made.written) == len(answers)
    assert cut >= 40
