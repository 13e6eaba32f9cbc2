"""crawler/hinted.py: what titles, summaries, slugs and searches make of a story before anything is fetched."""

from __future__ import annotations

from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Hints
from crawler.hinted import Hinted, Prospect, drawn, judge, plain, together
from crawler.topic import load_topic

RULES = load_topic()
URL = "https://a.example/2017/01/23/1"
SEEN = "قال مراسلنا إن الجلسة الأولى بدأت بعد الظهر في فندق وسط المدينة"


def of(title: str | None = None, summary: str | None = None, url: str = URL, seed: str | None = None) -> Hinted:
    return judge(Hints(title=title, summary=summary, seed=seed), url, RULES)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("محادثات أستانا تبدأ جولتها السادسة", None),
        ("مقاعد خالية في القاعة الكبرى", "غابت الفصائل السورية عن محادثات أستانا، وجلس الآخرون ينتظرون."),
        ("الوفود تصل إلى العاصمة الكازاخية", "وصل الوفد السوري مساء اليوم تمهيدا لجولة جديدة."),
        ("Astana: انطلاق الجولة", "تنطلق اليوم <b>محادثات</b> أستانا حول سوريا."),
    ],
)
def test_what_title_and_summary_show_to_be_of_the_talks_is_likely(title: str, summary: str | None) -> None:
    assert of(title, summary).prospect is Prospect.LIKELY


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("نادي أستانا يتعادل مع ضيفه في الدوري", "تعادل أستانا في مباراة الجولة السادسة على ملعبه."),
        ("دراج فريق أستانا يفوز بالمرحلة الثالثة", "فاز دراج الفريق بالمرحلة الجبلية من الطواف."),
        ("أسعار الخضار ترتفع في الأسواق", "ارتفعت أسعار الخضار هذا الأسبوع مع موجة الصقيع."),
        ("أسعار الخضار ترتفع في الأسواق", None),
    ],
)
def test_what_they_show_to_be_of_something_else_is_unlikely(title: str, summary: str | None) -> None:
    assert of(title, summary).prospect is Prospect.UNLIKELY


@pytest.mark.parametrize(
    ("title", "url"),
    [
        (None, URL),
        ("فيديو", URL),
        ("عاجل", URL),
        ("طهران: لا تغيير", URL),
        (None, "https://a.example/?p=17"),
        (None, "::"),
    ],
)
def test_where_nothing_or_too_little_is_told_a_story_is_unknown(title: str | None, url: str) -> None:
    assert of(title, url=url).prospect is Prospect.UNKNOWN


def test_a_slug_speaks_where_no_title_does() -> None:
    said = quote("انطلاق محادثات أستانا حول سوريا".replace(" ", "-"))
    assert of(url=f"https://a.example/2017/{said}/").prospect is Prospect.LIKELY
    assert of(url=f"https://a.example/2017/{quote(said)}.html").prospect is Prospect.LIKELY, "encoded twice"
    assert of(url="https://a.example/news/astana-talks-on-syria-end.php").prospect is Prospect.LIKELY
    other = quote("أسعار الخضار في السوق".replace(" ", "-"))
    assert of(url=f"https://a.example/2017/{other}").prospect is Prospect.UNLIKELY
    assert of(url="https://a.example/news/vegetable-prices-rise-again").prospect is Prospect.UNKNOWN, "nobody knows"


@pytest.mark.parametrize(
    ("words", "prospect"),
    [
        ("الاستراتيجيات والبروتوكولات الاقتصادية", Prospect.UNKNOWN),
        ("أسعار الخضار والفواكه ترتفع في الأسواق", Prospect.UNLIKELY),
        ("أستانا تخرج من ليلة طويلة وتستعد لصباح آخر", Prospect.UNKNOWN),
    ],
)
def test_a_slug_that_may_be_cut_speaks_against_a_story_once_it_said_enough(words: str, prospect: Prospect) -> None:
    slug = quote(words.replace(" ", "-"))
    assert len(slug) > 180
    assert of(url=f"https://a.example/{slug}/").prospect is prospect


SEARCHED = f"https://a.example/?s={quote('محادثات أستانا')}&paged=2"
TAGGED = f"https://a.example/tag/{quote('محادثات-أستانا')}/"


@pytest.mark.parametrize("seed", [SEARCHED, TAGGED])
def test_a_search_or_tag_of_the_topic_lifts_what_says_nothing_by_itself(seed: str) -> None:
    silent = of("ساعات خلف الأبواب المغلقة", SEEN)
    assert silent.prospect is Prospect.UNLIKELY
    found = of("ساعات خلف الأبواب المغلقة", seed=seed)
    assert together([silent, found]).expected is Prospect.UNKNOWN
    cyclist = of("دراج فريق أستانا يفوز بالمرحلة", "فاز الدراج بمرحلة الطواف الجبلية.")
    assert together([cyclist, of("دراج فريق أستانا", seed=seed)]).expected is Prospect.UNLIKELY


def test_the_fullest_words_count_and_of_equals_the_most_hopeful() -> None:
    title = of("وفد سوري في جولة أستانا")
    whole = of("وفد سوري في جولة أستانا", "يشارك لاعبو الجودو في البطولة، ويخوض المنتخب مباراة وملاكمة وهوكي.")
    assert (title.prospect, whole.prospect) == (Prospect.LIKELY, Prospect.UNLIKELY)
    assert together([title, whole]).prospect is Prospect.UNLIKELY
    other = of("وفد سوري في جولة أستانا", "تبحث محادثات أستانا تثبيت الهدنة في سوريا.")
    assert together([whole, other]).prospect is Prospect.LIKELY


VERDICTS = st.builds(
    Hinted,
    prospect=st.sampled_from(Prospect),
    score=st.sampled_from([-5.0, 0.0, 0.5, 3.0]),
    fullness=st.integers(0, 3),
    sought=st.booleans(),
)


@settings(max_examples=50)
@given(st.lists(VERDICTS, min_size=1, max_size=5), st.randoms())
def test_the_order_of_listings_makes_no_difference(verdicts: list[Hinted], chance: Random) -> None:
    whole = together(verdicts)
    shuffled = [*verdicts]
    chance.shuffle(shuffled)
    by_steps = shuffled[0]
    for one in shuffled[1:]:
        by_steps = together([by_steps, one])
    assert (by_steps.expected, by_steps.rank, by_steps.sought) == (whole.expected, whole.rank, whole.sought)


def test_rules_without_terms_expect_every_story(tmp_path: Path) -> None:
    file = tmp_path / "topic.yml"
    file.write_text("name: all\n", "utf-8")
    assert judge(Hints(), URL, load_topic(file)).prospect is Prospect.LIKELY


def test_the_lot_is_the_same_for_ever_and_falls_evenly() -> None:
    lots = [drawn(f"sawari-{number}") for number in range(5000)]
    assert drawn("sawari-abcdefghijkl") == drawn("sawari-abcdefghijkl")
    assert round(drawn("sana-aaaaaaaaaaaa"), 6) == 0.326598
    assert all(0 <= lot < 1 for lot in lots)
    assert 70 <= sum(lot < 0.02 for lot in lots) <= 130  # 100 are expected


@given(st.text(), st.text(), st.text(), st.text())
def test_no_hint_breaks_the_judge(title: str, summary: str, url: str, seed: str) -> None:
    assert of(title, summary, url, seed).prospect in Prospect


def test_markup_in_hints_is_taken_off_however_often_it_was_escaped() -> None:
    assert plain("&lt;p&gt;محادثات&amp;nbsp;<br>أستانا&lt;/p&gt;") == "محادثات أستانا"
    assert plain(None) == ""
