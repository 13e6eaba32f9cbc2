"""A site of our own making whose pages repeat themselves in words that no built-in table knows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html

from crawler.page.seen import Page, Read, observe

WORDS = (
    *("الوفد", "الجلسة", "الوسيط", "البيان", "المعابر", "الخرائط", "المراقبون", "القافلة", "المدينة", "الموعد"),
    *("المخيم", "الطريق", "الميناء", "المحصول", "الجسر", "المدرسة", "الحافلة", "السوق", "المصنع", "النهر"),
    *("أعلن", "وصل", "أكد", "بحث", "غادر", "افتتح", "عاد", "نشر", "طلب", "رفض"),
)
DONATION = "تعيش هذه الصفحات بما يرسله قراؤها من مال قليل كل شهر، فكونوا منهم متى استطعتم ذلك."
READ_ALSO = "طالعوا كذلك"
TICKER = ("ارتفاع طفيف في درجات الحرارة", "إغلاق جسر المدينة للصيانة", "الحصاد يبدأ مبكراً هذا العام")
COUNTER = "طالع هذا النص"
MOST_READ = "الأوفر حظاً عند قرائنا"
SHARED = "انشروا النص عند أصحابكم"
SIZES = "ح ح ح"
BACKGROUND = "يذكر أن الوفد كان قد غادر المدينة قبل أيام على أن يعود إليها متى اكتملت الخرائط المطلوبة."


def sentence(chance: random.Random, words: int = 16) -> str:
    """A sentence that nobody else wrote."""
    return " ".join(chance.choice(WORDS) for _ in range(words)) + f" {chance.randrange(10**6)} أمس."


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article: its number, title and paragraphs."""

    number: int
    title: str
    paragraphs: tuple[str, ...]

    @property
    def story(self) -> str:
        return f"waha-{self.number:012}"

    @property
    def day(self) -> str:
        return f"2017-{1 + self.number % 12:02}-{1 + self.number % 28:02}"

    @property
    def read(self) -> Read:
        return Read(story=self.story, day=self.day, title=self.title, paragraphs=self.paragraphs)


def item(number: int, *before: str, after: Sequence[str] = (), paragraphs: int = 4) -> Item:
    """An article of some paragraphs, with lines before and after them that it may share with others."""
    chance = random.Random(number)
    title = sentence(chance, 6).rstrip(".")
    written = tuple(sentence(chance) for _ in range(paragraphs))
    return Item(number=number, title=title, paragraphs=(*before, *written, *after))


def items(count: int, *before: str, after: Sequence[str] = ()) -> list[Item]:
    return [item(number, *before, after=after) for number in range(1, count + 1)]


def page(one: Item, all_: Sequence[Item]) -> str:
    """Its page: a clock, a ticker, font sizes, a link to another story between paragraphs, a plea, labels, counters."""
    others = [each for each in all_ if each.number != one.number]
    other = others[one.number % len(others)] if others else one
    text = [f"<p>{paragraph}</p>" for paragraph in one.paragraphs]
    text.insert(2, f'<p><b>{READ_ALSO}: <a href="/news/{other.number}">{other.title}</a></b></p>')
    ticker = "".join(f"<span>{line} </span>" for line in TICKER)
    read = "".join(f'<li><a href="/news/{each.number}">{each.title}</a></li>' for each in others[:3])
    return f"""<html><head><title>{one.title}</title></head><body>
<div class="saa">الأحد {1 + one.number % 28} تشرين الثاني 2026 - {one.number % 24}:05</div>
<div class="sharit">{ticker}</div>
<div class="waraqa"><h1>{one.title}</h1><div class="qiyas">{SIZES}</div>
<div class="matn">
{chr(10).join(text)}
<p>{DONATION}</p>
</div>
<div class="tanqul">{SHARED} <a href="#f">هنا</a> <a href="#t">وهناك</a></div>
<p>{COUNTER} {one.number * 37} قارئاً</p></div>
<div class="qurra"><b>{MOST_READ}</b><ul>{read}</ul></div>
</body></html>"""


def seen(one: Item, all_: Sequence[Item]) -> Page:
    return observe(html.document_fromstring(page(one, all_)), one.read)
