"""What stands around an article, by a table of words (furniture.yml) and what its outlet taught; block by block."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lxml import etree

from archive.arabic import fold
from crawler.facts import Facts, load
from crawler.page import dom
from crawler.page.blocks import Block
from crawler.page.names import Names, NameTable
from crawler.page.taught import NOTHING, Taught

TABLE = Path(__file__).with_name("furniture.yml")
SHORT = 90  # letters up to which a block that opens like furniture is furniture even without a link
BEGINNING = 160  # code points of a block that are looked at for an opening
LONGEST_LINE = 700  # code points of a furniture line
LONGEST_TAGS = 300  # code points of a line of tags
TAG_WORDS = 4  # of one tag
LONGEST_BYLINE = 60  # code points of a line that is a name and the word before it
NAME_WORDS = 6  # of a name with its rank or desk: «محرر الشؤون الإقليمية»
LONGEST_HEADING = 80  # of a heading that closes an article
OURS = "نا"  # ends «قناتنا», «تابعونا»: a line without it asks for nothing
LEARNED = "learned"  # the zone of a box that was learned
_NEUTRAL = frozenset({"html", "body", "main", "article", "form"})  # tags that open no zone, whatever their names
_TELLING = frozenset({"class", "id", "role", "hidden", "aria-hidden", "style"})  # attributes that may open a zone
_HIDING = frozenset({"hidden", "aria-hidden", "style"})
_CLASS = ["class"]  # what most elements that say anything say
_BODY_PROPS = frozenset({"articleBody", "text"})
_ARABIC = re.compile("[\u0621-\u064a]+")
_WORDS = re.compile("[0-9a-z\u0621-\u064a]+")
_PARTS = re.compile("[,،|#•·]")  # of a list of tags
_COUNTED = re.compile(r"\s*[(\[]?[0-9]+[)\]]?$")  # «التعليقات (3)»
_WHEN = r"(?:(?:{ar}{2,10}[,،]?\s++){0,3}[0-9][^؟!]{0,50}|منذ (?:[0-9]|{ar}{3,8}$).{0,30})"
# A day alone, with its hour or without: nothing may follow.
_DAY = (
    r"(?:(?:السبت|الأحد|الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة)[,،]?\s*+)?(?:[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|"
    r"[0-9]{1,2} {ar}{3,8}(?: (?:الأول|الثاني))?(?:\s*/\s*{ar}{3,8})?[,،]? [0-9]{4}|{ar}{3,8} [0-9]{1,2}[,،] [0-9]{4})"
    r"(?:[\s|,،-]{1,4}(?:الساعة )?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s*+(?:ص|م|صباحا|مساء|am|pm|gmt)?)?"
)
# «اقرأ أيضاً .. عنوان», and a label that its headline is glued to: «اقرأ أيضاعنوان».
_ANNOUNCED = re.compile(
    r"(?:[ء-ي]{1,14} ){0,2}(?:ايضا(?:\s*(?:\.\.|…|[|>\"»←])|[ء-ي])|(?:المزيد|ذات صله)\s*(?:\.\.|[|>←]))"
)
_NETS = r"{net}(?:\s?[،,/|و]\s?(?:و ?)?{net}){0,6}+"  # social networks, with «و» and commas between them
_EDGE_SIGNS = " .:|-–—•»«\"'*>< \N{LEFTWARDS ARROW}\N{RIGHTWARDS ARROW}!?()[]،,؛"


class _BylineLines(Facts):
    signing: tuple[str, ...]
    colon: tuple[str, ...]
    never: tuple[str, ...]


class _Table(Facts):
    lines: tuple[str, ...]
    own: tuple[str, ...]
    openings: tuple[str, ...]
    closers: tuple[str, ...]
    may_close: tuple[str, ...]
    closing: tuple[str, ...]
    tags: tuple[str, ...]
    may_tag: tuple[str, ...]
    writers: tuple[str, ...]
    bylines: tuple[str, ...]
    byline_lines: _BylineLines
    houses: tuple[str, ...]
    wires: tuple[str, ...]
    credits: tuple[str, ...]
    patterns: tuple[str, ...]
    network: str
    asked: tuple[str, ...]
    asking: tuple[str, ...]
    following: tuple[str, ...]
    reporting: tuple[str, ...]
    zones: dict[str, tuple[str, ...]]
    frames: tuple[str, ...]
    layouts: tuple[str, ...]
    besides: tuple[str, ...]
    printed: tuple[str, ...]
    unseen: tuple[str, ...]
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """The table, folded and compiled, and what was learned of the outlet's own pages."""

    lines: frozenset[str]
    own: frozenset[str]
    asked: frozenset[str]
    openings: tuple[str, ...]
    closers: frozenset[str]
    hints: frozenset[str]
    closing: re.Pattern[str]
    tagging: re.Pattern[str]
    may_tag: re.Pattern[str]
    writers: frozenset[str]
    bylines: frozenset[str]
    byline_line: re.Pattern[str]
    never_named: frozenset[str]
    houses: frozenset[str]
    credit: re.Pattern[str]
    pattern: re.Pattern[str]
    asking: re.Pattern[str]
    following: re.Pattern[str]
    names: Names
    taught: Taught = NOTHING

    def zone(self, element: etree._Element) -> str | None:
        """The zone an element opens by its tag, role or class names, or by what was learned; else None."""
        tag = element.tag
        zone = dom.ZONE_TAGS.get(tag)
        if zone is None and tag not in _NEUTRAL and (said := element.keys()):
            if said == _CLASS:
                zone = self.names.zone(element.get("class") or "")
            elif not _TELLING.isdisjoint(said):
                zone = self._zone_by_names(element, said)
        if zone is None and self.taught is not NOTHING and self.taught.is_box(element):
            return LEARNED
        return zone

    def _zone_by_names(self, element: etree._Element, said: Iterable[str | bytes]) -> str | None:
        if not _HIDING.isdisjoint(said) and dom.is_hidden(element):
            return "hidden"
        zone = self.names.zone(dom.said(element))
        return None if zone and element.get("itemprop") in _BODY_PROPS else zone

    def is_guess(self, element: etree._Element) -> bool:
        """Whether nothing but the end of a long name opens an element's zone."""
        return element.tag not in dom.ZONE_TAGS and self.names.is_guess(dom.said(element))

    def is_named(self, element: etree._Element) -> bool:
        """Whether an element's zone is opened by its tag or by a name that stands in the table as it is."""
        return element.tag in dom.ZONE_TAGS or self.names.is_whole(dom.said(element))

    def is_body(self, element: etree._Element) -> bool:
        """Whether an element's names say that it holds an article's text."""
        return element.get("itemprop") in _BODY_PROPS or self.names.is_body(dom.said(element))

    def is_line(self, text: str) -> bool:
        """Whether a whole block is furniture by its words alone."""
        if self.taught.is_line(text) and not self.is_credit(text):
            return True
        if len(text) > LONGEST_LINE:
            return False
        folded = fold(text)
        if self.bare(folded) in self.lines or (OURS in folded and self.asking.fullmatch(folded)):
            return True
        tagged = self.tagging.match(folded) if len(folded) <= LONGEST_TAGS else None
        return self.pattern.fullmatch(folded) is not None or (tagged is not None and self._ends(tagged, folded))

    @staticmethod
    def _ends(tagged: re.Match[str], folded: str) -> bool:
        """Whether a label of tags is all that a line holds, or has its colon and no sentence behind it."""
        rest = folded[tagged.end() :].lstrip()
        if rest and rest[-1] in ".؟?!" and any(len(part.split()) > TAG_WORDS for part in _PARTS.split(rest)):
            return False
        return not rest or rest[0] in ":|"

    def is_tags(self, block: Block) -> bool:
        """Whether a block is a label of tags, alone, with a colon or with links behind it."""
        if len(block.text) > LONGEST_TAGS:
            return False
        folded = fold(block.text)
        tagged = self.tagging.match(folded)
        return tagged is not None and (self._ends(tagged, folded) or block.link_share > 0.4)

    @staticmethod
    def is_word_list(text: str) -> bool:
        """Whether a line is a list of tags without links: few words each, between commas, and no sentence."""
        if len(text) > LONGEST_TAGS or text[-1:] in tuple(".؟?!:"):
            return False
        parts = [part for part in _PARTS.split(text) if part.strip()]
        return len(parts) > 1 and all(len(part.split()) <= TAG_WORDS for part in parts)

    def may_end(self, text: str, names: Sequence[str]) -> bool:
        """Whether a line is none of the text that it stands behind: a list of tags, a plea with a name of the site."""
        if len(text) > LONGEST_TAGS:
            return False
        folded = fold(text)
        if label := self.may_tag.match(folded):
            rest = folded[label.end() :].lstrip()  # a sentence may begin with a word that other pages write over tags
            is_label = rest[:1] in tuple(":|") or self.tagging.match(folded) is not None
            return is_label and self.is_word_list(rest.lstrip(" :|-"))
        asked = self.following.fullmatch(folded)
        said = "" if asked is None else next(filter(None, asked.groups())).strip(_EDGE_SIGNS)
        return bool(said) and (self.is_house(said, names) or any(self.is_house(name, [said]) for name in names))

    def is_opening(self, block: Block) -> bool:
        """Whether a block begins like «اقرأ أيضاً: …» and is short or mostly a link."""
        return self.opens(block.text, block.size, block.link_share)

    def opens(self, text: str, letters: int, link_share: float = 0.0) -> bool:
        """The same of a line without its markup."""
        if self.taught.opens(text, link_share) and not self.is_credit(text):
            return True
        if link_share <= 0.4 and letters > SHORT:
            return False
        folded = fold(text[:BEGINNING]).lstrip(_EDGE_SIGNS)
        if not folded.startswith(self.openings):
            return False
        if link_share > 0.4 or letters <= SHORT // 3:
            return True
        return letters <= SHORT and (":" in folded[:40] or _ANNOUNCED.match(folded) is not None)

    def is_closer(self, text: str) -> bool:
        """Whether a block is the heading of what follows an article: related links, comments."""
        if len(text) > LONGEST_HEADING:
            return False
        return (_COUNTED.sub("", said) if (said := self.bare(fold(text)))[-1:].isdigit() else said) in self.closers

    def may_close(self, text: str) -> bool:
        """Whether a block may be such a heading, or a reporter's: «سوابق مشابهة»; what follows it tells."""
        if len(text) > LONGEST_HEADING:
            return False
        key = self.bare(fold(text))
        return (_COUNTED.sub("", key) if key[-1:].isdigit() else key) in self.hints or bool(self.closing.fullmatch(key))

    def is_asked(self, text: str) -> bool:
        """Whether these are the words of a link by which a box asks for a reader's name, money or time."""
        return len(text) <= LONGEST_BYLINE and self.bare(fold(text).lower()) in self.asked

    def is_own(self, text: str) -> bool:
        """Whether a block is the article's wherever it stands: «عاجل»."""
        return self.bare(fold(text[:BEGINNING])) in self.own

    def is_credit(self, text: str) -> bool:
        """Whether a short last line is the article's own: «المصدر: …», «انتهى»."""
        return self.credit.fullmatch(fold(text)) is not None

    def without_by(self, text: str) -> str:
        """An author's name without the «بقلم:» before it."""
        head, _, rest = text.partition(":") if ":" in text[:BEGINNING] else text.partition(" ")
        if rest and self.bare(fold(head).lower()) in self.bylines:
            return rest.strip(_EDGE_SIGNS)
        return text.strip()

    def byline(self, text: str) -> str | None:
        """The name in a line that is a byline by its words alone, «إعداد: …», «كتب محرر …»; else None."""
        if len(text) > LONGEST_BYLINE or text[-1:] in tuple(".؟?!…") or self.is_line(text):
            return None
        text = text.rstrip(" :")
        signed = self.byline_line.match(fold(text))
        words = text.replace(":", " : ", 1).split()
        name = words[words.index(":") + 1 :] if ":" in words else words[1:]
        said = set(fold(" ".join(name)).split())
        if signed is None or not 0 < len(name) <= NAME_WORDS or said & self.never_named:
            return None
        return None if any(map(str.isdigit, "".join(said))) else " ".join(name).strip(_EDGE_SIGNS) or None

    def is_house(self, text: str, names: Iterable[str]) -> bool:
        """Whether a headline is a name of the site among words that say no more: «وكالة … الإخبارية»."""
        said = _WORDS.findall(fold(text).lower())
        for name in names:
            own = _WORDS.findall(fold(name).lower())
            for at in range(len(said) - len(own) + 1) if own else ():
                if said[at : at + len(own)] == own and self.houses.issuperset(said[:at] + said[at + len(own) :]):
                    return True
        return False

    @staticmethod
    def bare(folded: str) -> str:
        """A folded text without the signs at its ends."""
        return folded.strip(_EDGE_SIGNS)


def _opened(words: tuple[str, ...]) -> str:
    """The table's words as a pattern, longest first, each up to its end."""
    folded = sorted({fold(word).lower() for word in words}, key=len, reverse=True)
    return "(?:" + "|".join(map(re.escape, folded)) + ")"


def _label(words: tuple[str, ...]) -> re.Pattern[str]:
    """One of the words, whole, at the beginning of a line."""
    return re.compile(rf"[^0-9a-z\u0621-\u064a]*{_opened(words)}(?![0-9a-z\u0621-\u064a])")


def _word(words: tuple[str, ...]) -> str:
    """One of the words, whole."""
    return "(?<![a-z{letters}])" + _opened(words) + "(?![a-z{letters}])"


def _compiled(
    patterns: tuple[str, ...], reporting: tuple[str, ...] = (), wires: tuple[str, ...] = (), network: str = ""
) -> re.Pattern[str]:
    whole = "|".join(f"(?:{pattern})" for pattern in patterns)
    whole = whole.replace("{nets}", _NETS).replace("{net}", network)
    whole = whole.replace("{told}", "(?!.*" + _word(reporting) + ")").replace("{wire}", _word(wires))
    whole = whole.replace("{when}", _WHEN).replace("{day}", _DAY)
    whole = whole.replace("{name}", "([^.؟!،]{2,40}?)")
    whole = _ARABIC.sub(lambda word: fold(word.group()), whole)
    letters = "\u0621-\u064a"
    return re.compile(whole.replace("{ar}", f"[{letters}]").replace("{letters}", letters))


@cache
def _read() -> Furniture:
    table = load(TABLE, _Table)
    zones = {name: zone for zone, names in table.zones.items() for name in names}
    return Furniture(
        lines=frozenset(Furniture.bare(fold(line)) for line in table.lines),
        asked=frozenset(fold(words) for words in table.asked),
        own=frozenset(Furniture.bare(fold(line)) for line in table.own),
        openings=tuple(sorted({fold(line) for line in table.openings})),
        closers=frozenset(fold(line) for line in table.closers),
        hints=frozenset(fold(line) for line in table.may_close),
        closing=_compiled(table.closing),
        tagging=_label(table.tags),
        may_tag=_label((*table.tags, *table.may_tag)),
        writers=frozenset(map(fold, table.writers)),
        bylines=frozenset(fold(word) for word in (*table.bylines, *table.byline_lines.colon)),
        byline_line=re.compile(
            rf"{_opened(table.byline_lines.signing)}\s*[:/]?\s|"
            rf"(?:{_opened(table.byline_lines.signing)}|{_opened(table.byline_lines.colon)})\s*:"
        ),
        never_named=frozenset(fold(word) for word in table.byline_lines.never),
        houses=frozenset(fold(part) for words in table.houses for part in words.split()),
        credit=_compiled(table.credits),
        pattern=_compiled(table.patterns, table.reporting, table.wires, table.network),
        asking=_compiled(table.asking, table.reporting, network=table.network),
        following=_compiled(table.following, network=table.network),
        names=Names(
            NameTable(
                zones=zones,
                frames=frozenset(table.frames),
                layouts=frozenset(table.layouts),
                besides=frozenset(table.besides),
                printed=frozenset(table.printed),
                unseen=frozenset(table.unseen),
                bodies=frozenset(table.bodies),
            )
        ),
    )


def furniture(learned: Taught = NOTHING) -> Furniture:
    """The built-in table with what was learned of an outlet.

    Raises:
        FactsError: furniture.yml is broken; the message names the line.
    """
    known = _read()
    return replace(known, taught=learned) if learned else known
