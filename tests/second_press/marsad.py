"""«المرصاد», a Lebanese paper with a home-made CMS."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.second_press.pages import TICKER, Item, Page, clock, esc, others, slug


def marsad_path(item: Item) -> str:
    return f"/news/show/{item['id']}/{slug(item['title'])}"


def marsad_frame(title: str, middle: str) -> str:
    ticks = "".join(f'<span class="tk"><b>{hour}:{hour + 7}</b> {line}</span>' for hour, line in enumerate(TICKER, 12))
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html dir="rtl"><head>
<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">
<title>المرصاد - {esc(title)}</title>
<link rel="stylesheet" href="/css/v3.css"><script>var ad_zone = 4; function setFont(n) {{ return n; }}</script>
</head><body>
<div id="wrap"><div id="hd"><div class="clk">{clock()}</div><div class="lg"><a href="/">المرصاد</a></div>
<div class="tkr"><div class="tkr-h">آخر الأخبار</div><div class="tkr-b">{ticks}</div></div>
<div class="mn"><a href="/">الرئيسية</a><a href="/news/list/1">أخبار لبنانية</a><a href="/news/list/2">أخبار إقليمية</a>
<a href="/news/list/3">أخبار دولية</a><a href="/news/list/9">رياضة</a>
<a href="/live">مباشر</a><a href="/contact">اتصل بنا</a></div></div>
<div id="ct">{middle}</div>
<div id="ft"><div>جميع الحقوق محفوظة © {datetime.now(UTC).year} المرصاد</div>
<div>المقالات المنشورة تعبر عن رأي أصحابها ولا يتحمل الموقع أي مسؤولية عنها</div>
<div><a href="/app">حمل تطبيق المرصاد على هاتفك</a> <a href="/rss">خدمة RSS</a></div></div></div></body></html>"""


def marsad_body(item: Item, items: list[Item]) -> str:
    """Paragraphs in one of the three manners that the paper's editors have."""
    manner = item["soup"]
    parts = []
    for part in item["body"]:
        if "h" in part:
            parts.append(
                f"<b>{esc(part['h'])}</b>" if manner == "br" else f'<div class="sub"><b>{esc(part["h"])}</b></div>'
            )
        elif manner == "br":
            parts.append(esc(part["p"]))
        else:
            mark = "div" if manner == "div" else "p"
            parts.append(f"<{mark}>{esc(part['p'])}</{mark}>")
    if "also_at" in item:
        other = others(item, items, 3)[2]
        box = f'<div class="inl"><span>اقرأ أيضاً</span> <a href="{marsad_path(other)}">{esc(other["title"])}</a></div>'
        parts.insert(item["also_at"], box)
    return ("<br /><br />\n" if manner == "br" else "\n").join(parts)


def marsad_story(item: Item, items: list[Item]) -> str:
    image = f"/uploads/{item['stamp']}/{item['id']}_b.jpg"
    caption = f'<div class="cap">{esc(item["caption"])}</div>' if item.get("caption") else ""
    byline = f'<div class="by">{esc(item["byline"])}</div>' if item.get("byline") else ""
    tags = "".join(f'<a href="/tag/{slug(tag)}">{esc(tag)}</a>, ' for tag in item.get("tags", ()))
    related = "".join(
        f'<div class="r"><a href="{marsad_path(o)}"><img src="/uploads/t/{o["id"]}.jpg" alt=""></a>'
        f'<a href="{marsad_path(o)}">{esc(o["title"])}</a></div>'
        for o in others(item, items, 4)
    )
    read = "".join(f'<div class="mr"><i>{n}</i><a href="#">{line}</a></div>' for n, line in enumerate(TICKER[::-1], 1))
    return marsad_frame(
        item["title"],
        f"""<div class="col2"><div class="bx"><div class="bx-h">الأكثر قراءة</div>{read}</div>
<div class="bx"><div class="bx-h">استفتاء</div>
<div>هل تتوقع تشكيل الحكومة قبل نهاية الشهر؟</div><div>نعم</div><div>لا</div></div></div>
<div class="col1"><div class="nw-item">
<div class="crumb"><a href="/">الرئيسية</a> » <a href="/news/list/2">{esc(item["section"])}</a></div>
<div class="nw-t"><h1>{esc(item["title"])}</h1></div>
<div class="nw-d">{esc(item["printed"])}</div>{byline}
<div class="tools"><a href="#" onclick="window.print()">طباعة</a> <a href="#">أرسل إلى صديق</a>
حجم الخط <a href="#">+</a> <a href="#">-</a></div>
<div class="ph"><img src="{image}" alt="">{caption}</div>
<div class="nw-x"><div class="adv">إعلان</div>
{marsad_body(item, items)}
<div class="shr">شارك الخبر: <a href="#">فيسبوك</a> <a href="#">تويتر</a> <a href="#">واتساب</a></div>
</div>
<div class="tg"><span>الكلمات الدالة:</span> {tags}</div>
<div class="cm"><div>التعليقات ({item["id"] % 3})</div><div>أضف تعليقك</div>
<div>الآراء الواردة في التعليقات لا تعبر عن رأي الموقع</div></div>
<div class="rl"><div class="bx-h">أخبار ذات صلة</div>{related}</div>
</div></div>""",
    )


def marsad_list(items: list[Item]) -> str:
    rows = "".join(
        f'<div class="row"><a href="{marsad_path(item)}"><img src="/uploads/t/{item["id"]}.jpg" alt=""></a>'
        f'<div class="rt"><a href="{marsad_path(item)}">{esc(item["title"])}</a></div>'
        f'<div class="rd">{esc(item["section"])}</div></div>'
        for item in reversed(items)
    )
    return marsad_frame(
        "أخبار", f'<div class="col1"><h2>آخر الأخبار</h2>{rows}<div class="pg">1 <a href="#">التالي</a></div></div>'
    )


def answer_marsad(path: str, items: list[Item], port: int) -> Page | None:
    del port
    kind = "text/html"  # the coding stands in the page alone
    if path == "/news/list/2":
        return 200, kind, marsad_list(items).encode("windows-1256", "xmlcharrefreplace")
    if found := re.match(r"/news/show/(\d+)", path):
        for item in items:
            if item["id"] == int(found[1]):
                return 200, kind, marsad_story(item, items).encode("windows-1256", "xmlcharrefreplace")
    return None
