"""Every fault the practice press shows on purpose, in one table; it holds no code that acts on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong."""

    MOVED = "moved"  # 301 to the article's present address
    GONE = "gone"  # listed, answers 404
    SOFT_404 = "soft-404"  # listed, answers 200 with «الصفحة غير موجودة»
    DISALLOWED = "disallowed"  # listed, forbidden by robots.txt; served all the same, so that a visit shows in the log
    OFF_SITE = "off-site"  # listed, redirects to another house's host
    FAILS_ONCE = "fails-once"  # 500 at the first visit, fine ever after
    SLOW = "slow"  # answers late when the newsroom is started with slow > 0; at once by default
    NOT_MODIFIED = "not-modified"  # 304 to a conditional request


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A fault that is listed as if it were a story: no manuscript has its number."""

    fault: Fault
    number: int
    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A fault at one of the outlet's own manuscripts, chosen by rule so that any set of manuscripts shows it."""

    fault: Fault
    at: str  # oldest | newest | every


FORMER_SLUG = "عنوان-سابق-لهذا-الخبر"
OFF_SITE_HOST = "m.wasla-mobile.invalid"  # .invalid never resolves, RFC 6761 §6.4

LISTED: dict[str, Listed] = {
    "nakhla": Listed(fault=Fault.DISALLOWED, number=990101, slug="مسودة-للمراجعة", title="مسودة للمراجعة قبل النشر"),
    "midan": Listed(fault=Fault.GONE, number=990102, slug="", title="وفد فني يصل إلى العاصمة للبحث في ملف النقل"),
    "wasla": Listed(fault=Fault.OFF_SITE, number=990103, slug="", title="خدمة الرسائل القصيرة من وصلة للمشتركين"),
    "ufuq": Listed(
        fault=Fault.SOFT_404, number=990104, slug="صور-من-المعرض-السنوي-للكتاب", title="صور من المعرض السنوي للكتاب"
    ),
}

# Midan forbids a path too: its pages link to the printers' proofs.
MIDAN_PROOF = Listed(fault=Fault.DISALLOWED, number=990105, slug="", title="بروفة العدد للتدقيق")

STANDING: dict[str, tuple[Standing, ...]] = {
    "nakhla": (
        Standing(fault=Fault.MOVED, at="oldest"),  # its year's sitemap still says the former slug
        Standing(fault=Fault.NOT_MODIFIED, at="every"),  # ETag and Last-Modified
    ),
    "midan": (),
    "wasla": (
        Standing(fault=Fault.NOT_MODIFIED, at="every"),  # Last-Modified only
        Standing(fault=Fault.SLOW, at="oldest"),
    ),
    "ufuq": (Standing(fault=Fault.FAILS_ONCE, at="newest"),),
}

ROBOTS: dict[str, str] = {
    "nakhla": "User-agent: *\nDisallow: /private/\nDisallow: /wp-admin/\n\nSitemap: {address}/sitemap_index.xml.gz\n",
    "midan": "User-agent: *\r\nDisallow: /admin/\r\nDisallow: /cgi-bin/\r\n",
    "wasla": "User-agent: *\nDisallow: /subscribers/\n",
    "ufuq": "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
}
