"""Small pages set as Arabic outlets set theirs: prose that sounds like furniture stays, furniture like prose goes."""

from __future__ import annotations

import pytest
from lxml import html

from archive.records import Article
from crawler.extract import read
from tests.extraction import a_capture, a_reader

READER = a_reader()
TITLE = "الضامنون يتفقون على موعد الجولة المقبلة"
LINES = [
    "اتفقت الدول الضامنة مساء الأربعاء على عقد الجولة المقبلة من المحادثات في الأسبوع الأول من تموز.",
    "وقال نائب الوزير للصحفيين إن الوفود أبلغت بالموعد، وإن قائمة المشاركين ستعلن بعد أن تصل الردود.",
    "وختم البيان بأن العاصمة الكازاخية مستعدة لاستضافة أي لقاء تتفق عليه الأطراف في أي وقت.",
]
OPENED, ENDED = "".join(f"<p k>{line}</p>" for line in LINES[:2]), f"<p k>{LINES[2]}</p>"
LINKS = "<ul><li><a href='/n/1'>أمطار غزيرة على الساحل</a></li><li><a href='/n/2'>الأسعار ترتفع من جديد</a></li></ul>"
# What is the text's bears the attribute k, which is taken off before the page is read.
PAGES = {
    "a theme's buttons and tags around a credit": f"""<article class='post-content'><h1 class='entry-title'>{TITLE}</h1>
        <div class='entry-content entry'>{OPENED}<div class='stream-item'><p>تابعنا على تلغرام</p></div>{ENDED}
        <p k>المصدر: وكالات</p><div class='post-bottom-meta'><div>الوسوم</div><span class='tagcloud'>
        <a>البلاد</a></span></div></div></article><div class='wrapper'><h3>مقالات ذات صلة</h3>{LINKS}</div>""",
    "fields of a lead, a text and its tags": f"""<article class='node'><h1>{TITLE}</h1>
        <div class='field--name-field-lead'><div k>تموز موعدا جديدا، والقائمة لم تكتمل بعد.</div></div>
        <div class='field--name-body'>{OPENED}<div class='by-term'><h4>اقرأ أيضا</h4>{LINKS}</div>
        {ENDED}</div></article>""",
    "an agency's end and its channels": f"""<div class='post-inner'><h1>{TITLE}</h1><div class='entry'>
        <p k>أستانا-سانا</p>{OPENED}{ENDED}<p k>انتهى</p>
        <p>تابعوا آخر الأخبار عبر تطبيق تيليغرام على الرابط: https://t.example/waha</p></div></div>""",
    "each paragraph in boxes of its own, its wire, too": f"""<div><h1>{TITLE}</h1><div class='story'>
        {"".join(f"<div class='para'><div><p k>{line}</p></div></div>" for line in [*LINES, "وكالات"])}</div>
        <div class='more'><h3>المزيد من أخبار البلاد</h3>{LINKS}</div></div>""",
    "a plea for money in the midst": f"""<h1>{TITLE}</h1><div class='t'>{OPENED}<div class='dnt'>
        <p><b>ادعم الواحة</b></p><p>نحن صحيفة مستقلة لا تملكها حكومة ولا حزب، ويمولها قراؤها وحدهم منذ تأسيسها.</p>
        <p><a href='/d'>تبرع الآن</a></p></div>{ENDED}</div>""",
    "a report of donations and networks": f"""<h1>{TITLE}</h1><div class='t'>{OPENED}<p k>ادعموا وفدكم</p>
        <p k>كان ذلك عنوان حملة تبرعات أطلقها مغتربون على فيسبوك وتويتر لتغطية سفر أهالي المفقودين إلى العاصمة.</p>
        <p k>اشترك في الحملة ألف شخص من عشر دول</p>{ENDED}</div>""",
    "an interview about them": f"""<h1>{TITLE}</h1><div class='t'>{OPENED}<p k><b>كيف تابعتم الجولة السابقة؟</b></p>
        <p k>تابعناها على تلغرام مثل غيرنا، فلم يكن لنا مقعد في القاعة ولا في الفندق المجاور.</p>
        <p k><b>هل من كلمة أخيرة؟</b></p><p k>ادعمونا بالموقف لا بالمال.</p></div>""",
    "a correction beside the text, behind its buttons": f"""<h1>{TITLE}</h1><div class='art'>{OPENED}{ENDED}</div>
        <div class='share-box'><a>فيسبوك</a><a>تويتر</a></div><div class='art-note'>
        <em k>تصحيح: ورد في نسخة سابقة أن الموعد في حزيران، والصواب أنه في تموز.</em></div>""",
    "subheads that close other pages": f"""<h1>{TITLE}</h1><div class='t'>{OPENED}<h3 k>ملفات ذات صلة</h3>
        <p k>يرتبط ملف المعتقلين بملف المفقودين، وقد طلبت الأمم المتحدة أن يبحثا معا في لجنة واحدة.</p>
        <p k>كلمات مفتاحية ثلاث لخصت الجولة: الضمانات، الخرائط، المعتقلون.</p>{ENDED}</div>""",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_read_as_a_reader_would_copy_it(page: str) -> None:
    told = f"<html><head><title>{TITLE}</title></head><body>{page}</body></html>"
    lines = (line for line in html.document_fromstring(told).iter() if line.get("k") is not None)
    wanted = [" ".join("".join(map(str, line.itertext())).split()) for line in lines]
    found = read(a_capture(told.replace(" k>", ">")), READER)
    assert isinstance(found, Article), found
    assert [paragraph.text for paragraph in found.paragraphs] == wanted
