"""Robots: what a host allows, by RFC 9309."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.visit.robots import Verdict, product_token, read, unreachable

FILE = b"""User-agent: *
Disallow: /private/
Crawl-delay: 7

User-agent: AstanaArchive
Disallow: /not-for-archives/
Allow: /not-for-archives/but-this
Crawl-delay: 2.5
Sitemap: https://a.example/map.xml
"""
TOKEN = "AstanaArchive"
PLACE = "https://a.example"


def test_our_own_group_is_obeyed_and_the_longest_rule_wins() -> None:
    rules = read(TOKEN, 200, FILE)
    assert rules.verdict(f"{PLACE}/not-for-archives/x") is Verdict.DISALLOWED
    assert rules.verdict(f"{PLACE}/not-for-archives/but-this") is Verdict.ALLOWED
    assert rules.verdict(f"{PLACE}/private/x") is Verdict.ALLOWED
    assert rules.delay == 2.5
    assert rules.sitemaps == ("https://a.example/map.xml",)


def test_the_group_for_everyone_binds_whoever_has_no_own() -> None:
    rules = read("Another", 200, FILE)
    assert rules.verdict(f"{PLACE}/private/x") is Verdict.DISALLOWED
    assert rules.delay == 7


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 301, 308])
def test_a_missing_file_allows_everything(status: int) -> None:
    assert read(TOKEN, status, b"User-agent: *\nDisallow: /").verdict(f"{PLACE}/x") is Verdict.ALLOWED


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_an_unreachable_file_disallows_everything_and_its_body_is_never_parsed(status: int) -> None:
    rules = read(TOKEN, status, b"User-agent: *\nAllow: /\nCrawl-delay: 1")
    assert rules.verdict(f"{PLACE}/x") is Verdict.UNREACHABLE
    assert (rules.delay, rules.sitemaps, rules.said) == (0.0, (), f"answered {status}")
    assert unreachable(TOKEN, "refused").verdict(f"{PLACE}/") is Verdict.UNREACHABLE


def test_arabic_paths_are_compared_percent_encoded() -> None:
    rules = read(TOKEN, 200, "User-agent: *\nDisallow: /خاص/".encode())
    assert rules.verdict(f"{PLACE}/%D8%AE%D8%A7%D8%B5/1") is Verdict.DISALLOWED
    assert rules.verdict(f"{PLACE}/%D8%B9%D8%A7%D9%85/1") is Verdict.ALLOWED


def test_the_product_token_is_the_agent_up_to_its_version() -> None:
    assert product_token("AstanaArchive/0.1 (+someone@a.example)") == "AstanaArchive"


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(min_value=100, max_value=599))
def test_no_answer_makes_it_fail(content: bytes, status: int) -> None:
    rules = read(TOKEN, status, content)
    assert rules.verdict(f"{PLACE}/x?y=1") in Verdict
    assert rules.delay >= 0


@pytest.mark.parametrize("asked", ["-5", "nan", "inf", "-inf", "كثيرا"])
def test_a_delay_that_is_no_time_is_ignored(asked: str) -> None:
    assert read(TOKEN, 200, f"User-agent: *\nCrawl-delay: {asked}\nDisallow: /x\n".encode()).delay == 0
