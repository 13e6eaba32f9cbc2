"""Pages that answer 200 in an article's place: consent, block and parked pages are told apart and never read."""

from __future__ import annotations

import pytest

from archive.records import Article, Reason, Rejection
from crawler.extract import read
from tests.extraction import SENTENCE, a_capture, a_page, a_reader


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (a_page("We use cookies. Accept all cookies.", title="Before you continue"), Reason.CONSENT_PAGE),
        (a_page("نستخدم ملفات تعريف الارتباط لتحسين تجربتكم", title="خصوصيتك تهمنا"), Reason.CONSENT_PAGE),
        (a_page("Verify you are human", title="Just a moment..."), Reason.BLOCK_PAGE),
        (a_page("تم حجب هذا الموقع بقرار", title="الموقع محجوب"), Reason.BLOCK_PAGE),
        (a_page("This website is not available in your country", title="a.example"), Reason.BLOCK_PAGE),
        (a_page("The domain is for sale. Buy this domain.", title="orient.example"), Reason.PARKED_PAGE),
        (a_page("هذا النطاق معروض للبيع", title="orient.example"), Reason.PARKED_PAGE),
        (a_page("It works", title="Welcome to nginx!"), Reason.PARKED_PAGE),
        ("<html><head><script src='//bodis.com/x.js'></script></head><body><p>x</p></body></html>", Reason.PARKED_PAGE),
    ],
)
def test_a_page_in_an_articles_place_is_refused_by_what_it_is(page: str, reason: Reason) -> None:
    found = read(a_capture(page), a_reader())
    assert isinstance(found, Rejection)
    assert found.reason is reason


def test_an_article_about_a_seized_site_is_an_article() -> None:
    page = a_page(
        *[f"{SENTENCE} وقالت الوزارة إنه تم حجز هذا النطاق. {number}" for number in range(20)], title="خبر اليوم"
    )
    assert isinstance(read(a_capture(page), a_reader()), Article)
