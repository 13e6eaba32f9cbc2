"""What the pages of both outlets are made of."""

from __future__ import annotations

import html
import re
import urllib.parse
from datetime import UTC, datetime
from typing import Any

Item = dict[str, Any]
Page = tuple[int, str, bytes]

WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
LEVANTINE = (
    *("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"),
    *("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
)
TICKER = (
    "سعر صرف الدولار يستقر عند الإغلاق",
    "زحمة سير خانقة على أوتوستراد جونية",
    "الأرصاد: أمطار متفرقة غدا وثلوج على المرتفعات",
    "وزير الصحة: حملة التلقيح تبدأ مطلع الأسبوع",
)


def esc(text: str) -> str:
    return html.escape(text, quote=False)


def slug(title: str) -> str:
    return urllib.parse.quote("-".join(re.findall(r"\w+", title)))


def clock() -> str:
    """The header's clock: the day of the visit, not of any story."""
    now = datetime.now(UTC)
    return f"{WEEKDAYS[now.weekday()]} {now.day} {LEVANTINE[now.month - 1]} {now.year} - {now:%H:%M}"


def others(item: Item, items: list[Item], count: int) -> list[Item]:
    """The items that follow it, round the clock."""
    place = items.index(item)
    return [items[(place + step) % len(items)] for step in range(1, count + 1)]
