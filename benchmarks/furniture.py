"""Measures learning: pages of a site of our own looked at and judged, what of its furniture and text is left by it.

    .venv/bin/python -m benchmarks.furniture [PAGES]

The site is that of tests/recurrent.py: six sorts of furniture in words that no built-in table knows, with a credit
at each text's end and a paragraph of background under two stories of three. Prints processor time for each page looked
at, for judging all, and what the learned table does to pages it has not seen: furniture left, paragraphs lost.
"""

from __future__ import annotations

import resource
import sys
import time

from lxml import html

from crawler.dateline import load_agencies
from crawler.learning import own_words
from crawler.outlet import OTHER, load_outlets
from crawler.page.blocks import blocks
from crawler.page.recurring import recurring
from crawler.page.taught import Taught
from crawler.reader import Reader
from crawler.topic import load_topic
from tests.recurrent import BACKGROUND, Item, item, page, seen

UNSEEN = 200


def left(text: str, table: Taught) -> list[str]:
    """The blocks of a page that the table, and nothing besides, does not take for furniture."""
    found = blocks(html.document_fromstring(text), lambda element: "learned" if table.is_box(element) else None)
    return [
        block.text
        for block in found
        if not (block.zone or table.is_line(block.text) or table.opens(block.text, block.link_share))
    ]


def one(number: int) -> Item:
    return item(number, after=[*([BACKGROUND] if number % 3 else []), "(رويترز)"])


def main(count: int) -> None:
    several = [one(number) for number in range(1, count + UNSEEN + 1)]
    reader = Reader(outlet=load_outlets(None)[OTHER], topic=load_topic(None), agencies=load_agencies(()))
    began = time.process_time()
    pages = [seen(each, several) for each in several[:count]]
    looked = time.process_time()
    lesson = recurring(pages, own_words(reader))
    judged = time.process_time()
    extra = lost = 0
    for each in several[count:]:
        kept = left(page(each, several), lesson.table)
        wanted = [each.title, *each.paragraphs]
        extra += sum(1 for text in kept if text not in wanted)
        lost += sum(1 for text in wanted if text not in kept)
    each_page, judging = (looked - began) / count * 1000, judged - looked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} pages: {each_page:.1f} ms a page to look at, {judging:.2f} s to judge all")
    print(f"{len(lesson.evidence)} things learned, {memory} MB at most")
    print(f"{UNSEEN} pages not seen before: {extra} blocks of furniture left, {lost} of the articles' paragraphs lost")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
