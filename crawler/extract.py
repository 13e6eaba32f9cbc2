"""One capture read as an article, or refused with a reason; no clock, environment, disk or network is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from archive import http
from archive.records import (
    Article,
    Capture,
    NonArticle,
    Reason,
    RecordType,
    Rejection,
    Role,
    Unchanged,
)
from crawler.page import bounds, decode, dom
from crawler.page import text as page_text
from crawler.page.article import read_source
from crawler.page.chosen import Source
from crawler.page.taught import NOTHING
from crawler.page.text import Text
from crawler.reader import Reader

__all__ = ["Reader", "Text", "non_article", "read", "read_text"]

Outcome = TypeVar("Outcome", Article, Text)
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_LOOK = 1024  # bytes in which markup must begin when no type is given
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<title", b"<div", b"<p", b"<!--", b"<?xml")


def non_article(capture: Capture) -> NonArticle | None:
    """What a capture is that was never meant to hold an article; None for a candidate.

    A capture without response FAILED, whatever it was for; then its role decides, then whether it is a redirect. Of an
    import, where nobody said what a capture was for, anything that is not HTML is a RESOURCE.
    """
    if not capture.response and capture.type is RecordType.RESPONSE:
        return NonArticle.FAILED
    if capture.hints.role is Role.SEED:
        return NonArticle.SEED
    if capture.hints.role is Role.ROBOTS:
        return NonArticle.ROBOTS
    message = http.parse(capture.response)
    status = message.status
    if status is not None and 300 <= status < 400 and status != 304:
        return NonArticle.HOP
    if capture.hints.role is Role.UNKNOWN and not _may_be_html(message):
        return NonArticle.RESOURCE
    return None


def read(capture: Capture, reader: Reader) -> Article | Rejection | Unchanged:
    """What one capture of an article candidate says; the same for the same capture and reader, everywhere and for ever.

    Raises:
        FactsError: a table or the outlet's file is broken.
    """
    return _page(capture, reader, read_source)


def read_text(capture: Capture, reader: Reader) -> Text | Rejection | Unchanged:
    """The title and text of a capture, the places of its paragraphs, its captions: those of `read`, and nothing else.

    Raises:
        FactsError: a table or the outlet's file is broken.
    """
    return _page(capture, reader, page_text.read)


def _page(
    capture: Capture, reader: Reader, read_in: Callable[[Source, Reader], Outcome | Rejection]
) -> Outcome | Rejection | Unchanged:
    """What a capture's page holds as `read_in` reads it, if it is a page that can be read."""
    if capture.type is RecordType.REVISIT:
        return _revisit(capture)
    message = http.parse(capture.response)
    refused = _by_head(message, capture)
    if refused is not None:
        return refused
    content = http.content(message)
    refused = _by_content(message, content, capture)
    if refused is not None:
        return refused
    header = message.header(b"Content-Type")
    decoded = decode.decode(content.data, header.decode("latin-1") if header else None)
    beyond = None if decoded.problem else bounds.beyond(decoded.text, decoded.utf8)
    payload, data = ("", b"") if decoded.problem or beyond else dom.read(decoded.text, decoded.utf8)
    root = dom.parse_bytes(data) if data else None
    if root is None:
        return _unparsed(decoded, beyond)
    torn = capture.truncated.value if capture.truncated else content.problem or _short(message)
    try:
        return _source(Source(capture=capture, decoded=decoded, payload=payload, root=root, torn=torn), reader, read_in)
    except RecursionError:  # an engine's, on boxes in boxes: ours do not recurse into a page
        return Rejection(reason=Reason.BEYOND_BOUNDS, detail="nested too deep for an engine")


def _unparsed(decoded: decode.Decoded, beyond: str | None) -> Rejection:
    if beyond:
        return Rejection(reason=Reason.BEYOND_BOUNDS, detail=beyond)
    reason = Reason.UNDECODABLE if decoded.problem else Reason.NO_TEXT
    return Rejection(reason=reason, detail=decoded.problem or "no markup")


def _source(
    source: Source, reader: Reader, read_in: Callable[[Source, Reader], Outcome | Rejection]
) -> Outcome | Rejection:
    """The article of a page; where nothing is left of it by what was learned, by the built-in table alone."""
    outcome = read_in(source, reader)
    if reader.learned and isinstance(outcome, Rejection) and outcome.reason is Reason.NO_TEXT:
        return read_in(source, replace(reader, learned=NOTHING))
    return outcome


def _revisit(capture: Capture) -> Unchanged | Rejection:
    refers = capture.refers_to
    if refers is None:
        return Rejection(reason=Reason.UNRESOLVED_REVISIT, detail="refers to nothing")
    if refers.record is None:
        return Rejection(reason=Reason.UNRESOLVED_REVISIT, detail=f"names no record: {refers.url} {refers.date}")
    return Unchanged(of=refers.record)


def _by_head(message: http.Message, capture: Capture) -> Rejection | Unchanged | None:
    status = message.status
    if status is None:
        return Rejection(reason=Reason.UNREADABLE, detail=capture.error or "no status line")
    if status == 304 and http.is_conditional(http.parse(capture.request)):
        return Unchanged(of=None)
    if status == 304:
        return Rejection(reason=Reason.HTTP_STATUS, detail="304, and no request is on record that asked what changed")
    if status != 200:
        return Rejection(reason=Reason.HTTP_STATUS, detail=str(status))
    return None


def _by_content(message: http.Message, content: http.Content, capture: Capture) -> Rejection | None:
    if not content.data:
        cut = capture.truncated or content.problem
        return Rejection(reason=Reason.TRUNCATED if cut else Reason.NO_TEXT, detail=content.problem or "empty body")
    if not _is_html(message, content.data):
        return Rejection(reason=Reason.NOT_HTML, detail=_type(message) or "no type")
    if content.problem and content.problem.startswith("unknown content coding"):
        return Rejection(reason=Reason.UNDECODABLE, detail=content.problem)
    return None


def _short(message: http.Message) -> str | None:
    """What is missing of a body that says its length; imports do not always say that they were cut."""
    said = message.header(b"Content-Length")
    if said is None or not said.isdigit() or message.header(b"Transfer-Encoding"):
        return None
    size = said.lstrip(b"0")[:20] or b"0"  # int() takes 4,300 digits, and no body has so many bytes
    return "shorter than its Content-Length" if len(message.body) < int(size) else None


def _type(message: http.Message) -> str:
    said = message.header(b"Content-Type")
    return said.decode("latin-1").partition(";")[0].strip().lower() if said else ""


def _may_be_html(message: http.Message) -> bool:
    """By the headers alone: HTML, or of no type."""
    return _type(message) in HTML_TYPES or (not _type(message) and message.status != 304)


def _is_html(message: http.Message, data: bytes) -> bool:
    if _type(message) in HTML_TYPES:
        return True
    if _type(message) not in {"", "text/plain", "application/octet-stream", "unknown/unknown"}:
        return False
    start = data[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(_MARKUP)
