"""Words that tell one event from the next in otherwise equal texts: numbers, days, months, states and places.

Used when two texts are compared word by word; it reads no dates of articles and finds no topics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.arabic import tokens
from archive.likeness.places import PLACES

_NUMBERS = {
    1: "واحد واحدة",
    2: "اثنان اثنين اثنتان اثنتين",
    3: "ثلاثة ثلاث",
    4: "أربعة أربع",
    5: "خمسة خمس",
    6: "ستة ست",
    7: "سبعة سبع",
    8: "ثمانية ثماني ثمان",
    9: "تسعة تسع",
    10: "عشرة عشر",
    20: "عشرون عشرين",
    30: "ثلاثون ثلاثين",
    40: "أربعون أربعين",
    50: "خمسون خمسين",
    60: "ستون ستين",
    70: "سبعون سبعين",
    80: "ثمانون ثمانين",
    90: "تسعون تسعين",
    100: "مئة مائة",
    200: "مئتان مئتين مائتان مائتين",
    300: "ثلاثمئة ثلاثمائة",
    400: "أربعمئة أربعمائة",
    500: "خمسمئة خمسمائة",
    600: "ستمئة ستمائة",
    700: "سبعمئة سبعمائة",
    800: "ثمانمئة ثمانمائة",
    900: "تسعمئة تسعمائة",
    2000: "ألفان ألفين",
}
_ORDINALS = {
    1: "الأول الأولى الحادي الحادية",
    2: "الثاني الثانية",
    3: "الثالث الثالثة",
    4: "الرابع الرابعة",
    5: "الخامس الخامسة",
    6: "السادس السادسة",
    7: "السابع السابعة",
    8: "الثامن الثامنة",
    9: "التاسع التاسعة",
    10: "العاشر العاشرة",
    20: "العشرون العشرين",
    30: "الثلاثون الثلاثين",
}
_TEENS = "عشر عشرة"
_DAYS = {
    1: "الاثنين الإثنين",
    2: "الثلاثاء",
    3: "الأربعاء",
    4: "الخميس",
    5: "الجمعة",
    6: "السبت",
    7: "الأحد",
}
# Gregorian, French-born and Levantine names of one month are one month; the Hijri months are another calendar.
_MONTHS = {
    1: "يناير|جانفي|كانون الثاني",
    2: "فبراير|فيفري|شباط",
    3: "مارس|آذار",
    4: "أبريل|إبريل|نيسان",
    5: "مايو|ماي|أيار",
    6: "يونيو|جوان|حزيران",
    7: "يوليو|يوليوز|جويلية|تموز",
    8: "أغسطس|غشت|آب",
    9: "سبتمبر|شتنبر|أيلول",
    10: "أكتوبر|تشرين الأول",
    11: "نوفمبر|نونبر|تشرين الثاني",
    12: "ديسمبر|دجنبر|كانون الأول",
}
_HIJRI = {
    1: "محرم|المحرم",
    2: "صفر",
    3: "ربيع الأول",
    4: "ربيع الآخر|ربيع الثاني",
    5: "جمادى الأولى",
    6: "جمادى الآخرة|جمادى الثانية",
    7: "رجب",
    8: "شعبان",
    9: "رمضان",
    10: "شوال",
    11: "ذو القعدة|ذي القعدة",
    12: "ذو الحجة|ذي الحجة",
}
# What a report says of an event that lasts, or of a guest, in its first words: the next one says something else.
_PHASES = (
    (
        "افتتح افتتحت يفتتح تفتتح افتتاح دشن دشنت يدشن تدشن تدشين انطلق انطلقت ينطلق تنطلق انطلاق"
        " بدأ بدأت يبدأ تبدأ بدء أطلق أطلقت يطلق تطلق",
        "واصل واصلت يواصل تواصل تواصلت يتواصل تتواصل استمر استمرت يستمر تستمر",
        "اختتم اختتمت يختتم تختتم اختتام ختام انتهى انتهت ينتهي تنتهي أنهى أنهت ينهي تنهي",
    ),
    ("وصل وصلت يصل تصل وصول", "غادر غادرت يغادر تغادر مغادرة"),
)
PHASE_WORDS = 8  # of a text: later ones say what comes next, or what was before
_PEOPLE_ENDINGS = ("ين", "ون", "ه")
_CLITICS = "وفبلك"
_MOST_CLITICS = 2
_CALENDARS = frozenset({"month", "hijri"})
_COUNTED = frozenset({"number", "ordinal"})
_LONGEST_NAME = 2  # words
_FLASH_WORDS = frozenset(tokens("عاجل خبر الآن"))
_SAID_OF = tuple(
    tuple(frozenset(tokens(f"{said} و{said.replace(' ', ' و')}")) for said in phases) for phases in _PHASES
)

Told = Mapping[str, frozenset[str]]  # names by class


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One telling word: its class (digits, number, ordinal, day, month, hijri, place) and which one it is."""

    sort: str
    which: str


def _key(name: str) -> tuple[str, ...]:
    return tuple(tokens(name))


def _table() -> dict[tuple[str, ...], Fact]:
    table: dict[tuple[str, ...], Fact] = {}
    for sort, names in (("number", _NUMBERS), ("ordinal", _ORDINALS), ("day", _DAYS)):
        for value, spellings in names.items():
            table.update({_key(name): Fact(sort=sort, which=str(value)) for name in spellings.split()})
    for sort, names in (("month", _MONTHS), ("hijri", _HIJRI)):
        for value, spellings in names.items():
            table.update({_key(name): Fact(sort=sort, which=str(value)) for name in spellings.split("|")})
    for line in PLACES.split("\n"):
        for name in filter(None, line.split("|")):
            table.setdefault(_key(name), Fact(sort="place", which=line))
    return table


_FACTS = _table()
_FIRST_WORDS = frozenset(name[0] for name in _FACTS)
_TEEN_WORDS = frozenset(_key(word) for word in _TEENS.split())


@lru_cache(maxsize=1 << 14)
def _bare(word: str) -> tuple[str, ...]:
    """The word, and what is left without one and two clitics («وبدير»); «لل» stands for «ل» before «ال»."""
    forms = [word]
    while len(forms) <= _MOST_CLITICS and len(word) > 3 and word[0] in _CLITICS:
        word = "ا" + word[1:] if word.startswith("لل") else word[1:]
        forms.append(word)
    return tuple(forms)


@lru_cache(maxsize=1 << 14)
def _people(word: str) -> Fact | None:
    """«السوريين», «والسورية» as the state they belong to: the table holds the masculine «سوري»."""
    bare = word.removeprefix("و").removeprefix("لل").removeprefix("ال")
    for ending in _PEOPLE_ENDINGS:
        if bare.endswith(ending):
            bare = bare.removesuffix(ending)
            break
    return _FACTS.get((bare if bare.endswith("ي") else bare + "ي",))


@lru_cache(maxsize=1 << 16)
def _may_tell(word: str) -> bool:
    """Whether a telling word or name can begin with it."""
    return word.isdigit() or not _FIRST_WORDS.isdisjoint(_bare(word)) or _people(word) is not None


def _single(words: Sequence[str], at: int) -> tuple[Fact | None, int]:
    word = words[at]
    if word.isdigit():
        return Fact(sort="digits", which=word), 1
    if not _may_tell(word):
        return None, 1
    for form in _bare(word):
        for length in range(_LONGEST_NAME, 0, -1):
            found = _FACTS.get((form, *words[at + 1 : at + length]))
            if found and len(words) >= at + length:
                return found, length
    return _people(word), 1


def facts(words: Sequence[str]) -> Iterator[Fact]:
    """The telling words among folded ones (arabic.tokens); a teen («الحادية عشرة», «ثلاثة عشر») is one fact."""
    at = 0
    while at < len(words):
        found, length = _single(words, at)
        at += length
        if found is None:
            continue
        if found.sort in _COUNTED and len(found.which) == 1 and tuple(words[at : at + 1]) in _TEEN_WORDS:
            found = Fact(sort=found.sort, which=str(10 + int(found.which)))
            at += 1
        yield found


def swapped(one: Sequence[str], other: Sequence[str]) -> frozenset[str]:
    """The classes in which two passages, one standing where the other stands, name different things (`apart`)."""
    return apart(told(tuple(one)), told(tuple(other)))


def apart(here: Told, there: Told) -> frozenset[str]:
    """The classes in which two passages, one standing where the other stands, name different things.

    A number in words is not held against one in digits, nor a day of one calendar against a day of the other; digits
    grouped in another way («45999540», «540 ر 999 ر 45») are the same digits.
    """
    found = {
        sort for sort in here.keys() & there.keys() if not (here[sort] <= there[sort] or there[sort] <= here[sort])
    }
    if "digits" in found and _digits(here) == _digits(there):
        found.discard("digits")
    if (here.keys() & _CALENDARS) != (there.keys() & _CALENDARS):
        found -= {"digits", "number", "ordinal"}
    return frozenset(found)


@lru_cache(maxsize=1 << 14)  # a text is compared with many, and parts from them at the same places
def told(words: tuple[str, ...]) -> Told:
    """What the telling words among folded ones (arabic.tokens) name, by class."""
    if not any(map(_may_tell, words)):
        return {}
    found: dict[str, set[str]] = {}
    for fact in facts(words):
        found.setdefault(fact.sort, set()).add(fact.which)
    return {sort: frozenset(names) for sort, names in found.items()}


def _digits(found: Told) -> Counter[str]:
    return Counter("".join(found["digits"]).replace("0", ""))


def bare_flash(words: Sequence[str]) -> tuple[str, ...]:
    """A one-line flash without the words that only call it one («عاجل», «خبر عاجل»)."""
    return tuple(word for word in words if word not in _FLASH_WORDS)


def other_phase(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts open with other phases of what they tell of: it begins in the one and ends in the other."""
    openings = frozenset(one[:PHASE_WORDS]), frozenset(other[:PHASE_WORDS])
    for phases in _SAID_OF:
        here, there = ({at for at, said in enumerate(phases) if said & opening} for opening in openings)
        if here and there and here.isdisjoint(there):
            return True
    return False
