"""Pleas, disclaimers and labels around a text are known by their words; sentences that begin alike are the text's."""

from __future__ import annotations

import pytest

from crawler.page.furniture import furniture


@pytest.mark.parametrize(
    "line",
    [
        "اشتركوا في نشرتنا الأسبوعية ليصلكم كل خميس ما كتبناه عن المدينة وأهلها.",
        "نزّل التطبيق الآن من متجر هاتفك لتقرأ الأخبار قبل سواك",
        "لتلقي خدمة الأخبار في رسائل قصيرة أرسل اسم الصحيفة إلى الرقم 4040.",
        "التفاصيل لاحقاً... ترقبوا",
        "5 تحديثات جديدة",
        "* المقالات المنشورة هنا تعبر عن آراء كتابها ولا تعبر عن رأي الموقع.",
        "للكاتب أيضاً",
        "الأحد 3 صفر 1440 - 14 أكتوبر/تشرين الأول 2018، الساعة 9:05 بتوقيت دمشق",
    ],
)
def test_a_plea_a_disclaimer_or_a_date_alone_is_furniture(line: str) -> None:
    assert furniture().is_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "اشترك في نشرة الأخبار المسائية ثلاثة مذيعين قدموا من الإذاعة القديمة.",
        "حمل تطبيق الاتفاق نتائج لم يتوقعها أحد من المراقبين في جنوب البلاد.",
        "للحصول على خدمة الكهرباء يدفع السكان في الريف أضعاف ما كانوا يدفعونه.",
        "التفاصيل بعد قليل ستكون أمام النواب، كما قال رئيس اللجنة للصحفيين.",
        "الأحد 14 أكتوبر 2018 بدأت قوات الطرفين سحب السلاح الثقيل من المنطقة.",
        "المقالات المنشورة في المجلة كتبها ثلاثة من أساتذة الجامعة عن النهر.",
    ],
)
def test_a_sentence_that_begins_like_a_plea_is_the_texts(line: str) -> None:
    assert not furniture().is_line(line)
