"""What a template prints is learned from many pages; what reporters wrote is not, however often it comes back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from archive.arabic import fold
from crawler.learning import own_words
from crawler.page import titles
from crawler.page.blocks import blocks
from crawler.page.lessons import Because, Lesson, Sort
from crawler.page.locate import skeleton
from crawler.page.recurring import recurring
from crawler.page.seen import Page, Read, observe
from crawler.page.taught import Taught
from tests.extraction import a_reader
from tests.recurrent import (
    BACKGROUND,
    COUNTER,
    DONATION,
    MOST_READ,
    READ_ALSO,
    SHARED,
    SIZES,
    TICKER,
    Item,
    item,
    items,
    page,
    seen,
    sentence,
)

OWN = own_words(a_reader())
CREDIT, DATELINE, FLASH = "(رويترز)", "دمشق - سانا", "عاجل"


def lesson(several: Sequence[Item]) -> Lesson:
    return recurring([seen(one, several) for one in several], OWN)


def left(root: etree._Element, table: Taught) -> list[str]:
    """The words of all blocks of a page that a table, and nothing besides, does not take for furniture."""
    found = blocks(root, lambda element: "learned" if table.is_box(element) else None)
    return [
        block.text
        for block in found
        if not (block.zone or table.is_line(block.text) or table.opens(block.text, block.link_share))
    ]


def of(one: Item, several: Sequence[Item], table: Taught) -> list[str]:
    return left(html.document_fromstring(page(one, several)), table)


def test_each_sort_of_furniture_is_learned_and_the_article_is_what_is_left() -> None:
    several = items(24)
    table = lesson(several).table
    for one in several:
        assert of(one, several, table) == [one.title, *one.paragraphs]


@pytest.mark.parametrize(
    "words", [DONATION, READ_ALSO, TICKER[0], COUNTER, MOST_READ, SHARED, SIZES, "تشرين الثاني 2026"]
)
def test_nothing_of_it_is_known_before(words: str) -> None:
    several = items(2)
    assert any(words in text for text in of(several[0], several, Taught()))
    assert any(words in text for text in of(several[0], several, lesson(several).table)), "two pages teach nothing"


def test_a_link_to_another_story_is_known_by_the_words_before_it_whatever_it_leads_to() -> None:
    several = items(24)
    table = lesson(several).table
    new = item(99)
    linked = f'<p><b>{READ_ALSO}: <a href="/n">{new.title}</a></b></p>'
    assert left(html.document_fromstring(f"<div><p>{new.paragraphs[0]}</p>{linked}</div>"), table) == [
        new.paragraphs[0]
    ]


def test_a_headline_without_a_link_is_known_when_it_is_another_storys_title() -> None:
    several, words = items(24), "وفي خبر آخر"

    def linkless(one: Item) -> etree._Element:
        other = several[one.number % len(several)]
        found = f"{READ_ALSO}: <a"
        return html.document_fromstring(
            page(one, several).replace(f"<p><b>{found}", f"<p>{words}: {other.title}</p><p><b>{found}")
        )

    roots = [linkless(one) for one in several]
    table = recurring([observe(root, one.read) for root, one in zip(roots, several, strict=True)], OWN).table
    assert table.announcements == {"وفي خبر اخر"}
    assert left(roots[0], table) == [several[0].title, *several[0].paragraphs]
    said = f"{words}: قال المتحدث إن القافلة وصلت."
    assert left(html.document_fromstring(f"<div><p>{said}</p></div>"), table) == [said]


def test_the_evidence_says_why_and_in_how_many_stories_of_how_many() -> None:
    several = items(24)
    found = {each.shown.partition(":")[0]: each for each in lesson(several).evidence}
    opening, plea = found[READ_ALSO], found[DONATION]
    assert (opening.sort, opening.because, opening.stories, opening.of) == (Sort.OPENING, Because.LINKS, 24, 24)
    assert (plea.sort, plea.because, plea.kept) == (Sort.LINE, Because.SENTENCE, 0)
    assert plea.first == min(one.day for one in several)
    assert plea.last == max(one.day for one in several)
    assert set(plea.examples) <= {one.story for one in several}
    marred = [replace(seen(one, several), read=one.read) for one in several]
    assert recurring(marred, OWN).evidence == lesson(several).evidence


def test_what_todays_texts_hold_of_it_is_counted() -> None:
    several = items(24)
    held = [
        observe(
            html.document_fromstring(page(one, several)),
            replace(one.read, paragraphs=(*one.paragraphs, *([DONATION] if one.number % 2 else []))),
        )
        for one in several
    ]
    found = recurring(held, OWN)
    assert [each.kept for each in found.evidence if each.shown == DONATION] == [12]
    assert found.table == lesson(several).table, "what was read wrongly before changes nothing of what is learned"


def test_the_order_of_the_pages_changes_nothing() -> None:
    several = items(24)
    pages = [seen(one, several) for one in several]
    mixed = list(pages)
    random.Random(7).shuffle(mixed)
    assert recurring(mixed, OWN) == recurring(pages, OWN)


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (CREDIT, False),
        (DATELINE, True),
        (FLASH, True),
        ("المصدر: وكالات", False),
        ("انتهى", False),
        ("بقلم: سامر الأحمد", True),
        ("- سانا -", False),
    ],
)
def test_a_dateline_a_credit_a_byline_and_a_flash_are_never_furniture(line: str, first: bool) -> None:
    several = [item(n, *([line] if first else []), after=[] if first else [line]) for n in range(1, 22)]
    table = lesson(several).table
    assert line in of(several[0], several, table)
    boxed = [
        html.document_fromstring(page(one, several).replace(f"<p>{line}</p>", f'<p class="s">{line}</p>'))
        for one in several
    ]
    pages = [observe(root, one.read) for root, one in zip(boxed, several, strict=True)]
    assert line in left(boxed[0], recurring(pages, OWN).table)


def test_a_paragraph_of_background_under_most_stories_is_the_articles() -> None:
    several = [item(n, after=[BACKGROUND] if n % 8 else []) for n in range(1, 41)]
    assert BACKGROUND in of(several[0], several, lesson(several).table)


def test_a_sentence_on_the_topic_is_never_furniture_even_under_every_story() -> None:
    on_topic = "وكانت الجولة السابقة من محادثات أستانا بشأن سوريا قد عقدت بمشاركة الدول الضامنة."
    several = items(24, after=[on_topic])
    assert on_topic in of(several[0], several, lesson(several).table)


def test_a_subhead_that_many_stories_share_stays() -> None:
    several = [item(n, *(["تفاصيل الاتفاق"] if n % 3 else [])) for n in range(1, 41)]
    assert "تفاصيل الاتفاق" in of(several[0], several, lesson(several).table)


@pytest.mark.parametrize("box", ["", ' class="katib"'])
def test_the_linked_name_of_one_of_several_reporters_stays_under_the_text(box: str) -> None:
    names = ("سامر الأحمد", "ليلى الحموي", "نادر العلي", "هدى الشامي")
    several = [item(n, after=[names[n % 4]]) for n in range(1, 41)]
    roots = []
    for one in several:
        name = one.paragraphs[-1]
        linked = page(one, several).replace(f"<p>{name}</p>", f'<p{box}><a href="/writers/1">{name}</a></p>')
        roots.append(html.document_fromstring(linked))
    table = recurring([observe(root, one.read) for root, one in zip(roots, several, strict=True)], OWN).table
    assert names[1] in left(roots[0], table)


def test_the_name_of_a_section_in_a_menu_stays_a_subhead_in_a_bulletin() -> None:
    several = [item(n, *(["سياسة"] if n < 4 else [])) for n in range(1, 25)]
    menu = '<div class="qaima"><p>سياسة</p><p>اقتصاد</p></div><div class="waraqa">'
    roots = [html.document_fromstring(page(one, several).replace('<div class="waraqa">', menu)) for one in several]
    table = recurring([observe(root, one.read) for root, one in zip(roots, several, strict=True)], OWN).table
    assert left(roots[0], table).count("سياسة") == 1


def test_a_headline_in_the_ticker_is_still_its_own_storys_title_and_text() -> None:
    flash = "القافلة الأولى تصل إلى المخيم"
    several = [*items(24), Item(number=30, title=flash, paragraphs=(flash,))]
    roots = [
        html.document_fromstring(
            page(one, several).replace('<div class="sharit">', f'<div class="sharit"><p>{flash}</p>')
        )
        for one in several
    ]
    table = recurring([observe(root, one.read) for root, one in zip(roots, several, strict=True)], OWN).table
    assert left(roots[-1], table) == [flash, flash]


def test_few_pages_teach_nothing() -> None:
    assert lesson(items(4)).table == Taught()
    assert lesson([]).pages == 0


# --- any site -------------------------------------------------------------------------------------------------------
Writing = Callable[[Item], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How an outlet writes: which lines its stories share, how often, and how its pages are set."""

    shared: tuple[str, ...]
    often: int  # of ten stories
    layout: str
    boxes: bool  # each paragraph in an element that is named by its place
    count: int
    seed: int


HABITS = st.builds(
    Habits,
    shared=st.lists(
        st.one_of(
            st.sampled_from(
                [CREDIT, DATELINE, FLASH, BACKGROUND, "خلفية الخبر", "سياسة", "المصدر: وكالات", "1", "10:30"]
            ),
            st.integers(0, 99).map(lambda n: sentence(random.Random(n), 9)),
        ),
        max_size=4,
        unique=True,
    ).map(tuple),
    often=st.integers(1, 8),
    layout=st.sampled_from(["p", "br", "div", "td", "own"]),
    boxes=st.booleans(),
    count=st.integers(3, 26),
    seed=st.integers(0, 1000),
)


def written(habits: Habits) -> list[Item]:
    chance = random.Random(habits.seed)
    several = []
    for number in range(1, habits.count + 1):
        one = item(number + habits.seed * 100, paragraphs=chance.randrange(1, 4))
        lines = list(one.paragraphs)
        for at, line in enumerate(habits.shared):
            if (number * 3 + at) % 10 < habits.often:
                lines.insert(chance.randrange(len(lines) + 1), line)
        several.append(replace(one, paragraphs=tuple(lines)))
    return several


def set_as(one: Item, habits: Habits) -> etree._Element:
    def named(at: int) -> str:
        return f' class="l{at}"' if habits.boxes else ""

    if habits.layout == "br":
        text = "<br><br>".join(one.paragraphs)
    else:
        tag = "p" if habits.layout in {"td", "own"} else habits.layout
        text = "".join(f"<{tag}{named(at)}>{line}</{tag}>" for at, line in enumerate(one.paragraphs))
    outer = "table><tr><td" if habits.layout == "td" else "div"
    link = f'<p>{READ_ALSO}: <a href="/x">{sentence(random.Random(one.number + 7), 6)}</a></p>'
    names = f"matn tag-{one.title.partition(' ')[0]}{chr(97 + one.number % 26)}" if habits.layout == "own" else "matn"
    return html.document_fromstring(f"<body><h1>{one.title}</h1><{outer} class='{names}'>{text}{link}</body>")


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(HABITS)
def test_no_paragraph_of_any_article_is_ever_furniture(habits: Habits) -> None:
    several = written(habits)
    roots = [set_as(one, habits) for one in several]
    table = recurring([observe(root, one.read) for root, one in zip(roots, several, strict=True)], OWN).table
    for root, one in zip(roots, several, strict=True):
        kept = skeleton(" ".join(left(root, table)))
        assert [line for line in one.paragraphs if skeleton(line) not in kept] == []
    if habits.count >= 24:
        assert not any(READ_ALSO in text for text in left(roots[0], table))


def test_pages_are_seen_whole() -> None:
    read = Read(story="s", day="2017-01-23", title="عنوان", others=("سامر الأحمد",), paragraphs=("نص.",))
    found: Page = observe(
        html.document_fromstring("<div class='x'><h1>عنوان</h1><p>كتب: سامر الأحمد</p><p>نص.</p><p> </p></div>"), read
    )
    assert [(block.own, block.kept) for block in found.blocks] == [(True, False), (True, False), (False, True)]
    assert {block.boxes for block in found.blocks} == {("div.x < ",)}


def test_a_headline_of_a_story_that_is_not_looked_at_is_in_no_table() -> None:
    several, headline = items(20), "القافلة تعود إلى المخيم بعد يوم طويل"
    link = f'<div><a href="/news/400">{headline}</a></div></body>'
    pages = [
        observe(html.document_fromstring(page(one, several).replace("</body>", link)), one.read) for one in several
    ]
    assert any(fold(headline) in words for words in recurring(pages, OWN).table.labels)
    known = recurring(pages, OWN, {titles.key(headline)})
    assert not any(fold(headline) in words for words in (*known.table.labels, *known.table.lines))
