"""A lead told twice stands once in the text; paragraphs that are only alike both stay."""

from __future__ import annotations

import pytest

from crawler.page.leads import Copy, compare, retells
from tests.extraction import article, texts

pytestmark = pytest.mark.slow  # make test must end within five minutes

LEAD = "وصل وفد الخبراء إلى العاصمة صباح أمس لبحث خرائط المنطقة، على أن تبدأ الجلسة الأولى بعد الظهر بحضور الوسطاء."
DATED = f"أستانا (رويترز) - {LEAD}"
CUT = "وصل وفد الخبراء إلى العاصمة صباح أمس لبحث خرائط المنطقة"
EDITED = "وصل وفد من الخبراء إلى العاصمة أمس لبحث خرائط المنطقة"
REST = (
    "وقال عضو في الوفد إن الخرائط المطروحة تختلف عما عرض في الربيع، وإن الاتفاق عليها يحتاج إلى أيام من العمل.",
    "وأضاف أن فريقا من المهندسين زار القرى الواقعة على خط التماس وسجل ما لحق بالجسور والطرق من أضرار.",
    "ولم يصدر تعليق من الطرف الآخر على هذه التصريحات حتى ساعة متأخرة من الليل.",
)


def told(summary: str, lead: str = DATED, box: str = '<div class="summary"><strong>{}</strong></div>') -> str:
    body = "".join(f"<p>{line}</p>" for line in (lead, *REST))
    return (
        "<html><head><title>خبراء يبحثون خرائط المنطقة</title></head><body><article><h1>خبراء يبحثون خرائط المنطقة</h1>"
        f'{box.format(summary)}<div class="story-text">{body}</div></article></body></html>'
    )


BOXES = [
    '<div class="summary"><strong>{}</strong></div>',
    "<p><b>{}</b></p>",
    '<div class="box"><p>{}</p></div>',
    "<h2>{}</h2>",
]


@pytest.mark.parametrize("box", BOXES)
def test_a_summary_word_for_word_the_lead_stands_once_and_the_dateline_is_found(box: str) -> None:
    found = article(told(LEAD, box=box))
    assert texts(found) == [DATED, *REST]
    assert (found.dateline.place, found.agency, found.subtitle) == ("أستانا", "رويترز", None)


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("summary", [CUT, f"{CUT[:-3]}...", EDITED])
def test_a_summary_in_fewer_or_other_words_becomes_the_subtitle(box: str, summary: str) -> None:
    found = article(told(summary, box=box))
    assert texts(found) == [DATED, *REST]
    assert (found.dateline.place, found.subtitle) == ("أستانا", summary)


def test_spelling_does_not_make_another_lead() -> None:
    found = article(told(LEAD.replace("أ", "ا").replace("إ", "ا")))
    assert texts(found) == [DATED, *REST]


def test_the_dateline_stays_where_only_the_summary_bears_it() -> None:
    found = article(told(DATED, lead=LEAD))
    assert texts(found) == [DATED, *REST]
    assert found.agency == "رويترز"


def test_a_retold_lead_in_other_words_stays_and_the_dateline_below_it_is_found() -> None:
    retold = "بحث خرائط المنطقة يبدأ اليوم في العاصمة مع وصول وفد الخبراء، وسط خلاف على خط التماس بين الطرفين."
    found = article(told(retold, box="<p>{}</p>"))
    assert texts(found) == [retold, DATED, *REST]
    assert (found.dateline.place, found.agency) == ("أستانا", "رويترز")


def test_paragraphs_alike_but_for_a_number_both_stay() -> None:
    other = "وأضاف البيان أن 12 شاحنة دخلت المدينة من المعبر الشمالي محملة بالطحين والدواء."
    found = article(told(other.replace("12", "17"), lead=other))
    assert texts(found)[:2] == [other.replace("12", "17"), other]


def test_a_paragraph_that_begins_like_the_next_is_no_summary_where_nothing_sets_it_apart() -> None:
    body = "".join(f"<p>{line}</p>" for line in (f"{CUT}.", LEAD, *REST))
    found = article(f"<html><head><title>عنوان الخبر هنا</title></head><body><h1>عنوان الخبر هنا</h1><div>{body}</div>")
    assert texts(found) == [f"{CUT}.", LEAD, *REST]


def test_a_dateline_in_the_second_paragraph_of_another_story_is_not_the_firsts() -> None:
    own = "صباح الخير. ارتفعت أسعار الخضار في الأسواق وعاد الطلاب إلى مدارسهم بعد العطلة."
    assert article(told(own, box="<p>{}</p>")).dateline.place is None


@pytest.mark.parametrize(
    ("summary", "copy"),
    [
        (LEAD, Copy.WHOLE),
        (DATED, Copy.WHOLE),
        (CUT, Copy.SHORTENED),
        (f"{CUT[:-3]}…", Copy.SHORTENED),
        (EDITED, Copy.REWORDED),
        ("وصل وفد الخبراء", None),
        (REST[0], None),
    ],
)
def test_how_a_line_copies_the_next_is_told_by_folded_words(summary: str, copy: Copy | None) -> None:
    assert compare(summary, DATED) is copy


def test_neighbours_do_not_retell_each_other() -> None:
    assert not any(retells(one, two) for one, two in zip((LEAD, *REST), REST, strict=False))
