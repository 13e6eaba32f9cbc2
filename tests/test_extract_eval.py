"""Real pages that nobody here wrote: the reader is no worse than its engine, and reads the Arabic ones whole."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from functools import cache

import pytest

from archive.records import Article
from crawler.extract import read
from crawler.page import decode
from tests.extraction import EVAL, NO_EVAL, a_capture, a_reader, an_outlet

pytestmark = pytest.mark.skipif(not EVAL.is_dir(), reason=NO_EVAL)  # agreed: real pages, not ours to copy
WCXB = EVAL / "extraction" / "wcxb"
ARABIC = EVAL / "arabic_pages"


def f1(found: str, gold: str) -> float:
    """Harmonic mean of precision and recall over bags of words."""
    one, two = (Counter(re.findall(r"\w+", text.lower())) for text in (found, gold))
    if not one or not two:
        return float(one == two)
    common = sum((one & two).values())
    return 2 * common / (sum(one.values()) + sum(two.values()))


def _read(html: bytes, url: str) -> Article | None:
    found = read(a_capture(html, url=url), a_reader(an_outlet("موقع")))
    return found if isinstance(found, Article) else None


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(1200)  # three hundred pages, twice
def test_over_three_hundred_pages_the_words_are_at_least_as_right_as_trafilaturas() -> None:
    import trafilatura

    ours, theirs, titles = [], [], []
    for path in sorted((WCXB / "gold").glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        truth = gold["ground_truth"]
        html = gzip.decompress((WCXB / "html" / f"{gold['file_id']}.html.gz").read_bytes())
        article = _read(html, gold["url"])
        wanted = truth.get("main_content") or ""
        ours.append(f1(article.text if article else "", wanted))
        said = trafilatura.extract(decode.decode(html, None).text, include_comments=False, deduplicate=False)
        theirs.append(f1(said or "", wanted))
        titles.append(_same_words(article.title if article else "", truth.get("title") or ""))
    assert sum(ours) / len(ours) >= max(0.94, sum(theirs) / len(theirs))
    assert sum(titles) / len(titles) >= 0.85


def _same_words(one: str, two: str) -> bool:
    return re.findall(r"\w+", one.lower()) == re.findall(r"\w+", two.lower())


@cache
def _arabic() -> dict[str, dict[str, str]]:
    lines = (ARABIC / "index.jsonl").read_text("utf-8").splitlines() if ARABIC.is_dir() else []
    return {entry["file"].partition("/")[2]: entry for entry in map(json.loads, lines)}


@pytest.mark.parametrize(
    ("name", "language", "paragraphs", "least"),
    [
        ("cnn_arabic_2013.html.gz", "ar", 7, 0.98),
        ("magic_f1e9572d5e.html.gz", "ar", 5, 0.9),
        ("mediacloud_1550981615.html.gz", "ar", 10, 0.0),
        ("mediacloud_1806793639.html.gz", "ar", 4, 0.0),
        ("mediacloud_1764731404.html.gz", "ar", 6, 0.0),
        ("mediacloud_1602557452.html.gz", "fa", 22, 0.0),
        ("magic_eee7331993.html.gz", "ur", 4, 0.9),
    ],
)
def test_a_real_page_in_arabic_letters_is_read_whole(name: str, language: str, paragraphs: int, least: float) -> None:
    entry = _arabic()[name]
    article = _read(gzip.decompress((ARABIC / "html" / name).read_bytes()), entry["url"])
    assert article is not None
    assert article.language == language
    assert abs(len(article.paragraphs) - paragraphs) <= 1
    if least:
        assert f1(article.text, entry["gold_text"]) >= least
    assert all(paragraph.offset >= 0 for paragraph in article.paragraphs)
