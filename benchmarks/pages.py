"""Seeded pages like those of a news site, for the benchmarks: 60 KB on the mean, as compressible; no one's text."""

from __future__ import annotations

import math
import random
from itertools import accumulate

MEAN = 60_000  # bytes
_SPREAD = 0.45  # of the logarithm of a page's size
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_HEAD = (
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
    "Content-Type: text/html; charset=UTF-8\r\nContent-Length: {size}\r\nConnection: keep-alive\r\n"
    "Vary: Accept-Encoding\r\nCache-Control: max-age=300\r\n"
    "X-Frame-Options: SAMEORIGIN\r\nX-Content-Type-Options: nosniff\r\n{more}\r\n"
)


def _words(chance: random.Random) -> tuple[list[str], list[float]]:
    """A vocabulary, the n-th word n times rarer than the first, as in any language."""
    words = ["".join(chance.choices(_LETTERS, k=chance.randint(2, 7))) for _ in range(8000)]
    return words, list(accumulate(1 / rank for rank in range(1, len(words) + 1)))


def _frame(chance: random.Random) -> tuple[str, str]:
    """What every page of a site shares: scripts and styles in its head, menus and footer around the story."""
    names = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 12))) for _ in range(400)]
    rules = "".join(
        f".{chance.choice(names)}-{chance.choice(names)}{{{chance.choice(names)}:{chance.randint(0, 999)}px}}"
        for _ in range(150)
    )
    code = ";".join(
        f"window.{chance.choice(names)}={chance.choice(names)}({chance.getrandbits(40):x})" for _ in range(120)
    )
    menu = "".join(f'<li class="item {chance.choice(names)}"><a href="/{n}/">{n}</a></li>' for n in names[:60])
    head = f"<meta charset=utf-8><style>{rules}</style><script>{code}</script></head><body><ul>{menu}</ul><article>"
    return head, f"</article><footer><ul>{menu}</ul></footer></body></html>"


def pages(many: int, seed: int = 1) -> list[bytes]:
    """So many pages: the same for the same seed."""
    chance = random.Random(seed)
    words, weights = _words(chance)
    head, foot = _frame(chance)
    fixed = len((head + foot).encode())
    centre = math.log(MEAN - fixed) - _SPREAD**2 / 2
    made = []
    for _ in range(many):
        size = int(chance.lognormvariate(centre, _SPREAD))
        parts = [
            f"<!DOCTYPE html><html lang=ar dir=rtl><head><title>{' '.join(chance.choices(words, k=8))}</title>",
            head,
        ]
        while size > 0:
            said = " ".join(chance.choices(words, cum_weights=weights, k=28))
            link = chance.getrandbits(24)
            block = (
                f'<div class="elementor-widget-wrap elementor-element-populated"><p class="story">{said}</p></div>\n'
                f'<div class="related-item col-12 col-md-4"><a class="title link" href="/news/{link}/" '
                f'title="{" ".join(said.split()[:6])}"><img loading="lazy" decoding="async" width="320" height="180" '
                f'src="/media/uploads/2017/01/{link}-320x180.jpg" alt=""></a></div>\n'
            )
            parts.append(block)
            size -= len(block.encode())
        parts.append(foot)
        made.append("".join(parts).encode())
    return made


def answer(body: bytes, more: str = "") -> bytes:
    """A page as a server sends it."""
    return _HEAD.format(size=len(body), more=more).encode() + body
