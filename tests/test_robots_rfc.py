"""robots.txt by the cases of RFC 9309, section by section; the benchmark of discovery asks the same of real files."""

from __future__ import annotations

import pytest

from crawler.visit import robots
from crawler.visit.robots import Verdict
from tests.rfc9309 import RULES, STATUSES

TOKEN = "AstanaArchive"


@pytest.mark.parametrize(("case", "text", "path", "allowed"), RULES, ids=[rule[0] for rule in RULES])
def test_a_rule_means_what_the_rfc_says(case: str, text: str, path: str, allowed: bool) -> None:
    rules = robots.read(TOKEN, 200, text.encode())
    assert (rules.verdict(f"https://a.example{path}") is Verdict.ALLOWED) is allowed


@pytest.mark.parametrize(("case", "status", "verdict"), STATUSES, ids=[status[0] for status in STATUSES])
def test_a_status_means_what_the_rfc_says_and_an_error_pages_body_is_no_rule(
    case: str, status: int, verdict: Verdict
) -> None:
    assert robots.read(TOKEN, status, b"User-agent: *\nDisallow: /").verdict("https://a.example/x") is verdict


def test_no_answer_in_time_disallows_everything() -> None:
    rules = robots.unreachable(TOKEN, "took longer than 60 seconds")
    assert rules.verdict("https://a.example/") is Verdict.UNREACHABLE
    assert rules.sitemaps == ()
