"""A capture is read as what its page says, or refused with the reason; the same everywhere and always."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from archive.arabic import clean
from archive.records import (
    Article,
    Hints,
    Kind,
    NonArticle,
    Reason,
    RecordType,
    Reference,
    Rejection,
    Role,
    Truncation,
    Unchanged,
)
from crawler.extract import Text, non_article, read, read_text
from crawler.outlet import Page
from crawler.page import dom
from crawler.page.locate import Place, words_in_order
from tests.extraction import (
    GOLDEN,
    SENTENCE,
    a_capture,
    a_page,
    a_reader,
    an_outlet,
    article,
    outcome,
    texts,
)

PAGES = sorted(GOLDEN.glob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_golden_page_is_read_as_written_down(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    source = path.read_bytes()
    found = read(a_capture(source, url=wanted["url"]), a_reader(an_outlet(wanted["outlet_name"])))
    if "reason" in wanted:
        assert isinstance(found, Rejection)
        assert found.reason == wanted["reason"]
        return
    assert isinstance(found, Article), found
    assert texts(found) == wanted["paragraphs"]
    for name in ("title", "subtitle", "byline", "kind", "language", "extractor"):
        if name in wanted:
            assert getattr(found, name) == wanted[name], name
    for paragraph in found.paragraphs:
        assert words_in_order(source.decode(), Place(paragraph.offset, paragraph.length, True), paragraph.text)


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_text_asked_for_alone_is_the_articles(path: Path) -> None:
    capture = a_capture(path.read_bytes(), url=json.loads(path.with_suffix(".json").read_text("utf-8"))["url"])
    whole, alone = read(capture, a_reader()), read_text(capture, a_reader())
    if isinstance(alone, Text):
        assert isinstance(whole, Article)
        assert (alone.title.text, alone.title.subtitle) == (whole.title, whole.subtitle)
        assert (alone.paragraphs, alone.captions) == (whole.paragraphs, whole.captions)
    else:
        assert alone == whole


@pytest.mark.slow
@pytest.mark.parametrize("name", ["menus_and_support", "form_table_breaks", "lead_and_subheads"])
@pytest.mark.parametrize("encoding", ["cp1256", "iso8859-6", "utf-16"])
def test_the_same_page_in_an_old_encoding_says_the_same(name: str, encoding: str) -> None:
    source = (GOLDEN / f"{name}.html").read_text("utf-8").replace('<meta charset="utf-8">', "")
    source = source.replace("«", '"').replace("»", '"')  # ISO 8859-6 has no guillemets
    assert texts(article(source.encode(encoding, "xmlcharrefreplace"))) == texts(article(source.encode()))


def test_where_a_paragraph_stands_is_its_elements_path() -> None:
    found = article(a_page(SENTENCE, SENTENCE + " وأضاف."))
    assert [paragraph.where for paragraph in found.paragraphs] == ["/html/body/div/p[1]", "/html/body/div/p[2]"]


def test_repairs_are_listed_and_the_words_kept() -> None:
    written = SENTENCE.replace(" أن ", "\u00a0أن\u200f ", 1)
    first = article(a_page(written, SENTENCE)).paragraphs[0]
    assert first.text == SENTENCE
    assert set(first.repairs) == set(clean(written).repairs) - {"space-runs"}


def test_one_short_line_is_a_flash_and_never_dropped() -> None:
    found = article(a_page("بدء الجلسة", title="عاجل | بدء الجلسة الافتتاحية"))
    assert texts(found) == ["بدء الجلسة"]
    assert found.kind is Kind.FLASH


def test_a_flash_that_only_repeats_its_title_keeps_its_line() -> None:
    title = "عاجل: بدء الجلسة الافتتاحية في أستانا"
    assert texts(article(a_page(title, title=title))) == [title]


def test_an_equal_text_is_read_the_fourth_time_too() -> None:
    page = a_page(SENTENCE, SENTENCE + " وأضاف أن الوفود وصلت.", SENTENCE + " وختم بالشكر.")
    assert len({str(texts(article(page))) for _ in range(6)}) == 1


# --- outlet rules ---------------------------------------------------------------------------------------------------
RULED = (
    "<html><body><h1>شعار الموقع</h1><div class='t'>عنوان بحسب القاعدة</div><div class='b'><p>نص قصير</p>"
    "<div class='x'>يسقط</div><p>نص ثان</p></div><div>" + f"<p>{SENTENCE}</p>" * 5 + "</div></body></html>"
)


def test_an_outlets_rule_wins_and_drops_what_it_names() -> None:
    outlet = an_outlet(pages=(Page(title=".t", body=".b", drop=(".x",)),))
    found = read(a_capture(RULED), a_reader(outlet))
    assert isinstance(found, Article)
    assert (found.title, texts(found)) == ("عنوان بحسب القاعدة", ["نص قصير", "نص ثان"])
    assert found.extractor == "outlet-rules"


def test_a_rule_that_finds_nothing_leaves_the_page_to_the_others() -> None:
    outlet = an_outlet(pages=(Page(title=".t", body=".gone"),))
    found = read(a_capture(RULED), a_reader(outlet))
    assert isinstance(found, Article)
    assert (found.title, found.extractor) == ("عنوان بحسب القاعدة", "shape")


def test_a_page_is_read_by_the_layout_of_its_day() -> None:
    pages = (Page(until=date(2018, 1, 1), title=".t", body=".b"), Page(title="h1", body="div:last-child"))
    old = read(a_capture(RULED, date="2017-06-01T00:00:00Z"), a_reader(an_outlet(pages=pages)))
    new = read(a_capture(RULED, date="2019-06-01T00:00:00Z"), a_reader(an_outlet(pages=pages)))
    assert isinstance(old, Article)
    assert isinstance(new, Article)
    assert texts(old)[0] == "نص قصير"
    assert texts(new)[0] == SENTENCE


# --- refusals -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("capture", "reason"),
    [
        (a_capture("", status="404 Not Found"), Reason.HTTP_STATUS),
        (a_capture(a_page(SENTENCE), status="206 Partial Content"), Reason.HTTP_STATUS),
        (a_capture(b"%PDF-1.4", "Content-Type: application/pdf"), Reason.NOT_HTML),
        (a_capture(b"\x89PNG\r\n", "Content-Type: application/octet-stream"), Reason.NOT_HTML),
        (a_capture(bytes(range(256)) * 40), Reason.UNDECODABLE),
        (a_capture(a_page(SENTENCE), "Content-Type: text/html", "Content-Encoding: snappy"), Reason.UNDECODABLE),
        (a_capture(""), Reason.NO_TEXT),
        (a_capture("<html><body></body></html>"), Reason.NO_TEXT),
        (a_capture("<html><body>" + f"<p>{SENTENCE}</p>" * 3 + "</body></html>"), Reason.NO_TITLE),
        (a_capture(b"", response=b"not http at all"), Reason.UNREADABLE),
        (a_capture("", type=RecordType.REVISIT), Reason.UNRESOLVED_REVISIT),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(capture: object, reason: Reason) -> None:
    found = read(capture, a_reader())  # type: ignore[arg-type]
    assert isinstance(found, Rejection)
    assert found.reason is reason


def test_an_article_about_a_missing_page_is_no_missing_page() -> None:
    found = article(
        a_page(*[f"{SENTENCE} الصفحة غير موجودة. {number}" for number in range(5)], title="خطأ 404 يحير القراء")
    )
    assert len(found.paragraphs) == 5


def test_a_title_that_only_the_seed_knows_is_taken_from_its_hint() -> None:
    page = "<html><body>" + "".join(f"<p>{SENTENCE} {number}</p>" for number in range(3)) + "</body></html>"
    assert article(page, hints=Hints(role=Role.PAGE, title="عنوان من الخلاصة")).title == "عنوان من الخلاصة"


def test_a_torn_page_is_refused_unless_its_article_is_whole() -> None:
    whole = a_page(*[f"{SENTENCE} {number}" for number in range(4)])
    assert isinstance(outcome(whole, truncated=Truncation.LENGTH), Article)
    torn = outcome(whole[: whole.index("</div>") - 40], truncated=Truncation.DISCONNECT)
    assert torn == Rejection(reason=Reason.TRUNCATED, detail="disconnect")


def test_a_body_shorter_than_its_length_counts_as_torn() -> None:
    page = a_page(*[f"{SENTENCE} {number}" for number in range(4)]).encode()
    cut = page[: page.index(b"</div>") - 40]
    torn = outcome(cut, "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(page)}")
    assert isinstance(torn, Rejection)
    assert torn.reason is Reason.TRUNCATED


def test_a_gzipped_chunked_page_is_unpacked() -> None:
    body = gzip.compress(a_page(SENTENCE, SENTENCE + " 2").encode())
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:50], body[50:])) + b"0\r\n\r\n"
    found = article(framed, "Content-Type: text/html", "Content-Encoding: gzip", "Transfer-Encoding: chunked")
    assert texts(found)[0] == SENTENCE


# --- unchanged and non-articles -------------------------------------------------------------------------------------
def test_a_304_and_a_revisit_are_unchanged() -> None:
    refers = Reference(record="urn:uuid:original", url="https://waha.example/news/100", date="2026-01-01T00:00:00Z")
    asked = b'GET / HTTP/1.1\r\nHost: waha.example\r\nif-none-match: "x"\r\n\r\n'
    assert outcome("", status="304 Not Modified", request=asked) == Unchanged(of=None)
    assert outcome("", type=RecordType.REVISIT, refers_to=refers) == Unchanged(of="urn:uuid:original")


@pytest.mark.parametrize("request_block", [b"", b"GET / HTTP/1.1\r\nHost: waha.example\r\nIf-None-Match: \r\n\r\n"])
def test_a_304_to_which_no_condition_is_on_record_proves_nothing(request_block: bytes) -> None:
    refused = outcome("", status="304 Not Modified", request=request_block)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.detail[:3]) == (Reason.HTTP_STATUS, "304")


@pytest.mark.parametrize(
    ("capture", "kind"),
    [
        (a_capture("", response=b""), NonArticle.FAILED),
        (a_capture("x", hints=Hints(role=Role.SEED)), NonArticle.SEED),
        (a_capture("x", hints=Hints(role=Role.ROBOTS)), NonArticle.ROBOTS),
        (a_capture("", status="301 Moved Permanently"), NonArticle.HOP),
        (a_capture("", status="302 Found", hints=Hints()), NonArticle.HOP),
        (a_capture("x", "Content-Type: image/png", hints=Hints()), NonArticle.RESOURCE),
        (a_capture("x", "Content-Type: image/png"), None),
        (a_capture("", status="304 Not Modified"), None),
        (a_capture(a_page(SENTENCE), hints=Hints()), None),
        (a_capture("", status="404 Not Found"), None),
    ],
)
def test_captures_that_were_never_articles_are_named(capture: object, kind: NonArticle | None) -> None:
    assert non_article(capture) is kind  # type: ignore[arg-type]


# --- bounds ---------------------------------------------------------------------------------------------------------
STORY = a_page(*[f"{SENTENCE} {number}" for number in range(4)]).replace("</body></html>", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "after",
    [
        "<div>" * 100_000,
        "<table><tr><td>" * 3_000,
        "<table><tr><td>x</td></tr></table>" * 4_000,
        "<div data-x='" + "a" * 10_000_000 + "'></div>",
        "<!-- " * 100_000,
        "<script>" * 50_000,
        "<" * 200_000,
        "<br>" * 100_000,
        '<script type="application/ld+json">' + "[" * 200_000 + "</script>",
        "<p>" + "ادعم " + "ا" * 5_000 + "1</p>",
    ],
    ids=["deep", "nested tables", "many tables", "10 MB", "comments", "scripts", "signs", "breaks", "json", "pattern"],
)
def test_a_hostile_tail_costs_seconds_at_most_and_no_paragraph(after: str) -> None:
    began = time.process_time()
    found = article(STORY + after)
    assert time.process_time() - began < 20
    assert texts(found)[:4] == [f"{SENTENCE} {number}" for number in range(4)]


def test_what_stands_beyond_the_bound_is_not_read() -> None:
    far = STORY + " " * dom.MAX_CODE_POINTS + f"<p>{SENTENCE} بعيد</p>"
    assert "بعيد" not in article(far).text


# --- purity ---------------------------------------------------------------------------------------------------------
def _read_elsewhere(name: str, **environment: str) -> str:
    code = (
        "import sys; from pathlib import Path;"
        "from tests.extraction import *;"
        "reader = a_reader(); found = read(a_capture(Path(sys.argv[1]).read_bytes()), reader);"
        "print(reader.digest, ascii(found))"
    )
    root = Path(__file__).resolve().parents[1]
    return subprocess.run(
        [sys.executable, "-c", code, str(GOLDEN / name)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(root), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout


def test_locale_zone_and_hash_seed_change_nothing() -> None:
    here = _read_elsewhere("menus_and_support.html", TZ="UTC", LC_ALL="C", PYTHONHASHSEED="0")
    there = _read_elsewhere("menus_and_support.html", TZ="Asia/Almaty", LC_ALL="C.UTF-8", PYTHONHASHSEED="4242")
    assert here == there


def test_a_dropped_part_inside_a_sentence_leaves_the_sentence_whole() -> None:
    body = "<div class='b'><p>قال الوفد <span class='x'>إعلان</span>إنه باق.</p></div>"
    page = f"<html><body><h1>عنوان الخبر هنا</h1>{body}</body></html>"
    found = read(a_capture(page), a_reader(an_outlet(pages=(Page(body=".b", drop=(".x",)),))))
    assert isinstance(found, Article)
    assert texts(found) == ["قال الوفد إنه باق."]
    assert found.paragraphs[0].repairs == ("interrupted",)


def test_a_nul_inside_a_word_parts_no_word_and_is_told() -> None:
    found = article(
        a_page(SENTENCE.replace("متحدث", "متح\x00دث"), SENTENCE[:60]).encode(), "Content-Type: text/html; charset=utf-8"
    )
    first, second = found.paragraphs
    assert (first.text, first.repairs, second.repairs) == (SENTENCE, ("control-characters",), ())
    assert first.length == len(SENTENCE.rstrip(".")) + 1, "its place holds the NUL, too"
