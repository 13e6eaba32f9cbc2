"""Addresses as each built-in outlet writes them: what is a story, which are one story, what never is; none is fetched.

Numbers and slugs are ours; the forms are those that the outlets' files name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SLUG = "%D8%A8%D8%AF%D8%A1-%D8%A7%D9%84%D8%AC%D9%84%D8%B3%D8%A9"
HEX = "0123456789abcdef0123456789abcdef"
OTHER_HEX = "fedcba9876543210fedcba9876543210"
UUID = "01234567-89ab-cdef-0123-456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Of one outlet: groups of addresses of one story each, a day that the first group's addresses name, no stories."""

    stories: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]
    day: date | None = None


def one(*stories: str | tuple[str, ...], never: tuple[str, ...] = (), day: date | None = None) -> Addresses:
    groups = tuple((story,) if isinstance(story, str) else story for story in stories)
    return Addresses(stories=groups, never=never, day=day)


def reprints(host: str) -> Addresses:
    return one(
        (f"https://www.{host}/ahram/1234567", f"http://{host}/ahram/1234567?amp"),
        f"https://www.{host}/almessa/7654321",
        never=(f"https://www.{host}/", f"https://www.{host}/ahram", f"https://www.{host}/en/ahramen/12345"),
    )


SPUTNIK = f"20170914/{SLUG}-1026181902.html"
ADDRESSES: dict[str, Addresses] = {
    "aa": one(
        (f"https://www.aa.com.tr/ar/{SLUG}/{SLUG}/3817682", f"https://aa.com.tr/ar/x/{SLUG}/3817682?amp=1"),
        f"https://www.aa.com.tr/ar/{SLUG}/{SLUG}/3817683",
        never=("https://www.aa.com.tr/ar/rss/default?cat=live", "https://www.aa.com.tr/tr/dunya/x/3817682"),
    ),
    "aawsat": one(
        (f"https://aawsat.com/home/article/3878356/{SLUG}?amp", f"http://aawsat.com/home/article/3878356/x/y/{SLUG}"),
        f"https://aawsat.com/{SLUG}/4906381-{SLUG}",
        never=("https://aawsat.com/home/international", f"https://aawsat.com/{SLUG}", "https://aawsat.com/feed"),
    ),
    "akhbaralaan": one(
        f"https://www.akhbaralaan.net/news/arab-world/2017/09/14/{SLUG}",
        never=("https://www.akhbaralaan.net/news/arab-world/", "https://akhbaralaan.net/author/x"),
        day=date(2017, 9, 14),
    ),
    "alakhbar": one(
        ("http://al-akhbar.com/node/279250", "https://www.al-akhbar.com/node/279250"),
        f"https://www.al-akhbar.com/Media_Tv/285520/{SLUG}",
        "https://www.al-akhbar.com/Arab/279250",
        never=("https://www.al-akhbar.com/Arab", "https://www.al-akhbar.com/"),
    ),
    "alarabiya": one(
        f"https://www.alarabiya.net/arab-and-world/syria/2017/09/14/{SLUG}",
        f"https://www.alarabiya.net/ar/politics/2014/07/09/{SLUG}.html",
        never=("https://www.alarabiya.net/arab-and-world/syria", "https://www.alarabiya.net/tools/rss"),
        day=date(2017, 9, 14),
    ),
    "aljazeera": one(
        (f"https://www.aljazeera.net/news/2017/9/14/{SLUG}", f"https://www.aljazeera.net/amp/news/2017/9/14/{SLUG}"),
        f"https://www.aljazeera.net/programs/newsreports/2017/5/4/{SLUG}",
        f"https://www.aljazeera.net/home/print/{UUID}/{UUID}",
        never=(
            "https://www.aljazeera.net/where/syria/",
            "https://www.aljazeera.net/news",
            "https://www.aljazeera.net/",
        ),
        day=date(2017, 9, 14),
    ),
    "alquds": one(
        (f"https://www.alquds.co.uk/{SLUG}/", f"https://www.alquds.co.uk/{SLUG}/amp/", f"https://alquds.co.uk/{SLUG}"),
        never=("https://www.alquds.co.uk/about/", f"https://www.alquds.co.uk/category/{SLUG}/"),
    ),
    "alwatansy": one(
        ("https://alwatan.sy/archives/123456", "https://alwatan.sy/?p=123456"),
        never=("https://alwatan.sy/archives/category/x", "https://alwatan.sy/"),
    ),
    "arabi21": one(
        (f"https://arabi21.com/story/1034567/{SLUG}", "https://arabi21.com/story/1034567"),
        never=("https://arabi21.com/Rss/SectionNewsRSS?id=1", "https://arabi21.com/stories/c-126/0/x"),
    ),
    "baladi": one(
        (
            f"https://baladi-news.com/ar/articles/22901/{SLUG}",
            f"https://baladi-news.com/public/ar/articles/22901/{SLUG}",
            "https://baladi-news.com/public/index.php/ar/articles/22901/x",
        ),
        never=("https://baladi-news.com/ar", "https://baladi-news.com/ar/articles"),
    ),
    "bbc": one(
        ("https://www.bbc.com/arabic/middleeast-41263456", "https://www.bbc.co.uk/arabic/middleeast-41263456.amp"),
        "https://www.bbc.com/arabic/articles/c0jq2x7wy8po",
        never=("https://www.bbc.com/arabic/middleeast", "https://www.bbc.com/news/world-41263456"),
    ),
    "djazairess": reprints("djazairess.com"),
    "dw": one(
        (f"https://www.dw.com/ar/{SLUG}/a-40512345", "https://www.dw.com/ar/a-40512345"),
        never=("https://www.dw.com/ar/x/s-9106", "https://www.dw.com/de/x/a-40512345"),
    ),
    "elnashra": one(
        (f"https://elnashra.com/news/show/1113387/{SLUG}", "http://www.elnashra.com/news/show/1113387"),
        never=("https://www.elnashra.com/news/category/show/x", "https://www.elnashra.com/rss"),
    ),
    "enabbaladi": one(
        ("https://www.enabbaladi.net/archives/288834", f"https://enabbaladi.net/288834/{SLUG}"),
        never=("https://www.enabbaladi.net/archives/category/online/page/2", "https://www.enabbaladi.net/2017/06"),
    ),
    "france24": one(
        f"https://www.france24.com/ar/20170914-{SLUG}",
        f"https://www.france24.com/ar/{SLUG}/20240124-{SLUG}",
        never=("https://www.france24.com/ar/tag/x/", "https://www.france24.com/en/20170914-astana"),
        day=date(2017, 9, 14),
    ),
    "kazinform": one(
        "https://www.inform.kz/ar/astana-talks_a2676468",
        never=("https://www.inform.kz/ar", "https://www.inform.kz/ru/fk-astana_a2676468"),
    ),
    "maghress": reprints("maghress.com"),
    "manar": one(
        ("https://almanartv.com.lb/1678576", "https://manartv.com.lb/1678576", "https://www.almanar.com.lb/1678576"),
        never=("https://www.almanar.com.lb/tag/x/page/2", "https://www.almanar.com.lb/cat/news/12/page/3"),
    ),
    "masress": reprints("masress.com"),
    "mayadeen": one(
        (f"https://www.almayadeen.net/news/{SLUG}", f"https://instance2.almayadeen.net/news/{SLUG}"),
        f"https://www.almayadeen.net/news/politics/825000/{SLUG}",
        never=("https://www.almayadeen.net/news", "https://www.almayadeen.net/sitemaps/all.xml"),
    ),
    "orient": one(
        (f"https://orient-news.net/ar/news_show/139512/0/{SLUG}", "http://orient-news.net/ar/news_show/139512"),
        never=("https://orient-news.net/en/news_show/139512", "https://orient-news.net/rss"),
    ),
    "reuters": one(
        (
            "http://ara.reuters.com/article/topNews/idARAKBN1BP20170914",
            "http://ara.reuters.com/article/x/idARAKBN1BP20170914",
        ),
        "https://www.reuters.com/ar/world/ABCDEFGH-2024-01-24/",
        never=("https://www.reuters.com/world/x-2024-01-24/", "http://ara.reuters.com/news/topNews"),
        day=date(2017, 9, 14),
    ),
    "rt": one(
        (f"https://arabic.rt.com/middle_east/1631082-{SLUG}/", f"https://arabic.rt.com/news/1631082-{SLUG}/amp"),
        never=("https://arabic.rt.com/middle_east/", "https://arabic.rt.com/rss/", "https://arabic.rt.com/sitemap.xml"),
    ),
    "sana": one(
        ("https://sana.sy/?p=690038", "https://www.sana.sy./?p=690038&utm_source=x", "http://ns2.sana.sy/?p=690038"),
        never=("https://sana.sy/en/?p=7", "https://sana.sy/?cat=29582&paged=2", "https://sana.sy/feed"),
    ),
    "sauress": reprints("sauress.com"),
    "sputnik": one(
        (
            f"https://sarabic.ae/{SPUTNIK}",
            f"https://sarabic.ae/amp/{SPUTNIK}",
            f"https://sputnikarabic.ae/{SPUTNIK}",
            f"https://arabic.sputniknews.com/world/{SPUTNIK}",
            f"https://arabic.sputniknews.com/arab_world/201709141026181902-{SLUG}/",
        ),
        never=("https://sarabic.ae/20170914/", "https://sarabic.ae/services/x/more.html"),
        day=date(2017, 9, 14),
    ),
    "syriatv": one(
        (f"https://www.syria.tv/{SLUG}", f"https://syria.tv/{SLUG}?amp"),
        never=(f"https://www.syria.tv/tag/{SLUG}?page=19", "https://www.syria.tv/rss.xml"),
    ),
    "xinhua": one(
        f"https://arabic.news.cn/20220615/{HEX}/c.html",
        (
            "http://arabic.xinhuanet.com/2017-09/14/c_136609000.htm",
            "http://arabic.news.cn/2017-09/14/c_136609000_2.htm",
        ),
        f"https://arabic.news.cn/20220616/{OTHER_HEX}/c.html",
        never=("https://arabic.news.cn/world/index.htm", "https://arabic.news.cn/"),
        day=date(2022, 6, 15),
    ),
    "youm7": one(
        (
            f"https://www.youm7.com/story/2017/9/14/{SLUG}/3412345",
            f"http://m2.youm7.com/story/2017/9/14/{SLUG}/3412345",
            f"https://parlmany.youm7.com/story/2017/9/14/{SLUG}/3412345",
            "http://94.130.84.54/story/2017/9/14/x/3412345",
        ),
        never=(f"https://www.youm7.com/Section/{SLUG}/88/2", "https://www.youm7.com/rss/SectionRss?SectionID=65"),
        day=date(2017, 9, 14),
    ),
    "zamanalwasl": one(
        ("https://www.zamanalwsl.net/news/article/81234/", "https://www.zamanalwsl.net/news/article/81234"),
        never=("https://www.zamanalwsl.net/news/rss/94/", "https://www.zamanalwsl.net/news/"),
    ),
}
