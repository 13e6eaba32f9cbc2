"""Boxes whose names only sound like furniture's keep their prose; a writer's, a channel's and other stories' do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.page import dom, spared
from crawler.page.blocks import Block, blocks
from crawler.page.furniture import furniture
from tests.test_others import TEXT, TITLE, page, said

WRITER = "يعمل سليم القاضي في الصحيفة منذ عشرة أعوام وقد كتب عن المحادثات بين البلدين في العاصمة وخارجها."


class Walked(list[Block]):
    """Blocks that count how often they are gone through."""

    walks = 0

    def __iter__(self) -> Iterator[Block]:
        self.walks += 1
        return super().__iter__()


def boxed(name: str, lines: tuple[str, ...], label: str = "") -> str:
    return f"<div class='{name}'>{label}{''.join(f'<p>{line}</p>' for line in lines)}</div>"


@pytest.mark.parametrize("name", ["content-for-social", "gp-section-about-author", "article-lead-author-info"])
def test_a_box_that_only_sounds_like_furniture_keeps_the_lead_or_most_of_the_prose(name: str) -> None:
    assert said(f"<h1>{TITLE}</h1>{boxed(name, TEXT[:2])}") == list(TEXT[:2])
    rest = "".join(f"<p>{line}</p>" for line in TEXT[1:])
    assert said(f"<h1>{TITLE}</h1>{boxed(name, TEXT[:1])}<div>{rest}</div>") == list(TEXT)


def test_a_lead_about_a_writer_stays() -> None:
    lead = "قال باحث في العاصمة إن وفدي البلدين لن يلتقيا قبل أن تنتهي المحادثات بين السفراء."
    assert said(page(above=boxed("article-share-lead-social", (lead,)))) == [lead, *TEXT]


@pytest.mark.parametrize(
    "box",
    [
        boxed("profile-author", (WRITER,), "<h4>سليم القاضي</h4>"),
        boxed("profile-author", (f"سليم القاضي باحث وكاتب. {WRITER}",)),
        boxed("article-share", ("أرسل هذه الصفحة إلى أصدقائك بالبريد أو انسخ رابطها إلى حيث تشاء من الشبكات.",)),
        boxed("related-stories", (WRITER,)),
        boxed("about-author", (WRITER,)),
    ],
)
def test_what_such_a_name_rightly_calls_furniture_is_left_out(box: str) -> None:
    assert said(page(above=box)) == list(TEXT)


def test_the_blocks_of_a_page_are_gone_through_as_often_for_many_boxes_as_for_few() -> None:
    found = []
    for many in (5, 50):
        page = "".join(boxed(f"author-quip{at} x-y", TEXT[:1]) for at in range(many))
        root, table = dom.parse(f"<html><body><h1>{TITLE}</h1>{page}</body></html>"), furniture()
        assert root is not None
        walked = Walked(blocks(root, table.zone))
        assert sum(block.zone in spared.ZONES for block in walked) == many
        spared.lifted(walked, [TITLE], table)
        found.append(walked.walks)
    assert 0 < found[0] == found[1]
