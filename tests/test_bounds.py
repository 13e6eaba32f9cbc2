"""Pages made to hang their readers: each is read, or refused by name, within seconds; no bytes make a reader raise."""

from __future__ import annotations

import dataclasses
import gzip
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.arabic import clean
from archive.records import Article, Reason, Rejection, Unchanged
from crawler.extract import Reader, read
from crawler.page.bounds import MAX_ATTRIBUTES, beyond
from crawler.reader import Mode
from tests.extraction import SENTENCE, a_capture, a_page, a_reader

MOST_SECONDS = 20.0  # of this process; the slowest takes two on an idle machine
PAGE = a_page(SENTENCE, SENTENCE[10:] + SENTENCE, SENTENCE * 2)
START = PAGE.encode()
MANY = 1 << 17
HOSTILE = {
    "boxes in boxes": START + b"<div>" * 100_000 + b"x",
    "links in tables in boxes": START + b"<table><tr><td><a href=x><b>" * 20_000,
    "signs that open": START + b"<" * MANY * 4,
    "tags that never end": START + b"<p title='" + b"<a " * 1_000 + b"x" * MANY,
    "scripts in scripts": START + b"<script>" * MANY,
    "comments in comments": START + b"<!--" * MANY,
    "references": START + b"&#x41;" * MANY,
    "JSON in depth": START + b'<script type="application/ld+json">' + b"[" * MANY * 4 + b"</script>",
    "an endless number": START + b'<script type="application/ld+json">{"datePublished":' + b"9" * MANY + b"}</script>",
    "assignments": START + b"<script>" + b'window.aaaa=[1,"' * 30_000 + b"</script>",
    "strings of code": START + b"<script>window.__NUXT__=(function(" + b'title:"' * MANY + b"</script>",
    "a word without end": START + b"<p>" + b"a" * MANY * 8,
    "a stretched letter": START + "<p>ا".encode() + "ـ".encode() * MANY * 4,
    "vowel marks between": START + "<p>ا".encode() + "ـً".encode() * MANY,
    "days": START + b"<p>" + "12 تشرين الثاني 2016 ".encode() * 20_000,
    "datelines": START + b"<p>" + "أستانا - ".encode() * 50_000,
    "names of classes": START + b'<div class="' + b"related-" * MANY + b'">x</div>',
    "bidi controls": START + b"<p>" + "\u202e\u2066".encode() * MANY,
    "signs in a title": b"<title>" + "« | ".encode() * MANY + b"</title>" + START,
    "breaks": START + "كلمة<br>".encode() * 60_000,
    "comments between letters": START + b"<p>" + b"x<!---->" * 50_000,
    "no text at all": b"\x00" * MANY * 4,
    "UTF-8 that is none": b"<html>" + b"\xff" * MANY * 4,
    "wrongly declared": b"<meta charset=utf-16>" + START + b"\xd8\x00" * MANY,
}


def outcome(body: bytes, mode: Mode = Mode.FAST, *headers: str) -> Article | Rejection | Unchanged:
    return read(a_capture(body, *headers), reader(mode))


@cache
def reader(mode: Mode) -> Reader:
    return dataclasses.replace(a_reader(), mode=mode)


@pytest.mark.long
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_made_to_hang_is_read_or_refused_in_seconds(name: str, mode: Mode) -> None:
    start = time.process_time()
    found = outcome(HOSTILE[name], mode)
    assert time.process_time() - start < MOST_SECONDS
    assert isinstance(found, Article | Rejection)


NO_BREAK = "\N{NO-BREAK SPACE}"
CROWDED = {
    "lines under a picture": "<img src=a>" + "كلمة ثانية هنا<br><br>" * 1_500 + f"{SENTENCE}<br><br>{SENTENCE}",
    "spaces beside a picture": f"<p><img src=a>كلمة{NO_BREAK * 15_000}ثانية</p><p>{SENTENCE}</p><p>{SENTENCE}</p>",
    "a reference in elements in elements": f"<p>{SENTENCE}</p><p>للمزيد {'<b>' * 1_500}{'x<br>' * 2_000}",
}


@pytest.mark.parametrize("name", CROWDED)
def test_twenty_kilobytes_set_to_be_read_again_and_again_are_read_once(name: str) -> None:
    start = time.process_time()
    found = outcome(f"<h1>عنوان الخبر الأول هنا</h1><div>{CROWDED[name]}</div>".encode())
    assert time.process_time() - start < 2.5
    assert isinstance(found, Article)


@pytest.mark.long
@pytest.mark.parametrize(
    "headers", [("Content-Type: text/html",), ("Content-Type: text/html", "Content-Encoding: gzip")]
)
def test_of_a_hundred_megabytes_no_more_than_a_bound_is_unpacked(headers: tuple[str, ...]) -> None:
    body = START + b"a b c. " * (100 << 20 >> 3)
    found = outcome(gzip.compress(body, 1) if len(headers) > 1 else body, Mode.FAST, *headers)
    assert isinstance(found, Article | Rejection)


def test_a_tag_of_thousands_of_attributes_is_refused_before_it_is_parsed() -> None:
    tag = " ".join(f'a{number}=">"' for number in range(MAX_ATTRIBUTES + 1))
    found = outcome(f"{PAGE}<div {tag}>".encode())
    assert isinstance(found, Rejection)
    assert (found.reason, found.detail) == (Reason.BEYOND_BOUNDS, beyond(f"<div {tag}>"))


@pytest.mark.parametrize("space", ["\n", "\x0b", "\x1f"])
def test_signs_that_the_parser_is_given_as_spaces_part_attributes(space: str) -> None:
    assert beyond(f"<div {space.join(map('a{}'.format, range(MAX_ATTRIBUTES + 1)))}>") is not None


@pytest.mark.parametrize("before", ["<\x00div ", "<!-- a --\x00><div ", "<script>1</scr\x00ipt><div "])
def test_a_sign_that_the_parser_is_not_given_hides_no_tag(before: str) -> None:
    assert beyond(f"{before}{' '.join(map('a{}'.format, range(MAX_ATTRIBUTES + 1)))}>") is not None


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        f"<script>{'if (a <b && c) d e ' * MAX_ATTRIBUTES}</script>",
        f"<style>{'a <b c ' * MAX_ATTRIBUTES}</style>",
        f"<!-- {'<a b c ' * MAX_ATTRIBUTES} -->",
        f"<p title='{'word ' * MAX_ATTRIBUTES}'>{'word ' * MAX_ATTRIBUTES}</p>",
        "<b " + " ".join(f"a{number}=1" for number in range(MAX_ATTRIBUTES)) + ">",
        "<" * MAX_ATTRIBUTES + "a",
        "",
    ],
)
def test_words_of_scripts_comments_values_and_texts_are_no_attributes(page: str) -> None:
    assert beyond(page) is None


def test_stretched_letters_are_shortened_only_inside_words() -> None:
    assert clean("الـــــرأي").text == "الرأي"
    assert clean("بـ 30").text == "بـ 30"
    assert clean("ا" + "ـ" * 50_000).text == "ا" + "ـ" * 50_000
    assert clean("ا" + "ـً" * 50_000 + "ل").text == "ا" + "ً" * 50_000 + "ل"


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div class='entry-content'>", "</div>", "<table><tr><td>", "<a href='", "'>", "<!--", "<h1>",
         "<script type='application/ld+json'>", '{"@type":"NewsArticle","articleBody":"', '"}', "</script>", "&#x627;",
         "<script>window.__STATE__=", "<meta charset='windows-1256'>", "\x00", SENTENCE, "ـ", "\ud800", "]]>", "<svg>"]
    ),
    max_size=30,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(MARKUP, st.sampled_from(list(Mode)))
def test_no_markup_makes_a_reader_raise(pieces: list[str], mode: Mode) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    assert isinstance(outcome(body, mode), Article | Rejection)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"<html><p>", START]), st.sampled_from(list(Mode)))
def test_no_bytes_make_a_reader_raise(data: bytes, before: bytes, mode: Mode) -> None:
    assert isinstance(outcome(before + data, mode), Article | Rejection)


@pytest.mark.parametrize("size", ["9" * 10_000, "0" * 10_000])
def test_a_length_of_thousands_of_digits_is_a_length(size: str) -> None:
    found = read(a_capture(PAGE, "Content-Type: text/html", f"Content-Length: {size}"), a_reader())
    assert isinstance(found, Article)
