"""archive/warc/read.py: records of our own and of others become captures, or say why they do not."""

from __future__ import annotations

import gzip
import io
import re
from typing import Any

import pytest

from archive import cdx, warc
from archive.errors import WarcError
from archive.records import Capture, Hints, Via
from tests.captures import URL, answer, capture, chunked, failed
from tests.extraction import EVAL, NO_EVAL
from tests.warcs import ASK, RESPONSE, captures_in, file_of, plain, read

FOREIGN = EVAL / "warc"


def test_one_member_read_by_itself_gives_the_response() -> None:
    data, written = file_of(capture(), failed())
    for one in written:
        assert one.address is not None
        member = data[one.address.offset : one.address.offset + one.address.length]
        found = warc.read_at(member, one.address, "press")
        assert (found.response, found.record, found.date, found.address) == (
            one.response, one.record, one.date, one.address
        )  # fmt: skip


def test_bytes_that_are_not_one_whole_record_are_refused() -> None:
    data, _ = file_of(capture(), capture())
    for part in (b"", data[:100], data, data[5:], b"hello"):
        with pytest.raises(WarcError):
            warc.read_at(part)


def test_a_wrong_digest_is_told() -> None:
    member = gzip.decompress(warc.compose(capture()).members[0])
    broken = member.replace("فقرة".encode(), "فكرة".encode())
    assert broken != member
    faults = warc.check(broken)
    assert [fault.split(" ")[0] for fault in faults] == [
        "WARC-Block-Digest", "Astana-Block-Digest", "WARC-Payload-Digest", "Astana-Content-Digest"
    ]  # fmt: skip


@pytest.mark.parametrize("spell", [str.lower, lambda value: value.rstrip("=") + "==="])
def test_a_digest_in_another_spelling_is_not_told(spell: Any) -> None:
    member = gzip.decompress(warc.compose(capture()).members[0]).decode("latin-1")
    spelled = re.sub(r"(?<=Digest: sha1:)\S+", lambda found: spell(found[0]), member)
    assert warc.check(spelled.encode("latin-1")) == ()


def test_a_chunked_payload_digested_with_its_framing_passes_in_foreign_records_only() -> None:
    body = chunked().partition(b"\r\n\r\n")[2]
    theirs = f"WARC-Record-ID: <urn:uuid:1>\r\nWARC-Payload-Digest: {warc.payload_digest(body)}\r\n"
    assert warc.check(plain(("response", theirs, chunked()))) == ()
    wrong = theirs.replace(warc.payload_digest(body), warc.payload_digest(b"else"))
    assert len(warc.check(plain(("response", wrong, chunked())))) == 1
    ours = f"{theirs}Astana-Block-Digest: {warc.sha256(chunked())}\r\n"
    assert len(warc.check(plain(("response", ours, chunked())))) == 1


@pytest.mark.parametrize("order", [[RESPONSE, ASK], [ASK, RESPONSE]])
@pytest.mark.parametrize("url", [URL, f"<{URL}>"])
def test_a_plain_foreign_file_is_read_with_addresses_of_its_records(order: Any, url: str) -> None:
    data = plain(*order, url=url)
    (found,) = captures_in(data)
    assert (found.url, found.response, found.request) == (URL, answer(), ASK[2])
    assert (found.via, found.hints, found.record) == (Via.IMPORT, Hints(), "urn:uuid:1")
    assert found.address is not None
    part = data[found.address.offset : found.address.offset + found.address.length]
    assert part.startswith(b"WARC/1.0")
    assert part.endswith(answer())
    assert warc.sha256(part) == found.address.sha256
    assert warc.read_at(part).response == answer()


def test_requests_and_responses_that_come_in_turns_find_each_other() -> None:
    def one(number: int, kind: str) -> bytes:
        ask = kind == "request"
        ids = f"WARC-Record-ID: <urn:{kind}:{number}>\r\n"
        ids += f"WARC-Concurrent-To: <urn:response:{number}>\r\n" if ask else ""
        return plain((kind, ids, b"GET /%d" % number if ask else answer(b"%d" % number)), url=f"{URL}/{number}")

    data = b"".join(one(number, "response") for number in range(5)) + b"".join(one(n, "request") for n in range(5))
    found = captures_in(data)
    assert [(one.url[-1], one.request[-1:], one.response[-1:]) for one in found] == [
        (str(n), b"%d" % n, b"%d" % n) for n in range(5)
    ]


def test_the_outlet_is_decided_by_url() -> None:
    stream = io.BytesIO(plain(RESPONSE))
    found = list(warc.read(stream, "_import/x.warc", lambda url: url.split("/")[2]))
    assert [one.outlet for one in found if isinstance(one, Capture)] == ["press.test"]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (("resource", "", b"<html>"), "a resource record holds no HTTP exchange"),
        (("response", "", b"<html>"), "no HTTP message"),
        (("response", "WARC-Segment-Number: 1\r\n", answer()), "a segment"),
        (("conversion", "", b"text"), "a conversion record"),
    ],
)
def test_a_sound_record_without_an_exchange_says_why_it_gives_no_capture(part: Any, said: str) -> None:
    (found,) = read(plain(part))
    assert isinstance(found, warc.Damage)
    assert said in found.said
    assert not found.broken
    assert found.url == URL


def test_a_record_without_a_usable_date_or_length_is_told() -> None:
    for old, new in (("2017-01-23T09:30:00Z", "sometime"), ("2017-01-23T09:30:00Z", "2017-01-23T09:30:00")):
        (found,) = read(plain(RESPONSE).replace(old.encode(), new.encode()))
        assert isinstance(found, warc.Damage)
        assert "its date is" in found.said
    bad = re.sub(rb"Content-Length: \d+\r\n\r\nHTTP", b"Content-Length: many\r\n\r\nHTTP", plain(RESPONSE))
    first, *rest = read(bad + plain(RESPONSE))
    assert isinstance(first, warc.Damage)
    assert "'many'" in first.said
    assert any(isinstance(one, Capture) for one in rest)


@pytest.mark.skipif(not FOREIGN.is_dir(), reason=NO_EVAL)  # agreed: other projects' files, not ours to copy
def test_the_files_of_other_tools_are_read_without_a_raise() -> None:
    files = [path for path in sorted(FOREIGN.rglob("*")) if re.search(r"\.w?arc(\.gz)?(\.bad)?$", path.name)]
    assert len(files) > 100
    captures = 0
    for path in files:
        with path.open("rb") as stream:
            for found in warc.read(stream, f"_import/{path.name}", "other"):
                if isinstance(found, Capture):
                    captures += 1
                    cdx.line_of(found)
                    if found.address:
                        here = stream.tell()
                        stream.seek(found.address.offset)
                        assert warc.read_at(stream.read(found.address.length)).response == found.response
                        stream.seek(here)
                else:
                    assert found.said
    assert captures > 400
