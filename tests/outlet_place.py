"""A built-in outlet's look-alike under its real host names, over TLS on loopback, and a crawl of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from archive import warc
from archive.records import Article, Capture, Role
from archive.settings import Settings, load_settings
from archive.storage import open_storage
from crawler.crawl import crawl
from crawler.dateline import load_agencies
from crawler.extract import Reader, read
from crawler.orders import CrawlOrder, CrawlReport
from crawler.outlet import BUILT_IN, Outlet, load_outlets
from crawler.topic import load_topic
from tests.sites import Answer, Reply, served

NOW = datetime(2026, 1, 10, tzinfo=UTC)
LEAD = "أستانا - بدأت صباح اليوم في العاصمة الكازاخستانية جولة جديدة من المحادثات السورية بحضور وفود الدول الضامنة."
MORE = "وقال مصدر في أحد الوفود إن جدول الأعمال يضم تثبيت وقف إطلاق النار وملف المعتقلين، وإن البيان الختامي يصدر غدًا."
TITLE = "جولة جديدة من المحادثات السورية تبدأ في أستانا"


def page(head: str, body: str, title: str = TITLE) -> Reply:
    """A page of ours."""
    return Reply(
        body=f'<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def rss(*items: tuple[str, str]) -> Reply:
    listed = "".join(
        f"<item><title>{TITLE}</title><link>{at}</link><pubDate>{day}</pubDate></item>" for at, day in items
    )
    return Reply(body=f'<rss version="2.0"><channel>{listed}</channel></rss>', kind="application/rss+xml")


def section(*links: str) -> Reply:
    return page("", "".join(f'<a href="{link}">{TITLE}</a>' for link in (*links, "/about", "https://t.me/x")))


@dataclass(slots=True)
class Place:
    """A folder, a certificate authority and the built-in outlets at a test's pace; every other fact as shipped."""

    folder: Path
    authority: trustme.CA
    settings: list[Settings] = field(default_factory=list)

    def outlets(self) -> Path:
        folder = self.folder / "outlets"
        folder.mkdir(exist_ok=True)
        for path in BUILT_IN.glob("*.yml"):
            facts = path.read_text(encoding="utf-8").replace("delay: 5\n", "delay: 0.01\n")
            (folder / path.name).write_text(facts, encoding="utf-8")
        return folder

    def crawl(self, name: str, pages: Mapping[str, Answer], **asked: Any) -> tuple[CrawlReport, list[str]]:
        """Crawl the outlet's look-alike; the report, and what was asked for as host and path."""
        outlet = load_outlets()[name]
        named = {urlsplit(seed.url).hostname or "" for seed in outlet.seeds} | set(outlet.hosts)
        hosts = sorted(named | {f"www.{host}" for host in outlet.hosts})
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*hosts).configure_cert(context)
        with served(pages, context) as site:
            settings = load_settings(
                store=str(self.folder / "store"),
                outlets=self.outlets(),
                resolve={f"{host}:443": f"127.0.0.1:{site.port}" for host in hosts},
            )
            report = asyncio.run(crawl(CrawlOrder(run="r", outlet=name, now=NOW, **asked), settings))
        self.settings.append(settings)
        return report, [f"{asked.host}{asked.path}" for asked in site.asked]

    def articles(self, outlet: Outlet) -> dict[str, Article]:
        """What is read in each captured page, by story key."""
        storage = open_storage(self.settings[-1].store)
        reader = Reader(outlet=outlet, topic=load_topic(None), agencies=load_agencies([]))
        found: dict[str, Article] = {}
        for key in storage.list("warc/"):
            for capture in warc.read(storage.open(key), key.removeprefix("warc/"), outlet.id):
                if isinstance(capture, Capture) and capture.hints.role is Role.PAGE:
                    outcome = read(capture, reader)
                    assert isinstance(outcome, Article), (capture.url, outcome)
                    found[str(outlet.story_key(capture.url))] = outcome
        return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return Place(folder=tmp_path, authority=authority)


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place whose authority the crawls of this test trust."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    return Place(folder=folder, authority=authority)


def days(article: Article) -> set[str]:
    """The days that an article's page claims to be from."""
    return {claim.value[:10] for claim in article.claims if claim.about == "published" and claim.source != "clock"}
