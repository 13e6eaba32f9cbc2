"""What the tests of reading share: captures made from bytes, and readers that accept every topic."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from archive.records import Article, Capture, Hints, Rejection, Role, Unchanged
from crawler.agencies import load_agencies
from crawler.extract import Reader, read
from crawler.outlet import OTHER, Outlet, load_outlets
from crawler.page.taught import NOTHING, Taught
from crawler.topic import load_topic

GOLDEN = Path(__file__).with_name("golden")
EVAL = Path(__file__).resolve().parents[2] / "shared" / "eval"
NO_EVAL = "the evaluation data is not beside the project"
SENTENCE = "أعلن متحدث باسم الوفد أن الجلسة المقبلة ستعقد مساء الغد، وأن جدول الأعمال يشمل ملفات عدة لم تحسم بعد."


def an_outlet(name: str = "صحيفة الواحة", **changes: object) -> Outlet:
    return dataclasses.replace(load_outlets(None)[OTHER], name=name, **changes)  # type: ignore[arg-type]


def a_reader(outlet: Outlet | None = None, learned: Taught = NOTHING) -> Reader:
    return Reader(outlet=outlet or an_outlet(), topic=load_topic(None), agencies=load_agencies(()), learned=learned)


def a_capture(body: bytes | str, *headers: str, status: str = "200 OK", **changes: object) -> Capture:
    """A capture of a page; without headers it is text/html and says no charset."""
    content = body.encode() if isinstance(body, str) else body
    head = "\r\n".join([f"HTTP/1.1 {status}", *(headers or ("Content-Type: text/html",))])
    capture = Capture(
        outlet=OTHER,
        url="https://waha.example/news/100",
        date="2026-11-22T10:00:00Z",
        record="urn:uuid:00000000-0000-4000-8000-000000000001",
        request=b"GET /news/100 HTTP/1.1\r\nHost: waha.example\r\n\r\n",
        response=head.encode() + b"\r\n\r\n" + content,
        hints=Hints(role=Role.PAGE),
    )
    return dataclasses.replace(capture, **changes)  # type: ignore[arg-type]


def outcome(body: bytes | str, *headers: str, **changes: object) -> Article | Rejection | Unchanged:
    return read(a_capture(body, *headers, **changes), a_reader())  # type: ignore[arg-type]


def article(body: bytes | str, *headers: str, **changes: object) -> Article:
    found = outcome(body, *headers, **changes)
    assert isinstance(found, Article), found
    return found


def texts(found: Article) -> list[str]:
    return [paragraph.text for paragraph in found.paragraphs]


def a_page(*paragraphs: str, title: str = "عنوان الخبر الأول هنا", head: str = "", after: str = "") -> str:
    """A plain page: heading, paragraphs, and what stands behind them."""
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head>{head}<title>{title}</title></head>\n<body><h1>{title}</h1>\n<div>{body}</div>\n"
        f"{after}<footer><p>خاتمة الصفحة</p></footer></body></html>"
    )
