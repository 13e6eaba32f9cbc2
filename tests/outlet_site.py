"""What an outlet's own file promises, served: each seed lists its stories, each story stands in the file's layout."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC
from urllib.parse import urlsplit

from archive.records import Window
from crawler.discover import resolved
from crawler.outlet import Outlet, Page, SeedKind
from crawler.visit.seeds import SeedPage, seed_pages
from tests.outlet_addresses import ADDRESSES
from tests.outlet_place import LEAD, MORE, NOW, TITLE, page, rss, section
from tests.sites import Answer, Reply

TERMS = ("محادثات أستانا",)
MAP = "/map-of-this-test.xml"
STEP = re.compile(r"(?P<tag>[a-z0-9]*)(?P<marks>(?:[.#][\w-]+|\[[^\]]+\])*)")


def path_of(url: str) -> str:
    """What a server is asked for."""
    parts = urlsplit(resolved(url, url))
    return f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"


def listed(outlet: Outlet) -> tuple[tuple[str, ...], ...]:
    """Its stories' addresses as a listing would give them: over TLS, and no host without a name."""
    groups = ADDRESSES[outlet.id].stories
    return tuple(
        tuple(url.replace("http://", "https://") for url in group if not re.search(r"//[\d.]+/", url))
        for group in groups
    )


def site(outlet: Outlet) -> Mapping[str, Answer]:
    """Every seed's first page and every story's page, by path; the rest is 404."""
    stories = listed(outlet)
    pages: dict[str, Answer] = {}
    for number, seed in enumerate(asked(outlet)):
        links = (*stories[number % len(stories)], *ADDRESSES[outlet.id].never)
        pages[path_of(seed.url)] = _listing(outlet, seed, links)
        if seed.url.endswith("/robots.txt"):
            pages[MAP] = _map(stories[number % len(stories)])
    for number, group in enumerate(stories):
        for url in group:
            pages[path_of(url)] = story(outlet, number)
    return pages


def asked(outlet: Outlet) -> list[SeedPage]:
    """The seed pages that a crawl of every kind asks for."""
    return seed_pages(outlet, Window(), tuple(SeedKind), TERMS, NOW.astimezone(UTC).date())


def _listing(outlet: Outlet, seed: SeedPage, links: tuple[str, ...]) -> Reply:
    if seed.url.endswith("/robots.txt"):
        text = f"User-agent: *\nDisallow: /admin\n\nSitemap: https://{urlsplit(seed.url).netloc}{MAP}\n"
        return Reply(body=text, kind="text/plain")
    match seed.seed.kind:
        case SeedKind.FEED:
            return rss(*((link.replace("&", "&amp;"), "") for link in links))
        case SeedKind.SITEMAP:
            return _map(links)
        case SeedKind.REST:
            posts = [{"link": link, "date": "2017-09-14T09:00:00", "title": {"rendered": TITLE}} for link in links]
            return Reply(body=json.dumps(posts), kind="application/json", headers={"X-WP-TotalPages": "1"})
        case _:
            return section(*links)


def _map(links: tuple[str, ...]) -> Reply:
    listed = "".join(f"<url><loc>{link.replace('&', '&amp;')}</loc></url>" for link in links)
    return Reply(body=f"<urlset>{listed}</urlset>", kind="application/xml")


def layout_of(outlet: Outlet) -> Page | None:
    """The layout of the day of the crawl."""
    return outlet.page_on(NOW.date())


def story(outlet: Outlet, number: int) -> Reply:
    """A story in the layout of today, as far as the file tells one."""
    layout = layout_of(outlet)
    inner = f"<p>{LEAD}</p><p>{MORE}</p>"
    title = f"{TITLE} {number}"
    head = f"<h1>{title}</h1>" if not (layout and layout.title) else standing(layout.title, title)
    body = standing(layout.body, inner) if layout and layout.body else f"<article>{inner}</article>"
    return page("", f"<nav><a href='/'>الرئيسية</a></nav>{head}{body}<footer>جميع الحقوق محفوظة</footer>", title)


def standing(selector: str, inner: str) -> str:
    """HTML in which a simple CSS selector's first alternative finds `inner`, or its paragraphs when it ends in p."""
    steps = [step for step in re.split(r"\s*>\s*|\s+", selector.split(",", maxsplit=1)[0].strip()) if step != "p"]
    for step in reversed(steps):
        found = STEP.fullmatch(step)
        assert found is not None, selector
        tag, marks = found["tag"] or "div", found["marks"]
        classes = " ".join(re.findall(r"\.([\w-]+)", re.sub(r"\[[^\]]+\]", "", marks)))
        names = "".join(f" id='{name}'" for name in re.findall(r"#([\w-]+)", marks))
        others = "".join(
            f" {name if '=' in name else name + chr(61) + 'rtl'}" for name in re.findall(r"\[([^\]]+)\]", marks)
        )
        inner = f"<{tag}{f' class={chr(39)}{classes}{chr(39)}' if classes else ''}{names}{others}>{inner}</{tag}>"
    return inner
