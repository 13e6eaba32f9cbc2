"""What a newer reader changed: told capture by capture, never taken for an edit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog import Query
from archive.cdx import Known
from archive.errors import NotHeldError
from archive.holdings import Archive
from archive.records import Article, Reading, TextHead
from archive.rereading import Change, Example, compare, recurring, reread
from archive.spool import Spool
from crawler.shelf import extract
from tests.archived_press import NOW, OUTLET, a_reader, filled
from tests.captures import answer, capture
from tests.commands import Say
from tests.made import article, gone, reading, unchanged
from tests.practice import Practice, astana

LEAD = "وصلت الوفود إلى أستانا مساء أمس"
BODY = "وتبدأ الجلسات غدا خلف أبواب مغلقة"
LAST = "ولم يصدر عن الوفود أي تعليق حتى الآن"
DONATE = "ساهم معنا في دعم الصحافة المستقلة"


def read(*paragraphs: str, story: str = "a-1", title: str = "خبر") -> Reading:
    return reading(story, article("\n\n".join(paragraphs), title=title))


def judged(old: Reading, new: Reading) -> Change:
    others = [read(DONATE, f"خبر آخر {number}", story=f"a-{number}") for number in range(2, 5)]
    return changes([old, *others], [new, *others])[0]


def changes(old: Sequence[Reading], new: Sequence[Reading]) -> list[Change]:
    several = recurring([*old, *new])
    return [compare(one, other, several)[0] for one, other in zip(old, new, strict=True)]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (read(LEAD, BODY), read(LEAD, BODY), Change.SAME),
        (read(LEAD, BODY), read(LEAD, BODY, title="عنوان آخر"), Change.FACTS),
        (read(LEAD, DONATE, BODY), read(LEAD, BODY), Change.BETTER),
        (read(LEAD, BODY), read(LEAD, BODY, LAST), Change.BETTER),
        (read(LEAD, BODY), read(LEAD, BODY, DONATE), Change.WORSE),
        (read(LEAD, BODY, LAST), read(LEAD, BODY), Change.WORSE),
        (read(LEAD, BODY, DONATE), read(LEAD), Change.OTHER),  # furniture went, and a paragraph with it
        (read(f"{LEAD} {BODY}"), read(LEAD, BODY), Change.OTHER),  # parted: no word more, none less
        (gone("a-1"), read(LEAD), Change.FOUND),
        (read(LEAD), gone("a-1"), Change.GONE),
        (unchanged("a-1", None, day=1), gone("a-1"), Change.FACTS),
    ],
)
def test_what_became_of_a_reading_is_told_by_its_paragraphs(old: Reading, new: Reading, change: Change) -> None:
    assert judged(old, new) is change


@given(st.tuples(*[st.integers(0, 2)] * 4))
def test_nothing_is_better_and_worse_at_once(counts: tuple[int, int, int, int]) -> None:
    lost, gained, furniture_gone, furniture_come = counts
    told = Example(
        story="a",
        record="r",
        lost=lost,
        gained=gained,
        furniture_gone=furniture_gone,
        furniture_come=furniture_come,
    )
    mirrored = Example(
        story="a",
        record="r",
        lost=gained,
        gained=lost,
        furniture_gone=furniture_come,
        furniture_come=furniture_gone,
    )
    opposite = {Change.BETTER: Change.WORSE, Change.WORSE: Change.BETTER, Change.OTHER: Change.OTHER}
    assert mirrored.change is opposite[told.change]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with filled(tmp_path) as archive:
        yield archive


def test_a_newer_reader_writes_beside_and_reports_and_counts_no_edit(archive: Archive) -> None:
    before = archive.reader("press")
    assert before is not None
    editions = {story.id: len(story.editions) for story in archive.pull(Query(include_off_topic=True))}
    newer = replace(OUTLET, name="الصحيفة")
    found = extract(archive, {"press": newer}, a_reader)
    (told,) = found.reread
    assert (told.before, told.after) == (before, archive.reader("press"))
    assert before != told.after
    assert set(told.changes) == {Change.SAME}
    assert archive.texts_of("press", before)  # the older texts stay
    archive.index()
    assert {story.id: len(story.editions) for story in archive.pull(Query(include_off_topic=True))} == editions
    assert extract(archive, {"press": newer}, a_reader).reread == ()


def test_examples_name_captures_and_not_their_words(archive: Archive) -> None:
    before = archive.reader("press")
    (key,) = (key for key in archive.storage.list(f"text/press/{before}/"))
    held = archive._readings(key)
    assert held
    cut = [
        replace(one, outcome=_without_last(one.outcome)) if isinstance(one.outcome, Article) else one for one in held
    ]
    head = TextHead(schema=1, warc=_warc(archive), outlet="press", reader="0123456789abcdef", non_articles={})
    archive.put_text(head, cut)
    told = reread(archive.storage, "press", str(before), "0123456789abcdef")
    assert told.changes[Change.WORSE] >= 1
    one = told.examples[Change.WORSE][0]
    assert one.lost == 1
    assert one.record in {reading.record for reading in held}
    assert "worse" in told.said
    assert not any("ا" <= letter <= "ي" for letter in str(told.dump()))


def _without_last(given: Article) -> Article:
    return replace(given, paragraphs=given.paragraphs[:-1])


def _warc(archive: Archive) -> str:
    return archive.warcs("press")[0]


def test_a_text_that_is_not_there_is_passed_over(archive: Archive) -> None:
    assert reread(archive.storage, "press", "0" * 16, str(archive.reader("press"))).changes == {}
    with pytest.raises(NotHeldError):
        archive.storage.get("text/press/0000000000000000/nothing")


@pytest.mark.slow
@pytest.mark.xdist_group("desk")
def test_a_rebuild_says_what_a_changed_outlet_file_changed(crawled: Practice, capfd: Say, tmp_path: Path) -> None:
    store, outlets = tmp_path / "store", tmp_path / "outlets"
    shutil.copytree(crawled.store, store)
    shutil.copytree(crawled.outlets, outlets)
    path = outlets / "midan.yml"
    path.write_text(path.read_text("utf-8").replace("name: ", "name: صحيفة ", 1), "utf-8")
    words = ("rebuild", "--from", "warc", "--outlet", "midan", "--store", str(store))
    said = astana(capfd, *words, settings={"ASTANA_OUTLETS": str(outlets)})
    assert said.code == 0
    assert "midan: read anew, " in said.out


def test_pages_that_could_not_be_read_are_listed_by_outlet_layout_and_reason(
    archive: Archive, capfd: Say, tmp_path: Path
) -> None:
    spool = Spool.open(tmp_path / "again", "press", "v", NOW, {"software": "tests"})
    empty = answer(b"<html><body><div></div></body></html>")
    for number in (8, 9):
        spool.append(capture(empty, url=f"https://press.test/news/{number}"), Known())
    made = b"<html><body><div " + b" ".join(b"a%d=1" % each for each in range(3000)) + b"></div></body></html>"
    spool.append(capture(answer(made), url="https://press.test/news/6"), Known())
    spool.append(capture(answer(b"", status=b"404 Not Found"), url="https://press.test/news/7"), Known())
    spool.seal(archive.storage)
    extract(archive, {"press": OUTLET}, a_reader)
    archive.index()
    words = ("outlets", "unread", "--store", str(archive.settings.store), "--json")
    beyond, line = astana(capfd, *words).lines
    assert (beyond["reason"], beyond["url"]) == ("beyond-bounds", "https://press.test/news/6")
    assert (line["outlet"], line["layout"], line["reason"], line["pages"]) == ("press", "none of its own", "no-text", 2)
    assert line["url"] == "https://press.test/news/8"
    assert astana(capfd, *words, "press").out == astana(capfd, *words).out, "its file is not asked for"
    assert astana(capfd, *words, "nobody").code == 2
