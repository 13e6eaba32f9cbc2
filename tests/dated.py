"""A page of one story, as much of it as tells a date, and what is read there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from archive.published import judge
from archive.records import Capture, Claim, Hints, Published, Via
from crawler.dates import Page, claims
from crawler.outlet import Outlet
from crawler.page import dom

ZONE = "Asia/Damascus"
OUTLET = Outlet(id="p", name="الورقة", english="P", country="SY", timezone=ZONE, language="ar", hosts=("p.example",))
URL = "http://p.example/7"
CAPTURED = "2017-09-20T10:00:00Z"  # 13:00 in Damascus
TITLE = "وصول الوفود إلى مقر الاجتماع"
STORY = "<p>وصلت الوفود المشاركة إلى مقر الاجتماع صباحا وبدأت مشاوراتها.</p>" * 4


def told(
    html: str,
    *,
    outlet: Outlet = OUTLET,
    url: str = URL,
    captured: str = CAPTURED,
    via: Via = Via.LIVE,
    hints: Hints | None = None,
    response: bytes = b"",
) -> tuple[Claim, ...]:
    """What a whole page claims."""
    root = dom.parse(html)
    assert root is not None
    capture = Capture(
        outlet=outlet.id,
        url=url,
        date=captured,
        record="urn:x",
        request=b"",
        response=response,
        via=via,
        hints=hints or Hints(),
    )
    return claims(Page(root=root, url=url), capture, outlet)


def believed(html: str, *, outlet: Outlet = OUTLET, captured: str = CAPTURED, **more: Any) -> Published:
    said = told(html, outlet=outlet, captured=captured, **more)
    return judge(said, datetime.fromisoformat(captured), outlet.timezone)


def page(body: str, head: str, above: str) -> str:
    return f"<html><head><title>{TITLE}</title>{head}</head><body>{above}<h1>{TITLE}</h1>{body}{STORY}</body></html>"


def read(body: str, *, head: str = "", above: str = "", **more: Any) -> tuple[Claim, ...]:
    """What the page of the story claims with something beside it; `more` is what `told` may be given."""
    return told(page(body, head, above), **more)


def verdict(body: str, *, head: str = "", above: str = "", **more: Any) -> Published:
    return believed(page(body, head, above), **more)
