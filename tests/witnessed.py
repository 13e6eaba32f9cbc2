"""Texts of stories made by hand, for tests of lineage: a wire's item of our own, and what houses make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.digest import sha256_of
from archive.lineage.tree import Tree, grow
from archive.lineage.witness import LONG_AGO, Branch, Houses, Witness
from archive.records import Kind

NOON = datetime(2017, 9, 14, 12, tzinfo=UTC)
WIRE = "وصلة"
HOUSES = Houses(
    outlets={"nakhla": ("النخلة",), "midan": ("الميدان",), "ufuq": ("أفق",), "wasla": ("وكالة وصلة للأنباء",)},
    agencies={WIRE: ("وكالة وصلة للأنباء",), "رويترز": ("رويتر",)},
)
LEAD = "أعلن مدير المرفأ مساء اليوم أن السفينة التي جنحت قرب الرصيف الشمالي عُوِّمت بعد عمل استمر ثلاثة أيام."
CREW = "وقال المدير إن الطاقم كله بخير وإن فحص الهيكل لم يُظهر شقوقًا تمنع السفينة من متابعة طريقها."
TUGS = "وشاركت في العملية أربع قاطرات جاءت اثنتان منها من مرفأ مجاور، بحسب ما أوضحته إدارة الملاحة في بيان."
FISH = "وكان الصيادون قد شكوا من بقعة وقود صغيرة ظهرت في اليوم الأول ثم جمعتها الفرق المختصة قبل أن تتسع."
NEXT = "ومن المنتظر أن يُفتح الممر البحري أمام السفن الكبيرة صباح بعد غد إذا هدأت الرياح."
OWN = "وتجمع عشرات من سكان الحي القديم على السور العالي ليشاهدوا القاطرات وهي تسحب السفينة إلى عرض البحر."
ITEM = (LEAD, CREW, TUGS, FISH, NEXT)


def text(*sentences: str) -> str:
    return "\n\n".join(sentences)


def witness(story: str, *sentences: str, minute: float = 0, lasts: float = 1, **more: object) -> Witness:
    """A text of `<outlet>-…`, published within `lasts` minutes from so many after noon."""
    outlet = story.partition("-")[0]
    said = text(*(sentences or ITEM))
    at = NOON + timedelta(minutes=minute)
    found = Witness(
        story=story,
        outlet=outlet,
        edition=1,
        text_digest=f"sha256:{sha256_of(said.encode())}",
        title="تعويم السفينة الجانحة",
        text=said,
        kind=Kind.NEWS,
        earliest=at,
        latest=at + timedelta(minutes=lasts),
        captured="2026-11-22T10:00:00Z",
        month="2017-09",
        wire=WIRE if outlet == "wasla" else None,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def undated(found: Witness) -> Witness:
    return replace(found, earliest=LONG_AGO, latest=NOON + timedelta(days=3000))


def branch(*versions: Witness) -> Branch:
    """A story of one text or several, the last one being the one last seen."""
    numbered = tuple(replace(each, edition=number) for number, each in enumerate(versions, 1))
    return Branch(current=numbered[-1], versions=numbered)


def tree(*texts: Witness | Branch) -> Tree:
    return grow((one if isinstance(one, Branch) else branch(one) for one in texts), HOUSES)
