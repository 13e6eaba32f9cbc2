import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import texts
from archive.errors import ArchiveError, FormatError
from archive.records import (
    Address,
    Article,
    Claim,
    Dateline,
    Hints,
    Kind,
    Paragraph,
    Precision,
    Reading,
    Reason,
    Rejection,
    Role,
    TextHead,
    Topic,
    Unchanged,
    Via,
)

HEAD = TextHead(schema=texts.SCHEMA, warc="a/2026/11/s.warc.gz", outlet="a", reader="0f", non_articles={"seed": 2})
words = st.text(alphabet='أستانا محادثات\n\u00a0\u200f«»"\\', max_size=60)
articles = st.builds(
    Article,
    title=words,
    paragraphs=st.lists(
        st.builds(Paragraph, text=words, where=words, offset=st.integers(-1, 99), length=st.integers(0, 9)), max_size=3
    ).map(tuple),
    language=st.just("ar"),
    kind=st.sampled_from(Kind),
    topic=st.builds(Topic, on=st.booleans(), score=st.floats(0, 1), terms=st.lists(words, max_size=2).map(tuple)),
    dateline=st.builds(Dateline, place=st.none() | words, agency=st.none() | words),
    claims=st.lists(
        st.just(
            Claim(
                source="meta",
                about="published",
                said="x",
                precision=Precision.DAY,
                value="2017-09-14",
                earliest=datetime(2017, 9, 13, 21, tzinfo=UTC),
                latest=datetime(2017, 9, 14, 21, tzinfo=UTC),
            )
        ),
        max_size=1,
    ).map(tuple),
)
outcomes = (
    articles
    | st.builds(Rejection, reason=st.sampled_from(Reason), detail=words)
    | st.builds(Unchanged, of=st.none() | words)
)
readings = st.builds(
    Reading,
    story=words,
    outlet=st.just("a"),
    url=words,
    record=words,
    date=st.just("2026-11-22T01:02:03Z"),
    via=st.sampled_from(Via),
    address=st.builds(Address, warc=words, offset=st.integers(0), length=st.integers(0), sha256=st.none() | words),
    payload_digest=st.none() | words,
    hints=st.builds(Hints, role=st.sampled_from(Role), title=st.none() | words, hops=st.lists(words).map(tuple)),
    outcome=outcomes,
)


@given(st.lists(readings, max_size=3))
def test_what_is_written_is_read_back_equal_and_equal_content_gives_equal_bytes(said: list[Reading]) -> None:
    data = texts.dump(HEAD, said)
    assert texts.load(data) == (HEAD, said)
    assert texts.dump(*texts.load(data)) == data


def test_each_line_holds_exactly_one_outcome_under_its_name() -> None:
    reading = Reading(
        story="a-x",
        outlet="a",
        url="http://a/",
        record="r",
        date="2026-11-22T01:02:03Z",
        via=Via.LIVE,
        address=Address(warc="w", offset=0, length=1),
        payload_digest=None,
        hints=Hints(),
        outcome=Rejection(reason=Reason.SOFT_404, detail="الصفحة غير موجودة"),
    )
    line = texts.reading_to_json(reading)
    assert '"rejection":{"detail":"الصفحة غير موجودة","reason":"soft-404"}' in line
    assert "article" not in line
    assert "outcome" not in line


def test_a_newer_schema_is_refused_and_damage_is_named() -> None:
    newer = gzip.compress(b'{"schema": 99}\n')
    with pytest.raises(FormatError, match="schema 99"):
        texts.load(newer, "text/a/x")
    for broken in (b"", b"no gzip", gzip.compress(b""), gzip.compress(b"{}\n"), texts.dump(HEAD, [])[:-9]):
        with pytest.raises(ArchiveError, match="text/a/x"):
            texts.load(broken, "text/a/x")


def test_a_text_lies_where_its_warc_lies_with_the_reader_between() -> None:
    assert texts.key("sana/2026/11/sana-1.warc.gz", "sana", "ab12") == "text/sana/ab12/2026/11/sana-1.jsonl.gz"
    assert texts.key("_import/9f.warc", "other", "ab12") == "text/other/ab12/_import/9f.jsonl.gz"
    assert texts.key("_import/9f.arc.gz", "sana", "ab12") == "text/sana/ab12/_import/9f.jsonl.gz"
