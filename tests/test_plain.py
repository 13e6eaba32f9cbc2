"""The common page is read by its shape: a box of prose with what stands among it, and doubt where that says little."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.page import content, dom, plain
from crawler.page.blocks import Block, blocks
from crawler.page.furniture import furniture
from tests.extraction import SENTENCE

PROSE = [f"{SENTENCE} {number}." for number in ("أولا", "ثانيا", "ثالثا")]
LINKS = "".join(f'<li><a href="/{n}">خبر قصير من أخبار اليوم رقم {n}</a></li>' for n in range(6))


def _read(body: str) -> tuple[list[str], list[Block], content.Content]:
    root = dom.parse(f"<html><body>{body}</body></html>")
    assert root is not None
    table = furniture()
    settled = content.settle_zones(blocks(root, table.zone), lambda _: False, table)
    chosen = plain.read(settled, table)
    return [block.text for block in chosen.blocks], settled, chosen


def _paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def test_what_stands_among_the_prose_of_a_box_is_the_text() -> None:
    inner = f"<p>{PROSE[0]}</p><h2>ملف الحدود</h2><p>سطر قصير</p><ul><li>بند</li><li>بند آخر</li></ul><p>{PROSE[1]}</p>"
    said, _, _ = _read(f"<div><ul>{LINKS}</ul></div><div>{inner}</div><div><ul>{LINKS}</ul></div>")
    assert said == [PROSE[0], "ملف الحدود", "سطر قصير", "بند", "بند آخر", PROSE[1]]


def test_a_box_that_holds_most_of_the_prose_is_preferred_to_one_that_holds_all() -> None:
    comments = f"<section><p>{SENTENCE} وهذا رأي قارئ.</p></section>"
    said, _, _ = _read(f"<div><article>{_paragraphs(*PROSE)}</article>{comments}</div>")
    assert said == PROSE


def test_links_among_prose_are_left_out_unless_a_line_with_a_colon_announces_them() -> None:
    one = f"<ul><li><a href='/1'>{SENTENCE[:39]}</a></li></ul>"
    assert _read(f"<div><p>{PROSE[0]}</p>{one}<p>{PROSE[1]}</p></div>")[0] == PROSE[:2]
    announced = f"<div><p>{PROSE[0]}</p><p>وصدرت الوثائق الآتية:</p>{one}<p>{PROSE[1]}</p></div>"
    assert _read(announced)[0] == [PROSE[0], "وصدرت الوثائق الآتية:", SENTENCE[:39], PROSE[1]]


def test_a_dateline_alone_and_a_closing_list_are_taken_in_at_the_ends() -> None:
    inner = f"<p>دمشق - سانا</p>{_paragraphs(*PROSE)}<ul><li>بند أول</li><li>بند ثان</li></ul>"
    assert _read(f"<div>{inner}</div>")[0] == ["دمشق - سانا", *PROSE, "بند أول", "بند ثان"]


def test_a_lone_paragraph_is_read_with_the_lines_of_its_box() -> None:
    assert _read(f"<div><p>{PROSE[0]}</p><p>وقالت أيضا:</p><ul><li>بند</li></ul></div>")[0] == [
        PROSE[0],
        "وقالت أيضا:",
        "بند",
    ]


def test_a_page_is_doubtful_when_it_says_more_outside_the_box_and_when_nothing_was_chosen() -> None:
    _, found, chosen = _read(f"<div>{_paragraphs(*PROSE)}</div>")
    assert not plain.is_doubtful(chosen, found)
    assert plain.is_doubtful(content.NOTHING, found)
    few = content.Content(chosen.blocks[:1], chosen.container, chosen.cover)
    assert plain.is_doubtful(few, found)


def test_comments_make_no_page_doubtful() -> None:
    comments = f'<div class="comments">{_paragraphs(*PROSE * 4)}</div>'
    _, found, chosen = _read(f"<article>{_paragraphs(*PROSE)}</article>{comments}")
    assert [block.text for block in chosen.blocks] == PROSE
    assert not plain.is_doubtful(chosen, found)


TAGS = ["<div>", "</div>", "<p>", "</p>", "<ul>", "<li>", "</ul>", "<article>", "</article>", "<br>", "<nav>", "</nav>"]


@given(st.lists(st.sampled_from([*TAGS, SENTENCE, "سطر", f'<a href="/">{SENTENCE}</a>']), max_size=40))
def test_any_page_gives_blocks_of_its_own_each_once_and_in_order(pieces: list[str]) -> None:
    _, found, chosen = _read("".join(pieces))
    orders = [block.order for block in chosen.blocks]
    assert orders == sorted(set(orders))
    assert set(orders) <= {block.order for block in found}


def test_where_nothing_is_said_there_is_nothing_to_doubt_but_a_flash_is_looked_for() -> None:
    flash = "<h1>بدء الجولة الخامسة</h1>"

    def is_doubted(body: str) -> bool:
        _, settled, chosen = _read(body)
        return plain.is_doubtful(chosen, settled)

    assert is_doubted(flash) and is_doubted(flash + LINKS)
    assert not is_doubted(LINKS)
    assert not is_doubted(flash + LINKS * 20)
    assert is_doubted(flash + LINKS * 20 + f'<div class="comments">{_paragraphs(*PROSE * 5)}</div>')
