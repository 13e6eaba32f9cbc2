"""A page of one story, as much of it as tells a date, and what is read there."""

from __future__ import annotations

from datetime import datetime

from archive.published import judge
from archive.records import Capture, Claim, Published
from crawler.dates import Page, claims
from crawler.outlet import Outlet
from crawler.page import dom

ZONE = "Asia/Damascus"
OUTLET = Outlet(id="p", name="الورقة", english="P", country="SY", timezone=ZONE, language="ar", hosts=("p.example",))
CAPTURED = "2017-09-20T10:00:00Z"  # 13:00 in Damascus
TITLE = "وصول الوفود إلى مقر الاجتماع"
STORY = "<p>وصلت الوفود المشاركة إلى مقر الاجتماع صباحا وبدأت مشاوراتها.</p>" * 4


def read(body: str, *, head: str = "", captured: str = CAPTURED, above: str = "") -> tuple[Claim, ...]:
    html = f"<html><head><title>{TITLE}</title>{head}</head><body>{above}<h1>{TITLE}</h1>{body}{STORY}</body></html>"
    root = dom.parse(html)
    assert root is not None
    capture = Capture(outlet="p", url="http://p.example/7", date=captured, record="urn:x", request=b"", response=b"")
    return claims(Page(root=root, html=html, url=capture.url), capture, OUTLET)


def verdict(body: str, *, head: str = "", captured: str = CAPTURED, above: str = "") -> Published:
    return judge(read(body, head=head, captured=captured, above=above), datetime.fromisoformat(captured), ZONE)
