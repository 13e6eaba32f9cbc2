"""«بوابة الساحل», a Gulf portal."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.second_press.pages import TICKER, Item, Page, clock, esc, others

KICKERS = {"politics": "سياسة", "reports": "تقارير", "sport": "رياضة", "culture": "ثقافة"}
SHARES = ("فيسبوك", "تويتر", "واتساب", "تلغرام", "نسخ الرابط")


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
