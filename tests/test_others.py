"""What is set otherwise than a text and is none of it by its shape is left out; what only looks like it stays."""

from __future__ import annotations

import pytest

from archive.records import Article
from crawler.extract import read
from tests.extraction import a_capture, a_reader

READER = a_reader()
TITLE = "وفدا البلدين يلتقيان في العاصمة"
TEXT = (
    "بدأ وفدا البلدين صباح أمس جولة جديدة من المحادثات في العاصمة، وهي الأولى منذ تبادل السفراء قبل عام كامل.",
    "وقال متحدث باسم الوزارة المضيفة إن جدول الأعمال يضم ثلاثة بنود، أولها فتح المعابر أمام الشاحنات.",
    "وأضاف أن الخبراء سيجتمعون ليلا لإعداد ورقة مشتركة تعرض على الوفدين قبل الجلسة الختامية.",
    "ومن المقرر أن تختتم الجولة غدا ببيان مشترك يتلوه وزير الخارجية أمام الصحفيين في قاعة الفندق.",
)
OTHERS = ("أمطار غزيرة على الساحل نهاية الأسبوع", "المنتخب يستعد لمباراته المقبلة", "الأسعار ترتفع مع بداية الشهر")
SUMMARY = "بدأت البلدية صباح الاثنين بإصلاح الطريق الدولي بعد توقف دام أكثر من عام كامل بسبب الأمطار."


def said(page: str) -> list[str]:
    """The paragraphs that are read in a page."""
    found = read(a_capture(page), READER)
    assert isinstance(found, Article), found
    return [paragraph.text for paragraph in found.paragraphs]


def page(behind: str = "", among: str = "", above: str = "", *, apart: bool = False) -> str:
    """A text with boxes around its paragraphs, beside them or outside their box."""
    first, rest = "".join(f"<p>{line}</p>" for line in TEXT[:2]), "".join(f"<p>{line}</p>" for line in TEXT[2:])
    ends = ("", behind) if apart else (behind, "")
    return (
        f"<html><head><title>{TITLE}</title></head>"
        f"<body><div class='w'><h1>{TITLE}</h1><div class='author'>سليم القاضي</div>"
        f"<div class='q'>{above}{first}{among}{rest}{ends[0]}</div>{ends[1]}</div></body></html>"
    )


def cards(summary: str = SUMMARY, host: str = "") -> str:
    made = (
        f"<div class='k'><h4><a href='{host}/n/{n}'>{h}</a></h4><p>{summary}</p></div>" for n, h in enumerate(OTHERS)
    )
    return f"<div class='zz'>{''.join(made)}</div>"


FORM = (
    "<div class='zz'><h3>رأيك يهمنا</h3><form><p><label>الاسم *</label><input name='n'></p><textarea></textarea>"
    "<p>تعرض الردود على المحررين قبل أن تظهر في الصفحة، ولا تظهر عناوين البريد لأحد.</p></form></div>"
)
TALK = "<div class='zz'><h3>3 ردود</h3>{}</div>".format(
    "".join(f"<div><b>{name}</b> منذ ساعتين<p>{SUMMARY}</p></div>" for name in ("أبو خالد", "نور"))
)
PORTRAIT = (
    f"<div class='zz'><img src='a.jpg'><h4>سليم القاضي</h4><p>كاتب مقيم على الساحل، عمل في صحف عدة. {SUMMARY}</p></div>"
)
ASKING = f"<div class='zz'><p>{SUMMARY} <a href='/d'>ساهم</a></p></div>"


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("behind", [cards(), FORM, TALK, PORTRAIT, ASKING])
def test_a_box_behind_a_text_that_holds_what_no_text_does_is_none_of_it(behind: str, apart: bool) -> None:
    assert said(page(behind, apart=apart)) == list(TEXT)


@pytest.mark.parametrize(
    "behind",
    [
        "<div class='zz'>البلاد، المعابر، محادثات السفراء</div>",
        "<div class='zz'><a href='/t'>كل</a> <span>البلاد، المعابر</span></div>",
        "<div class='zz'><b>320</b> <b>0</b></div>",
    ],
)
def test_lines_without_a_sentence_behind_a_text_label_it(behind: str) -> None:
    assert said(page(behind)) == list(TEXT)


@pytest.mark.parametrize(
    ("behind", "more"),
    [
        (f"<div class='zz'><p>{SUMMARY}</p></div>", [SUMMARY]),
        (f"<div><p>{SUMMARY} وهي <a href='/n'>عادة</a></p></div>", [f"{SUMMARY} وهي عادة"]),
        ("<div class='zz'>(رويترز)</div>", ["(رويترز)"]),
        ("<p>أستانا، 21 حزيران 2023</p>", ["أستانا، 21 حزيران 2023"]),
        (f"<blockquote class='zz'>{SUMMARY}</blockquote>", [SUMMARY]),
        ("<p>روسيا، تركيا، إيران، الأردن</p>", ["روسيا، تركيا، إيران، الأردن"]),
        (f"<div class='zz'><h3>ما بعد أستانا 1</h3><p>{SUMMARY}</p></div>", ["ما بعد أستانا 1", SUMMARY]),
        (
            f"<div class='zz'><h4>شباط 2017</h4><p>{SUMMARY}</p><h4>أيلول 2017</h4><p>{SUMMARY} ثانية.</p></div>",
            ["شباط 2017", SUMMARY, "أيلول 2017", f"{SUMMARY} ثانية."],
        ),
        (
            f"<div class='zz'><p>{SUMMARY}</p><p>{SUMMARY} ثانية.</p><form><input name='e'></form></div>",
            [SUMMARY, f"{SUMMARY} ثانية."],
        ),
        ("<div class='zz'>عن وفد الشمال<br>عن وفد الجنوب</div>", ["عن وفد الشمال", "عن وفد الجنوب"]),
        (f"<div class='zz'><input type='checkbox'><p>{SUMMARY}</p></div>", [SUMMARY]),
        (f"<div class='zz'><p>{SUMMARY}</p><input readonly value='x'></div>", [SUMMARY]),
        (f"<div class='zz'>{SUMMARY[:-1]}، وفق <a href='/m'>الوزارة</a>.</div>", [f"{SUMMARY[:-1]}، وفق الوزارة."]),
        (f"<blockquote class='zz'>{SUMMARY}<button>شارك</button></blockquote>", [SUMMARY]),
        (f"<div class='zz'><img src='a.jpg'><h4>نور الخطيب</h4><p>{SUMMARY}</p></div>", ["نور الخطيب", SUMMARY]),
    ],
)
def test_what_a_text_ends_with_is_its_own_though_it_is_short_or_in_a_box(behind: str, more: list[str]) -> None:
    assert said(page(behind)) == [*TEXT, *more]


def test_notes_below_a_text_in_boxes_that_are_alike_stay() -> None:
    notes = [f"{n}. نشرت الوزارة النص الكامل للاتفاق على موقعها يوم الأحد الماضي بثلاث لغات. عودة" for n in range(1, 6)]
    boxes = "".join(f"<div class='zz'>{note[:-5]} <a href='#{n}'>عودة</a></div>" for n, note in enumerate(notes))
    assert said(page(boxes)) == [*TEXT, *notes]


@pytest.mark.parametrize(
    "among",
    [
        f"<div class='zz'><img src='a.jpg'><a href='/n/7'>{OTHERS[0]}</a><p>{SUMMARY}</p></div>",
        "<div class='zz'><h4>رسالة الصباح</h4><p>أهم أخبار البلاد كل يوم</p><form><input type='email'></form></div>",
        "<div class='zz'>«جدول الأعمال يضم ثلاثة بنود، أولها فتح المعابر»</div>",
    ],
)
def test_a_card_a_form_and_a_sentence_set_again_in_the_midst_of_a_text_are_none_of_it(among: str) -> None:
    assert said(page(among=among)) == list(TEXT)


@pytest.mark.parametrize("button", ["اشترك", "تبرع الآن", "Subscribe"])
def test_a_box_that_ends_in_a_link_to_subscribe_or_give_is_none_of_a_text(button: str) -> None:
    box = f"<div class='zz'><h4>رسالة الصباح</h4><p>{SUMMARY}</p><a href='/s'>{button}</a></div>"
    assert said(page(among=box)) == list(TEXT)
    assert said(page(behind=box)) == list(TEXT)


def test_a_box_of_a_text_may_end_in_another_link_or_hold_more_than_a_plea() -> None:
    linked = f"<div class='zz'><p>{SUMMARY}</p><a href='/s'>نص القرار</a></div>"
    long = f"<div class='zz'><p>{SUMMARY}</p><p>{SUMMARY} ثانية.</p><p>{SUMMARY} ثالثة.</p><a href='/s'>اشترك</a></div>"
    plain = f"<div class='zz'><p>{SUMMARY}</p><p><a href='/s'>سجل</a></p></div>"
    assert all(SUMMARY in said(found) for found in (page(among=plain), page(behind=plain)))
    assert SUMMARY in said(page(among=linked))
    assert SUMMARY in said(page(among=long))


@pytest.mark.parametrize("host", ["", "https://waha.example"])
def test_entries_with_linked_headlines_that_are_the_text_itself_stay(host: str) -> None:
    long = [f"{SUMMARY} {line}" for line in TEXT[1:3]]
    entries = "".join(f"<div class='k'><h4><a href='{host}/n'>{OTHERS[0]}</a></h4><p>{line}</p></div>" for line in long)
    found = said(f"<h1>{TITLE}</h1><div class='q'><p>{TEXT[0]}</p>{entries}</div>")
    assert found == [TEXT[0], *long]


@pytest.mark.parametrize("line", ["الرئيسية » أخبار » البلاد", "سليم القاضي", "بقلم: سليم القاضي"])
def test_a_path_a_writer_and_a_section_above_a_text_label_it(line: str) -> None:
    assert said(page(above=f"<p>{line}</p>")) == list(TEXT)


@pytest.mark.parametrize(
    "line",
    ["عاجل", "أستانا - سانا", "خاص", "سليم القاضي:", "السيدات والسادة", "المادة 1", "أستانا الاثنين", "سانا ورويترز"],
)
def test_what_opens_a_text_is_its_own_though_it_is_short(line: str) -> None:
    assert said(page(above=f"<p>{line}</p>")) == [line, *TEXT]


def test_a_box_of_a_document_below_a_link_to_the_same_house_is_the_texts() -> None:
    box = f"<div class='zz'><h4><a href='/doc'>{OTHERS[0]} كاملا</a></h4><p>{SUMMARY} {TEXT[0]} {TEXT[1]}</p></div>"
    assert f"{SUMMARY} {TEXT[0]} {TEXT[1]}" in said(page(among=box))
    assert f"{SUMMARY} {TEXT[0]} {TEXT[1]}" in said(page(box))
