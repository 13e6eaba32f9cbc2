"""Records of some hosts cut out of a large file of others, and such a cut on the shelves."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.gzip import compress
from crawler.cutting import cut
from tests.practice import astana, of
from tests.test_archives_ccnews import FILE, member

PAGE = "https://www.enabbaladi.net/archives/170000"


def written(folder: Path, *members: bytes) -> Path:
    file = folder / "CC-NEWS-20170123000000-00001.warc.gz"
    file.write_bytes(b"".join(members))
    return file


def test_the_answers_of_the_hosts_are_taken_byte_for_byte_and_in_their_order(tmp_path: Path) -> None:
    done = cut(written(tmp_path, *FILE), ["a.example"], tmp_path / "cut")
    assert (done.taken, done.seen, done.problem) == (2, len(FILE), None)
    assert (tmp_path / "cut").read_bytes() == FILE[1] + FILE[3]


def test_a_file_that_ends_too_early_gives_what_came_before(tmp_path: Path) -> None:
    done = cut(written(tmp_path, FILE[1], FILE[3][:-5]), ["a.example"], tmp_path / "cut")
    assert (tmp_path / "cut").read_bytes() == FILE[1]
    assert done.problem == f"ends within the member at {len(FILE[1])}"


def test_what_is_not_compressed_record_by_record_is_refused(tmp_path: Path) -> None:
    for content in (b"WARC/1.0\r\n", b"", compress(b"x")[:-1]):
        with pytest.raises(UsageError, match="compressed record by record"):
            cut(written(tmp_path, content), ["a.example"], tmp_path / "cut")
    with pytest.raises(UsageError, match="No such file"):
        cut(tmp_path / "none.warc.gz", ["a.example"], tmp_path / "cut")


def test_an_import_may_take_the_outlets_records_alone(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = "<html><head><title>عنوان</title></head><body><h1>عنوان</h1><p>نص قصير عن أستانا.</p></body></html>".encode()
    file = written(tmp_path, *FILE, member(PAGE, body=page))
    store = str(tmp_path / "store")
    said = astana(capfd, "import", str(file), str(tmp_path / "none"), "--cut", "--store", store, "--json")
    assert said.code == 1
    assert (of(said.lines, "file"), of(said.lines, "captures")) == ([file.name], [1])
    assert "No such file" in said.err
    nothing = written(tmp_path, *FILE)
    assert astana(capfd, "import", str(nothing), "--cut", "--store", store, "--json").lines == []
    shelved = list((tmp_path / "store" / "warc").rglob("*.warc.gz"))
    assert [path.read_bytes() for path in shelved] == [member(PAGE, body=page)]
