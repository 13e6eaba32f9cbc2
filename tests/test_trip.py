"""The course of a crawl: which answers count, how far maps are followed, what is said of a seed in the end."""

from __future__ import annotations

import pytest

from crawler.visit import trip as room
from crawler.visit.books import Answer
from crawler.visit.trip import Trip
from tests.tiny import trip

CAPTCHA = "<!DOCTYPE html><html><head><title>تحقق</title></head><body><p>هل أنت إنسان؟</p></body></html>".encode()
MAP = b"<urlset><url><loc>https://a.example/1</loc></url></urlset>"


def answered(course: Trip, *contents: bytes, problem: str | None = None) -> None:
    for content in contents:
        page = course.next_seed()
        assert page is not None
        course.seed_answered(page, Answer(url=page.url, status=200, content=content, problem=problem))


def test_a_captcha_in_place_of_the_only_seed_fails_the_outlet() -> None:
    course = trip("https://a.example/map.xml")
    answered(course, CAPTCHA)
    done, ended = course.verdict()
    assert not done
    assert ended.startswith("a: no seed could be read: https://a.example/map.xml: neither feed nor sitemap")


def test_an_empty_map_is_an_answer_and_one_too_long_to_read_is_none() -> None:
    empty, long = trip("https://a.example/map.xml"), trip("https://a.example/map.xml")
    answered(empty, b"<urlset></urlset>")
    answered(long, b"<urlset>", problem="longer than 5 bytes")
    assert empty.verdict() == (True, "a: every seed was followed to its end")
    assert long.verdict()[0] is False


def test_one_readable_seed_is_enough_and_the_others_problem_is_told() -> None:
    course = trip("https://a.example/one.xml", "https://a.example/two.xml")
    answered(course, MAP, CAPTCHA)
    assert course.verdict() == (True, "a: 1 of 2 seeds had problems")
    assert [report.problem is None for report in course.seed_reports()] == [True, False]


def test_sub_sitemaps_beyond_the_bound_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_MAPS", 3)
    course = trip("https://a.example/index.xml")
    maps = "".join(f"<sitemap><loc>https://a.example/{n}.xml</loc></sitemap>" for n in range(5))
    answered(course, f"<sitemapindex>{maps}</sitemapindex>".encode(), MAP, MAP, MAP)
    assert course.next_seed() is None
    (report,) = course.seed_reports()
    assert (report.pages, report.problem) == (4, "2 sub-sitemaps were left out: a crawl follows 3 at most")
    assert course.verdict()[0]
