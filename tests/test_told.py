"""Texts that pages tell machines alone: states of apps, microdata's meta tag, recommenders; and where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Article, Reason, Rejection
from crawler.page import appstate, dom
from crawler.page.told import Told, is_cut
from tests.extraction import SENTENCE, article, outcome, texts

TITLE = "وفود الدول الضامنة تصل إلى أستانا عشية الجولة السابعة"
PARAGRAPHS = [
    "أستانا (وكالات) - وصلت إلى العاصمة الكازاخية وفود الدول الضامنة الثلاث تمهيداً لانطلاق الجولة السابعة.",
    "وقال متحدث باسم وزارة الخارجية إن جدول الأعمال يتضمن ملف المعتقلين ونزع الألغام.",
    "ومن المقرر أن يصدر بيان مشترك في ختام اليوم الثاني.",
]
MARKUP = "".join(f"<p class='x'>{each[:20]}<b>{each[20:30]}</b>{each[30:]}</p>" for each in PARAGRAPHS)
STATE = {
    "props": {
        "related": [{"title": "خبر آخر لا علاقة له بهذه الصفحة أبداً", "body": MARKUP * 3}],
        "story": {"title": TITLE, "body": MARKUP},
    }
}
QUOTED = json.dumps(MARKUP, ensure_ascii=False).replace("<", "\\u003C")
SCRIPTS = {
    "__NEXT_DATA__.props.story.body": (
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(STATE)}</script>'
    ),
    "__INITIAL_STATE__.props.story.body": (
        f"<script>window.__INITIAL_STATE__ = {json.dumps(STATE, ensure_ascii=False)};(function(){{}})()</script>"
    ),
    "__PRELOADED_STATE__.props.story.body": (
        f"<script>window.__PRELOADED_STATE__=JSON.parse({json.dumps(json.dumps(STATE))})</script>"
    ),
    "__NUXT__.strings.body": (
        "<script>window.__NUXT__=(function(a,b){return {layout:a,data:[{story:{id:b,"
        f'title:{json.dumps(TITLE)},body:{QUOTED},next:b}}}}]}}}}("default",null))</script>'
    ),
    "__NUXT_DATA__.content": (
        '<script id="__NUXT_DATA__" type="application/json">'
        f"{json.dumps([['Reactive', 1], {'data': 2}, {'k': 3}, {'title': 4, 'content': 5}, TITLE, MARKUP])}</script>"
    ),
    "__DATA__.article.blocks": (
        '<script id="__DATA__" type="application/json">'
        + json.dumps(
            {
                "article": {
                    "headline": TITLE,
                    "blocks": [
                        {"type": "image", "text": "صورة من الأرشيف لا علاقة لها بالنص"},
                        *({"type": "paragraph", "data": {"text": each}} for each in PARAGRAPHS),
                    ],
                }
            }
        )
        + "</script>"
    ),
}


def a_page(script: str, title: str = TITLE) -> str:
    return f'<html><head><title>{title}</title></head><body><div id="app"></div>{script}</body></html>'


@pytest.mark.parametrize("where", SCRIPTS)
def test_the_state_of_an_app_is_the_article_where_readers_are_shown_none(where: str) -> None:
    page = a_page(SCRIPTS[where])
    found = article(page)
    assert (found.extractor, found.title) == ("app-state", TITLE)
    assert texts(found) == PARAGRAPHS
    assert {each.where for each in found.paragraphs} == {f"app-state:{where}"}
    for each in found.paragraphs:
        assert each.offset > page.index("<script") and each.length > 0
        assert "not-found" not in each.repairs
    places = [each.offset for each in found.paragraphs]
    assert places == sorted(places)


def test_a_text_of_another_title_in_the_state_is_not_the_pages() -> None:
    found = outcome(a_page(SCRIPTS["__NEXT_DATA__.props.story.body"], title="عنوان لا يحمله أي نص في هذه الحالة"))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.NO_TEXT


def test_the_sites_name_is_no_title_that_an_object_is_known_by() -> None:
    state = {"site": {"title": "صحيفة الواحة العربية", "content": MARKUP}}
    script = f'<script type="application/json">{json.dumps(state)}</script>'
    found = outcome(a_page(script, title=f"{TITLE} - صحيفة الواحة العربية"))
    assert isinstance(found, Rejection)


def test_what_readers_are_shown_is_the_text_even_where_a_state_holds_it_too() -> None:
    shown = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    found = article(a_page(f"<h1>{TITLE}</h1><article>{shown}</article>{SCRIPTS['__NEXT_DATA__.props.story.body']}"))
    assert found.extractor != "app-state"
    assert texts(found) == PARAGRAPHS


def test_microdata_may_tell_the_text_in_a_tag_of_the_head() -> None:
    page = a_page(f'<meta itemprop="articleBody" content="{PARAGRAPHS[0]}&#10;{PARAGRAPHS[1]}">')
    found = article(page)
    assert found.extractor == "microdata"
    assert texts(found) == PARAGRAPHS[:2]
    first = found.paragraphs[0]
    assert page[first.offset : first.offset + first.length] == PARAGRAPHS[0].rstrip(".")


def test_a_recommenders_script_tells_title_author_and_how_many_words() -> None:
    told = {"title": TITLE, "author": "ليلى الحموي", "word_count": "31", "keywords": "سوريا"}
    script = f'<script type="text/tawsiyat">{json.dumps(told, ensure_ascii=False)}</script>'
    found = article(f"<html><body>{script}<div><p>{SENTENCE}</p><p>{SENTENCE[20:]}</p></div></body></html>")
    assert (found.title, found.byline) == (TITLE, "ليلى الحموي")


def test_a_recommenders_script_that_holds_the_text_tells_it() -> None:
    told = {"title": TITLE, "body": "\n".join(PARAGRAPHS)}
    found = article(a_page(f'<script type="text/tawsiyat">{json.dumps(told, ensure_ascii=False)}</script>'))
    assert (found.extractor, texts(found)) == ("tawsiyat", PARAGRAPHS)


@pytest.mark.parametrize(("text", "cut"), [("وقال إن…", True), ("وقال إن [...] ", True), ("وقال.", False), ("", False)])
def test_a_text_that_ends_in_dots_is_a_summary(text: str, *, cut: bool) -> None:
    assert is_cut(text) is cut
    assert Told(text=text, source="json-ld:articleBody").is_cut is cut


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just(MARKUP),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "body", "type", "content", "blocks", "data"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON, st.sampled_from(["type='application/json'", "id='__NUXT_DATA__' type='application/json'", ""]))
def test_any_state_is_read_without_trouble(tree: object, how: str) -> None:
    source = json.dumps(tree) if how else f"window.__STATE__ = {json.dumps(tree)}"
    script = "<script {}>{}</script>".format(how, source.replace("</", "<\\/"))
    root = dom.parse(a_page(script))
    assert root is not None
    found = appstate.find(root, [TITLE])
    assert found.size == 0 or found.size >= appstate.LEAST


def test_an_article_is_told_by_one_place_alone() -> None:
    found = article(a_page("".join(SCRIPTS.values())))
    assert isinstance(found, Article)
    assert len({each.where for each in found.paragraphs}) == 1


def test_a_pointer_between_the_paragraphs_of_a_state_is_left_out() -> None:
    pointer = "<div><a href='/7'>اقرأ أيضا: شاحنات المعبر تنتظر منذ الفجر</a></div>"
    body = MARKUP.replace("</p>", f"</p>{pointer}", 1)
    state = {"props": {"story": {"title": TITLE, "body": body}}}
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'
    assert texts(article(a_page(script, title=TITLE))) == PARAGRAPHS
