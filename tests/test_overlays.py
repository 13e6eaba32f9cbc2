"""A page whose own names call most of its prose something else: the article is not drowned by it."""

from __future__ import annotations

import pytest

from tests.extraction import a_page, article, texts

PARAGRAPHS = [
    "اختتمت في أستانا أعمال الجولة الرابعة باتفاق على موعد اللقاء المقبل وعلى فريق من الخبراء يرسم خرائط المناطق.",
    "وقال رئيس أحد الوفود للصحفيين إن الخرائط ستعرض على الدول الضامنة قبل نهاية الشهر وإن الخلاف ينحصر في طريقين.",
    "وغادر المراقبون القاعة من دون تصريحات، بينما بقي الخبراء في المدينة يوما آخر لاستكمال محاضر الجلسات.",
]
RULE = "يرجى من القراء الالتزام بقواعد النشر، وتحتفظ الإدارة بحق حذف كل تعليق يخالف هذه القواعد، البند رقم {}."


@pytest.mark.parametrize(
    ("name", "rules"),
    [("modal-window", 3), ("modal-window", 8), ("popup", 3), ("comments", 3), ("widget", 3)],
)
def test_a_box_that_a_page_calls_by_another_name_is_no_article_even_if_it_says_more(name: str, rules: int) -> None:
    said = "".join(f"<p>{RULE.format(number)}</p>" for number in range(rules))
    page = a_page(*PARAGRAPHS, after=f'<div class="{name}"><h3>قواعد التعليق</h3>{said}</div>')
    assert texts(article(page)) == PARAGRAPHS
