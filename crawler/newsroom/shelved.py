"""What the look-alike archives hold of sawari: its own answers of the time, under its addresses of the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from crawler.newsroom import sawari
from crawler.newsroom.answers import HTML, Ask, Reply
from crawler.newsroom.archives import Archived, Holding
from crawler.newsroom.archives.asked import Blocks
from crawler.newsroom.archives.captured import STAMP
from crawler.newsroom.pages import slugged
from crawler.newsroom.past import By, Kept, Piece, Shows, Under
from crawler.newsroom.sawari import FORMER, Edition, Site

# When Wayback came by for lists; no list of theirs tells of every day.
FEEDS = ("20170203", "20170402", "20170708", "20171103", "20180305", "20180604", "20181203", "20190311", "20190812")
SECTIONS = ("20170320", "20170910", "20180917", "20190520")
TAGS = ("20170801", "20180820")
EMPTY_CRAWLS = ("CC-MAIN-2016-50", "CC-MAIN-2021-04")
SMALL = Blocks(lines=40, page=2)  # small blocks: a few hundred lines fill several pages
OTHERS = 1_000  # lines of one answer


def holding(site: Site) -> Holding:
    """Every capture that the pieces name, and of sawari's lists what the tables above say."""
    press = _Press(site)
    captures = [(kept.by, press.capture(piece, kept)) for piece in site.pieces for kept in piece.kept]
    wayback = [capture for by, capture in captures if by is By.WAYBACK]
    return Holding(
        wayback=(*wayback, *press.lists()),
        commoncrawl=tuple(capture for by, capture in captures if by is By.COMMONCRAWL),
        crawls=EMPTY_CRAWLS,
        wayback_blocks=SMALL,
        commoncrawl_blocks=SMALL,
        most=OTHERS,
    )


class _Press:
    """Prints the site as it stood when an archive came by."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def _edition(self, moment: datetime) -> Edition:
        return Edition(self._site, moment.replace(tzinfo=UTC))

    def capture(self, piece: Piece, kept: Kept) -> Archived:
        """What was captured of a piece. A revisit has the bytes that its first page had."""
        url = self._address(piece, kept)
        match kept.shows:
            case Shows.MISSING:
                return self._made(url, kept.at, "/none/")
            case Shows.PARKED:
                return _archived(url, kept.at, sawari.parked(_ask("/", kept.at)))
            case Shows.MOVED:
                headers = (("Content-Type", HTML), ("Location", f"{self._edition(kept.at).address}/"))
                return Archived(url=url, time=_stamp(kept.at), status=301, headers=headers)
            case Shows.UNCHANGED:
                first = next(one for one in piece.kept if one.by is kept.by and one.shows is Shows.PAGE)
                return _again(self._made(url, first.at, self._path(piece, kept)), kept.at)
        return self._made(url, kept.at, self._path(piece, kept))

    def _path(self, piece: Piece, kept: Kept) -> str:
        return sawari.plain_path(piece) + ("amp/" if kept.under is Under.AMP else "")

    def _address(self, piece: Piece, kept: Kept) -> str:
        bases = {
            Under.HTTP: FORMER.replace("www.", ""),
            Under.HTTPS: FORMER.replace("http:", "https:").replace("www.", ""),
            Under.PORT: FORMER.replace("www.", "") + ":80",
            Under.WWW: FORMER,
        }
        base = bases.get(kept.under, self._edition(kept.at).address)
        return base + piece.path + ("amp/" if kept.under is Under.AMP else "")

    def _made(self, url: str, at: datetime, path: str) -> Archived:
        return _archived(url, at, sawari.answer(self._edition(at), _ask(slugged(path), at)))

    def lists(self) -> Iterator[Archived]:
        """Feeds, sections, tags, the front page, and what else is captured along with them."""
        for day in FEEDS:
            yield self._list(day, "/feed/")
        for day in SECTIONS:
            yield self._list(day, "/category/سياسة/")
            yield self._list(day, "/category/سياسة/page/2/")
            yield self._list(day, "/")
        for day in TAGS:
            yield self._list(day, "/tag/محادثات-أستانا/")
        for day in SECTIONS:
            picture = f"{self._edition(_day(day)).address}/wp-content/uploads/{day}.jpg"
            yield Archived(
                url=picture, time=f"{day}070000", headers=(("Content-Type", "image/jpeg"),), body=b"\xff\xd8"
            )

    def _list(self, day: str, path: str) -> Archived:
        return self._made(self._edition(_day(day)).address + slugged(path), _day(day), path)


def _day(day: str) -> datetime:
    return datetime.strptime(f"{day}063000", STAMP)


def _stamp(at: datetime) -> str:
    return f"{at:{STAMP}}"


def _ask(target: str, at: datetime) -> Ask:
    return Ask(outlet="sawari", method="GET", target=target, headers=(), time=at.replace(tzinfo=UTC))


def _archived(url: str, at: datetime, reply: Reply) -> Archived:
    return Archived(url=url, time=_stamp(at), status=reply.status, headers=reply.headers, body=reply.body)


def _again(first: Archived, at: datetime) -> Archived:
    return Archived(url=first.url, time=_stamp(at), headers=first.headers, body=first.body, revisit=True)
