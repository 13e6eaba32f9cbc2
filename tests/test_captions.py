"""Words under a picture are told from the text's first line by where they stand; tags and bylines by how they begin."""

from __future__ import annotations

import pytest

from crawler.page.furniture import furniture
from tests.extraction import article, texts

pytestmark = pytest.mark.slow  # make test must end within five minutes

TITLE = "لقاء الوفود يبدأ في الفندق الكبير"
TEXT = (
    "افتتح الوسيط الأممي اللقاء بكلمة دعا فيها الأطراف إلى خطوات عملية قبل نهاية الشهر الجاري.",
    "وتحدث بعده رئيسا الوفدين، ثم رفعت الجلسة ساعة واحدة للتشاور في قاعة مجاورة.",
    "ومن المنتظر أن تستأنف الاجتماعات غدا صباحا من دون حضور الصحفيين.",
)
CAPTION = "جانب من وصول الوفود إلى الفندق"
BROKEN = "<br><br>".join(TEXT)


def page(body: str, above: str = "", below: str = "") -> str:
    return (
        f"<html><head><title>{TITLE}</title></head><body><div class='c'><h1>{TITLE}</h1>{above}"
        f"<div class='x'>{body}</div>{below}</div></body></html>"
    )


@pytest.mark.parametrize(
    "source",
    [
        page(BROKEN, above=f'<div class="ph"><img src="a.jpg"><div class="cap">{CAPTION}</div></div>'),
        page(f'<img src="a.jpg">{CAPTION}<br><br>{BROKEN}'),
        page(f'<a href="/a"><img src="a.jpg"></a><br>{CAPTION}<br><br>{BROKEN}'),
        page(f'<div><img src="a.jpg"></div>{CAPTION}<br><br>{BROKEN}'),
        page(f'{TEXT[0]}<br><br><img src="a.jpg">{CAPTION}<br><br>{TEXT[1]}<br><br>{TEXT[2]}'),
        page("".join(f"<p>{line}</p>" for line in TEXT), above=f'<p><img src="a.jpg">{CAPTION}</p>'),
    ],
)
def test_a_line_that_stands_with_a_picture_is_a_caption(source: str) -> None:
    found = article(source)
    assert (texts(found), found.captions) == (list(TEXT), (CAPTION,))


def test_captions_are_kept_in_the_pages_order_and_those_of_other_stories_are_not() -> None:
    def figure(words: str) -> str:
        return f'<figure><img src="a.jpg"><figcaption>{words}</figcaption></figure>'

    lines = "".join(f"<p>{line}</p>" for line in TEXT[1:])
    body = (
        f"<p>{TEXT[0]}</p>{figure('قاعة&nbsp;الفندق (رويترز)')}{figure('<a href=/2>خبر آخر من أخبار اليوم</a>')}{lines}"
    )
    found = article(page(body, above=figure(CAPTION), below=figure("صورة لخبر آخر")))
    assert (texts(found), found.captions) == (list(TEXT), (CAPTION, "قاعة الفندق (رويترز)"))
    assert article(page(BROKEN)).captions == ()


@pytest.mark.parametrize(
    ("body", "first"),
    [
        (f'<img src="a.jpg"><br><br>{BROKEN}', TEXT[0]),
        (f'<img src="a.jpg">{BROKEN}', TEXT[0]),
        (f'<img src="a.jpg">دمشق - سانا<br><br>{BROKEN}', "دمشق - سانا"),
        ("".join(f'<p><img src="{n}.jpg">{line}</p>' for n, line in enumerate(TEXT)), TEXT[0]),
    ],
)
def test_text_and_datelines_beside_a_picture_are_no_captions(body: str, first: str) -> None:
    assert texts(article(page(body)))[0] == first
    assert texts(article(page(body)))[-1] == TEXT[-1]


@pytest.mark.parametrize("said", ["من مراسلنا سليم القاضي", "موفدنا", "من مراسلتنا ريم الحسن"])
def test_a_place_and_our_reporter_right_under_a_picture_open_the_text(said: str) -> None:
    assert texts(article(page(f'<img src="a.jpg"><br>أستانا - {said}<br><br>{BROKEN}')))[0] == f"أستانا - {said}"


@pytest.mark.parametrize(
    "line",
    ["الأحد 5 شباط", "5 شباط", "بقلم سليم القاضي", "عدد القراءات 500", "كتبت: ريم الحسن", "حفظ المقال في القائمة"],
)
def test_a_date_a_writer_and_a_counter_beside_an_icon_are_no_captions(line: str) -> None:
    icon = f'<div class="m"><img src="i.png"><span>{line}</span></div>'
    picture = f'<div class="ph"><img src="a.jpg"><span>{CAPTION}</span></div>'
    assert article(page(BROKEN, above=icon + picture)).captions == (CAPTION,)


def test_a_flash_beside_a_picture_keeps_its_line() -> None:
    assert texts(article(page('<img src="a.jpg">بدء اللقاء في الفندق الكبير الآن'))) == [
        "بدء اللقاء في الفندق الكبير الآن"
    ]


# --- tags -----------------------------------------------------------------------------------------------------------
LINKS = "<a href='/t/1'>الفندق</a>, <a href='/t/2'>الوفود</a>, "


@pytest.mark.parametrize("label", ["الكلمات الدالة:", "كلمات مفتاحية", "الوسوم:", "وسوم", "تاغ", "الكلمات الدلالية :"])
@pytest.mark.parametrize(
    "markup",
    [
        "<div><span>{label}</span> {links}</div>",
        "<p>{label}</p><p>{links}</p>",
        "<p>{label}</p><p>الفندق، الوفود، الوسيط الأممي</p>",
    ],
)
def test_tags_at_the_foot_are_furniture(label: str, markup: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in TEXT) + markup.format(label=label, links=LINKS)
    assert texts(article(page(body))) == list(TEXT)


@pytest.mark.parametrize("line", ["#الفندق #لقاء_الوفود", "الكلمات الدالة: الفندق، الوفود", "الوسوم"])
def test_a_line_of_tags_is_furniture_by_its_words(line: str) -> None:
    assert furniture().is_line(line)


@pytest.mark.parametrize(
    "line", ["وسوم جديدة على السلع المستوردة من الخارج", "تاج الملكة يعود إلى المتحف: قصة مئة عام", "تاغانروغ"]
)
def test_a_sentence_that_begins_like_a_label_is_not(line: str) -> None:
    assert not furniture().is_line(line)


# --- bylines --------------------------------------------------------------------------------------------------------
SIGNED = [
    ("كتب محرر الشؤون الإقليمية", "محرر الشؤون الإقليمية"),
    ("كتبت ريم الحسن", "ريم الحسن"),
    ("إعداد: ريم الحسن", "ريم الحسن"),
    ("بقلم : ريم الحسن", "ريم الحسن"),
    ("بقلم ريم الحسن", "ريم الحسن"),
    ("كتب المحرر السياسي:", "المحرر السياسي"),
]


@pytest.mark.parametrize(("line", "name"), SIGNED)
def test_a_line_that_signs_is_the_byline_by_the_title_and_as_the_first_line(line: str, name: str) -> None:
    assert article(page(BROKEN, above=f'<div class="by2">{line}</div>')).byline == name
    assert article(page(f"{line}<br><br>{BROKEN}")).byline == name


@pytest.mark.parametrize(
    "line",
    [
        "كتبت الصحيفة عن اللقاء",
        "كتب الوفد أن اللقاء مؤجل",
        "كتب في 12 آذار 2017",
        "تقرير الوسيط الأممي",
        "كتب الرئيس رسالة طويلة إلى نظيره في البلد المجاور قبل اللقاء",
        "كتب رئيس الوفد كلمته.",
    ],
)
def test_a_sentence_about_writing_is_no_byline(line: str) -> None:
    assert furniture().byline(line) is None


@pytest.mark.parametrize(
    "picture",
    [
        f'<p><img src="a.jpg"></p><p>{CAPTION} (أ ف ب)</p>',
        f'<div class="im"><img src="a.jpg"><p>{CAPTION} (أ ف ب)</p></div>',
    ],
)
def test_a_line_alone_between_two_paragraphs_that_stands_with_a_picture_is_a_caption(picture: str) -> None:
    found = article(page(f"<p>{TEXT[0]}</p>{picture}<p>{TEXT[1]}</p><p>{TEXT[2]}</p>"))
    assert (texts(found), found.captions) == (list(TEXT), (f"{CAPTION} (أ ف ب)",))


def test_a_bold_line_behind_a_picture_among_paragraphs_is_a_subhead() -> None:
    found = article(page(f'<p>{TEXT[0]}</p><p><img src="a.jpg"></p><p><b>{CAPTION}</b></p><p>{TEXT[1]}</p>'))
    assert texts(found) == [TEXT[0], CAPTION, TEXT[1]]


def pictured(line: str) -> str:
    return f'<p><img src="a.jpg"></p><p>{line}</p>'


@pytest.mark.parametrize(
    "among",
    [
        *map(
            pictured,
            [
                "«لن نوقع على شيء قبل وقف القصف»",
                "- لا، لم نلتق أحدا منهم",
                "1- تثبيت وقف إطلاق النار (رويترز)",
                "س- هل التقيتم رئيس الوفد",
                "ضمانات ناقصة في الجلسة الأولى",
                "المشهد الميداني (المرحلة الأولى)",
            ],
        ),
        '<div><img src="a.jpg"><p>سليم القاضي</p></div>',
        '<div><img src="a.jpg"><p>وقال «لن نوقع على شيء»</p></div>',
    ],
)
def test_a_line_of_the_text_behind_a_picture_is_kept(among: str) -> None:
    found = article(page(f"<p>{TEXT[0]}</p>{among}<p>{TEXT[1]}</p><p>{TEXT[2]}</p>"))
    assert (len(texts(found)), found.captions) == (4, ())


def test_names_of_speakers_behind_their_pictures_stay_over_what_they_say() -> None:
    names = ("ريم الحسن", "سليم القاضي")
    said = "".join(f"{pictured(name)}<p>{line}</p>" for name, line in zip(names, TEXT[1:], strict=True))
    assert texts(article(page(f"<p>{TEXT[0]}</p>{said}"))) == [TEXT[0], names[0], TEXT[1], names[1], TEXT[2]]


@pytest.mark.parametrize(
    "picture",
    [
        pictured(f"{CAPTION} (أرشيف)"),
        f'<figure><img src="a.jpg"><p>{CAPTION}</p></figure>',
        pictured(f"{CAPTION} [سانا]"),
    ],
)
def test_a_line_that_credits_a_picture_or_stands_in_its_figure_is_a_caption(picture: str) -> None:
    assert texts(article(page(f"<p>{TEXT[0]}</p>{picture}<p>{TEXT[1]}</p><p>{TEXT[2]}</p>"))) == list(TEXT)
