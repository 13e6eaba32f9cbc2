"""A reviewer's second press: two outlets in layouts of their own, served on two loopback ports.

«المرصاد» is a Lebanese paper with a home-made CMS: windows-1256, div soup, a ticker, dates often without a year.
«بوابة الساحل» is a Gulf portal: UTF-8, JSON state, AMP twins, a bold summary, inline «اقرأ أيضاً», teasers at the foot.

    python -m tests.second_press.serve FOLDER    # writes FOLDER/marsad.yml and FOLDER/sahil.yml, serves until stopped
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Item = dict[str, Any]
Press = dict[str, list[Item]]
Page = tuple[int, str, bytes]

WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
LEVANTINE = (
    *("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"),
    *("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
)
TICKER = (
    "سعر صرف الدولار يستقر عند الإغلاق",
    "زحمة سير خانقة على أوتوستراد جونية",
    "الأرصاد: أمطار متفرقة غدا وثلوج على المرتفعات",
    "وزير الصحة: حملة التلقيح تبدأ مطلع الأسبوع",
)
KICKERS = {"politics": "سياسة", "reports": "تقارير", "sport": "رياضة", "culture": "ثقافة"}
SHARES = ("فيسبوك", "تويتر", "واتساب", "تلغرام", "نسخ الرابط")


def load(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def esc(text: str) -> str:
    return html.escape(text, quote=False)


def slug(title: str) -> str:
    return urllib.parse.quote("-".join(re.findall(r"\w+", title)))


def clock() -> str:
    """The header's clock: the day of the visit, not of any story."""
    now = datetime.now(UTC)
    return f"{WEEKDAYS[now.weekday()]} {now.day} {LEVANTINE[now.month - 1]} {now.year} - {now:%H:%M}"


def others(item: Item, items: list[Item], count: int) -> list[Item]:
    """The items that follow it, round the clock."""
    place = items.index(item)
    return [items[(place + step) % len(items)] for step in range(1, count + 1)]


# المرصاد


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


# بوابة الساحل


def sahil_path(item: Item, amp: bool = False) -> str:
    return f"{'/amp' if amp else ''}/{item['section']}/story/{item['id']}"


def lead_of(item: Item) -> str:
    return str(next(part["p"] for part in item["body"] if "p" in part))


def summary_of(item: Item) -> str:
    """The bold summary: the lead told twice, whole or its first half."""
    lead = lead_of(item)
    kind: str | None = item["summary"]
    if kind is None:
        return ""
    told = re.sub(r"^.{3,25}?(?:\) -|[:.]) ", "", lead)  # without the dateline
    return told if kind == "lead" else told.partition("،")[0]


def sahil_parts(item: Item, items: list[Item]) -> str:
    parts = []
    for part in item["body"]:
        if "also" in part:
            other = others(item, items, 2)[1]
            parts.append(f'<p><strong>اقرأ أيضاً: <a href="{sahil_path(other)}">{esc(part["also"])}</a></strong></p>')
        elif "h" in part:
            parts.append(f"<h3>{esc(part['h'])}</h3>")
        else:
            parts.append(f"<p>{esc(part['p'])}</p>")
    return "\n".join(parts)


def sahil_state(item: Item, items: list[Item], port: int) -> str:
    def short(one: Item) -> dict[str, Any]:
        return {"id": one["id"], "headline": one["title"], "publishedAt": one["iso"], "url": sahil_path(one)}

    state = {
        "app": {"locale": "ar-AE", "builtAt": datetime.now(UTC).isoformat(), "host": f"http://127.0.0.1:{port}"},
        "story": {**short(item), "kicker": KICKERS[item["section"]], "summary": summary_of(item), "comments": 0},
        "related": [short(one) for one in others(item, items, 3)],
    }
    return json.dumps(state, ensure_ascii=False).replace("</", "<\\/")


def sahil_frame(title: str, head: str, body: str) -> str:
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{esc(title)} | بوابة الساحل</title><meta property="og:site_name" content="بوابة الساحل">
<meta property="og:title" content="{html.escape(title)}"><meta name="viewport" content="width=device-width">
{head}</head><body>{body}</body></html>"""


def sahil_top() -> str:
    links = "".join(f'<li><a href="/{name}">{label}</a></li>' for name, label in (
        ("politics", "سياسة"), ("economy", "اقتصاد"), ("sport", "رياضة"), ("culture", "ثقافة"), ("video", "فيديو")
    ))  # fmt: skip
    return f"""<header><span class="today">{clock()}</span><a class="brand" href="/">بوابة الساحل</a>
<nav><ul>{links}</ul></nav>
<form action="/search"><input name="q" aria-label="ابحث"></form>
<div class="breaking"><b>عاجل</b> {TICKER[2]}</div></header>"""


def sahil_foot() -> str:
    return """<section class="newsletter"><h4>النشرة البريدية</h4>
<p>اشترك في نشرتنا لتصلك أهم الأخبار كل صباح</p></section>
<footer><p>بوابة الساحل © جميع الحقوق محفوظة</p>
<ul><li>من نحن</li><li>سياسة الخصوصية</li><li>أعلن معنا</li></ul></footer>"""


def sahil_story(item: Item, items: list[Item], port: int) -> str:
    summary = summary_of(item)
    bold = f'<div class="summary"><strong>{esc(summary)}</strong></div>' if summary else ""
    caption = item.get("caption")
    figure = (
        f'<figure><img src="/img/{item["id"]}.jpg" alt="{html.escape(caption)}">'
        f"<figcaption>{esc(caption)}</figcaption></figure>"
        if caption
        else ""
    )
    updated = f'<span class="updated">آخر تحديث: {esc(item["updated"])}</span>' if item.get("updated") else ""
    shares = "".join(f"<li>{label}</li>" for label in SHARES)
    teasers = "".join(
        f'<div class="teaser"><h4><a href="{sahil_path(o)}">{esc(o["title"])}</a></h4>'
        f'<p>{esc(lead_of(o))[:110]}... <a href="{sahil_path(o)}">اقرأ المزيد</a></p></div>'
        for o in others(item, items, 2)
    )
    head = f"""<link rel="canonical" href="http://127.0.0.1:{port}{sahil_path(item)}">
<link rel="amphtml" href="http://127.0.0.1:{port}{sahil_path(item, amp=True)}">
<script>window.__INITIAL_STATE__={sahil_state(item, items, port)};</script>"""
    body = f"""{sahil_top()}<main><article class="story">
<span class="kicker">{KICKERS[item["section"]]}</span><h1>{esc(item["title"])}</h1>
<div class="meta"><span class="author">بوابة الساحل</span>
<span class="published">{esc(item["printed"])}</span> {updated}</div>
<ul class="share">{shares}</ul>{bold}{figure}
<div class="story-text">
{sahil_parts(item, items)}
</div>
<div class="share-again"><span>شارك المقال عبر</span><ul>{shares}</ul></div>
<div class="more"><h4>مواضيع قد تهمك</h4>{teasers}</div>
</article>
<aside><h4>الأكثر مشاهدة</h4><ol>{"".join(f"<li>{line}</li>" for line in TICKER)}</ol></aside></main>{sahil_foot()}"""
    return sahil_frame(item["title"], head, body)


def sahil_amp(item: Item, items: list[Item], port: int) -> str:
    summary = summary_of(item)
    caption = item.get("caption") or ""
    body = f"""<header><a href="/">بوابة الساحل</a></header><article><h1>{esc(item["title"])}</h1>
<p class="when">{esc(item["printed"])}</p><p class="summary"><strong>{esc(summary)}</strong></p>
<amp-img src="/img/{item["id"]}.jpg" width="800" height="450" layout="responsive"></amp-img>
<p class="caption">{esc(caption)}</p>
{sahil_parts(item, items)}
<amp-social-share type="twitter"></amp-social-share>
<p><a href="{sahil_path(item)}">عرض النسخة الكاملة</a></p></article>"""
    head = (
        f'<link rel="canonical" href="http://127.0.0.1:{port}{sahil_path(item)}"><script async src="/v0.js"></script>'
    )
    return sahil_frame(item["title"], head, body).replace("<html ", "<html amp ")


def sahil_list(items: list[Item]) -> str:
    cards = "".join(
        f'<div class="card"><a href="{sahil_path(item, amp=item["id"] % 4 == 1)}"><h3>{esc(item["title"])}</h3></a>'
        f'<p>{esc(lead_of(item))[:90]}...</p></div>'
        for item in reversed(items)
    )  # fmt: skip
    twins = "".join(f'<a href="{sahil_path(item)}">{esc(item["title"])}</a> ' for item in items if item["id"] % 4 == 1)
    return sahil_frame(
        "سياسة", "", f"{sahil_top()}<main><h2>آخر الأخبار</h2>{cards}<div>{twins}</div></main>{sahil_foot()}"
    )


# Answers


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


def answer_sahil(path: str, items: list[Item], port: int) -> Page | None:
    kind = "text/html; charset=utf-8"
    if path == "/latest":
        return 200, kind, sahil_list(items).encode()
    if found := re.fullmatch(r"(/amp)?/[a-z]+/story/(\d+)", path):
        for item in items:
            if item["id"] == int(found[2]):
                write = sahil_amp if found[1] else sahil_story
                return 200, kind, write(item, items, port).encode()
    return None


ANSWERS: dict[str, Callable[[str, list[Item], int], Page | None]] = {"marsad": answer_marsad, "sahil": answer_sahil}
OUTLETS = {
    "marsad": r"""name: المرصاد
english: Marsad
country: LB
timezone: Asia/Beirut
language: ar
hosts: ["127.0.0.1:{port}"]
seeds:
  - {{kind: section, url: "http://127.0.0.1:{port}/news/list/2"}}
story:
  url: ^/news/show/\d+
  id: ^/news/show/(?P<id>\d+)
pace: {{delay: 0.01, concurrency: 1}}
allow_private: true
""",
    "sahil": r"""name: بوابة الساحل
english: Sahil
country: AE
timezone: Asia/Dubai
language: ar
hosts: ["127.0.0.1:{port}"]
seeds:
  - {{kind: section, url: "http://127.0.0.1:{port}/latest"}}
story:
  url: ^/(amp/)?[a-z]+/story/\d+
  id: ^/(?:amp/)?[a-z]+/story/(?P<id>\d+)
pace: {{delay: 0.01, concurrency: 1}}
allow_private: true
""",
}


def server(outlet: str, items: list[Item], port: int) -> ThreadingHTTPServer:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urllib.parse.urlsplit(self.path).path
            bound = int(self.connection.getsockname()[1])
            if path == "/robots.txt":
                page: Page | None = (200, "text/plain", b"User-agent: *\nDisallow: /search\n")
            else:
                page = ANSWERS[outlet](path, items, bound)
            status, kind, body = page or (404, "text/html; charset=utf-8", "<h1>الصفحة غير موجودة</h1>".encode())
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silence."""

    return ThreadingHTTPServer(("127.0.0.1", port), Answer)


@contextlib.contextmanager
def serving(folder: Path, ports: tuple[int, int] = (0, 0)) -> Iterator[dict[str, int]]:
    """Both outlets up, their YAML files in the folder; port 0 takes a free one."""
    press: Press = load("press.json")
    folder.mkdir(parents=True, exist_ok=True)
    up = {name: server(name, press[name], port) for name, port in zip(OUTLETS, ports, strict=True)}
    bound = {name: int(one.server_address[1]) for name, one in up.items()}
    for name, text in OUTLETS.items():
        (folder / f"{name}.yml").write_text(text.format(port=bound[name]), encoding="utf-8")
    for one in up.values():
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        yield bound
    finally:
        for one in up.values():
            one.shutdown()
            one.server_close()


def main() -> None:
    words = argparse.ArgumentParser(description="Serves the second press until stopped.")
    words.add_argument("folder", type=Path, help="where the two outlet files go")
    words.add_argument("--ports", type=int, nargs=2, default=(0, 0))
    said = words.parse_args()
    with serving(said.folder, tuple(said.ports)) as bound:
        print(bound, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
