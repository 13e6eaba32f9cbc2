"""Arabic letters: what is kept (`clean`) and what is compared (`fold`, `tokens`, `search_key`); it never translates.

`clean` changes nothing that a reader of the page saw, and names what it mends. The keys lose on purpose and are never
shown. Characters are named as in the Unicode Character Database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

from archive.bytemap import ByteMap

Repair = Callable[[str], str]

# --- classes of characters, as they stand between the brackets of a regular expression ------------------------------
LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f\u08a0-\u08c7"
)
MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
TATWEEL = "\u0640"  # ARABIC TATWEEL, also called kashida


def _span(first: int, last: int) -> str:
    """All characters from the first code point to the last."""
    return "".join(map(chr, range(first, last + 1)))


def _table(pairs: Iterable[tuple[str, str]]) -> dict[int, str]:
    """A `str.translate` table: each character of the first string becomes the second string."""
    return {ord(letter): put for letters, put in pairs for letter in letters}


def _presentation_forms() -> dict[int, str]:
    """ARABIC PRESENTATION FORMS-A and -B as plain letters (NFKC of these blocks alone); a mark's carrier is dropped."""
    table: dict[int, str] = {}
    for form in _span(0xFB50, 0xFDFF) + _span(0xFE70, 0xFEFC):
        plain = unicodedata.normalize("NFKC", form)
        bare = plain.strip(f" {TATWEEL}")
        table[ord(form)] = bare if all(map(unicodedata.combining, bare)) else plain
    return {form: plain for form, plain in table.items() if plain != chr(form)}


# --- clean: what is kept --------------------------------------------------------------------------------------------
# LINE TABULATION, FORM FEED, NEXT LINE, LINE SEPARATOR and PARAGRAPH SEPARATOR end a line too.
LINE_ENDS = re.compile("\r\n?|[\u000b\u000c\u0085\u2028\u2029]")
# ARABIC LETTER MARK, LEFT-TO-RIGHT and RIGHT-TO-LEFT MARK; embeddings, overrides, isolates.
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# SOFT HYPHEN, COMBINING GRAPHEME JOINER, MONGOLIAN VOWEL SEPARATOR, ZERO WIDTH SPACE, NON-JOINER and JOINER, WORD
# JOINER and its kin, ZERO WIDTH NO-BREAK SPACE. Nobody saw a gap where they stand, so none is put there: in Arabic the
# NON-JOINER only stops two letters of one word from joining (as the edge between word parts it is Persian).
ZERO_WIDTH = re.compile("[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff]")
CONTROLS = re.compile("[\u0000-\u0008\u000e-\u001f\u007f-\u009f]")
# CHARACTER TABULATION, NO-BREAK SPACE, OGHAM SPACE MARK, EN QUAD to HAIR SPACE, NARROW NO-BREAK SPACE, MEDIUM
# MATHEMATICAL SPACE, IDEOGRAPHIC SPACE.
ODD_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
SPACE_RUNS = re.compile(" {2,}")
LINE_EDGES = re.compile(" ?\n ?")
BLANK_LINES = re.compile("\n{3,}")
# A tatweel stretches a word only when another letter of it follows: not in «بـ 30», not in «ـ الرأي ـ».
STRETCH = re.compile(f"(?<![{MARKS}{TATWEEL}])[{MARKS}]*+{TATWEEL}[{MARKS}{TATWEEL}]*+(?=[{LETTERS}])")
LETTER = re.compile(f"[{LETTERS}]")
FORMS = _presentation_forms()
ANY_FORM = re.compile(f"[{re.escape(''.join(map(chr, FORMS)))}]")
# Latin, Greek and Cyrillic letters: each is one code point whatever stands beside it, and none is folded into another.
OTHER_LETTERS = "À-ÖØ-öø-ʯΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ԯ"
# Most text needs no repair: letters, signs, digits and single spaces only, none of them composed of two code points.
PLAIN = re.compile(
    f"(?:[!-~{_span(0x0621, 0x063A)}{_span(0x0641, 0x064A)}{OTHER_LETTERS}،؛؟«»\u2013\u2014\u2018-\u201d…]+ ?)*+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A text as it is kept, and the names of the repairs that changed it, in the order they were made."""

    text: str
    repairs: tuple[str, ...] = ()


def _spaces(text: str) -> str:
    return LINE_EDGES.sub("\n", SPACE_RUNS.sub(" ", text)).strip(" ")


def _blank_lines(text: str) -> str:
    return BLANK_LINES.sub("\n\n", text).strip("\n")


def _without_forms(text: str) -> str:
    return text.translate(FORMS) if ANY_FORM.search(text) else text


def _unstretched(found: re.Match[str]) -> str:
    """Marks without the tatweels among them; those that stand before any letter or mark stretch nothing."""
    held, start = found.group(), found.start()
    if start and LETTER.match(found.string, start - 1):
        return held.replace(TATWEEL, "")
    rest = held.lstrip(TATWEEL)
    return held[: len(held) - len(rest)] + rest.replace(TATWEEL, "")


def _in_order(text: str) -> str:
    """Marks around a tatweel stand in their order before it is judged; where there is none, order comes last."""
    return unicodedata.normalize("NFC", text) if TATWEEL in text else text


REPAIRS: tuple[tuple[str, Repair], ...] = (
    ("line-ends", partial(LINE_ENDS.sub, "\n")),
    ("bidi-controls", partial(BIDI_CONTROLS.sub, "")),
    ("zero-width", partial(ZERO_WIDTH.sub, "")),
    ("control-characters", partial(CONTROLS.sub, "")),
    ("presentation-forms", _without_forms),
    ("odd-spaces", partial(ODD_SPACES.sub, " ")),
    ("space-runs", _spaces),
    ("blank-lines", _blank_lines),
    ("nfc", _in_order),
    ("tatweel", partial(STRETCH.sub, _unstretched)),
    ("nfc", partial(unicodedata.normalize, "NFC")),
)


def clean(text: str) -> Cleaned:
    """The text we keep: every word, mark, dateline and credit as written, without what no reader could see.

    Lines stay lines, paragraphs stay apart by one blank line. Cleaning a clean text changes nothing.
    """
    if PLAIN.fullmatch(text) and not text.endswith(" "):
        return Cleaned(text=text)
    done: list[str] = []
    for name, repair in REPAIRS:
        repaired = repair(text)
        if repaired != text:
            done.append(name)
            text = repaired
    return Cleaned(text=text, repairs=tuple(dict.fromkeys(done)))


# --- fold: what is compared -----------------------------------------------------------------------------------------
DIGITS = _table((chr(zero + value), str(value)) for zero in (0x0660, 0x06F0) for value in range(10))
# Hamza is the letter most often left out, doubled or misplaced («مؤءتمر»): its carriers stay, it goes.
SAME_LETTERS = _table(
    (
        ("أإآٱ\u0672\u0673\u0675", "ا"),  # with hamza, madda, WASLA, WAVY HAMZA, HIGH HAMZA
        ("ؤ\u0676", "و"),
        (
            "ئى\u06cc\u0678\u06d2\u06d3",
            "ي",
        ),  # YEH WITH HAMZA, ALEF MAKSURA, FARSI YEH, YEH BARREE and their hamza forms
        ("ةۃ\u06c1\u06be\u06c0\u06c2\u06d5\u06ff", "ه"),  # TEH MARBUTA, HEH GOAL, HEH DOACHASHMEE, their kin, AE
        ("\u06a9\u06aa", "ك"),  # KEHEH, SWASH KAF
        ("ء\u0674", ""),
    )
)
SAME_SIGNS = _table(
    (
        ("«»“”„‟‹›″", '"'),
        ("‘’‚‛′", "'"),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),  # HYPHEN … HORIZONTAL BAR, MINUS SIGN
        ("،", ","),
        ("؛", ";"),
        ("؟", "?"),
        ("۔", "."),  # ARABIC FULL STOP (Urdu)
        ("…", "..."),
        ("٪", "%"),
        ("٫", "."),  # ARABIC DECIMAL SEPARATOR
        ("٬", ","),  # ARABIC THOUSANDS SEPARATOR
        ("\n", " "),
    )
)
FOLDS = DIGITS | SAME_LETTERS | SAME_SIGNS | _table([(_span(0x064B, 0x065F) + "\u0670", "")])
OTHER_MARKS = re.compile(f"[{MARKS}]")
STANDING_TATWEEL = re.compile(f"(?<![{LETTERS}{MARKS}{TATWEEL}]){TATWEEL}+(?![{LETTERS}{MARKS}{TATWEEL}])")
# «الأممالمتحدة»: sites that lose spaces. An article deep inside a word begins another of four letters at least, and so
# does the one behind «عبد»; of 10,000 sound words one is parted, the same way wherever it stands («احتف اليتهم»).
GLUED = re.compile("ال(?:(?<=[ء-ي]{4}ال)|(?<=عبدال))(?!ات)(?=[ء-ي]{4})")
NUMBER = re.compile("[0-9]+")
FOLDS_TO_ITSELF = re.compile(f"[ -~\n{OTHER_LETTERS}]*+")  # once its letters are small


def digits(text: str) -> str:
    """Arabic-Indic ٠١٢ and Persian ۰۱۲ digits as ASCII; all else untouched."""
    return text if text.isascii() else text.translate(DIGITS)


def fold(text: str) -> str:
    """The key two texts are compared by: one line of bare letters, ASCII digits and signs. It folds to itself."""
    return _folded(text) if len(text) <= FOLDED_AGAIN else _fold(text)


def _fold(text: str) -> str:
    """By bytes where all letters are common; odd words, and texts of many, step by step to the same end."""
    text = text.replace("…", "...")
    put = _COMMON_FOLDED.put(text)
    if put is not None:
        return " ".join(put.split())
    few = len(text) // ODD_EVERY
    odd = list(islice(_ODD_WORD.finditer(text), few + 1))
    return " ".join(filter(None, _folded_parts(text, odd))) if len(odd) <= few else _fold_any(text)


def _folded_parts(text: str, odd: Iterable[re.Match[str]]) -> Iterator[str]:
    """No word's folding hangs on another's: spaces and line ends part them for good."""
    end = 0
    for word in odd:
        yield " ".join((_COMMON_FOLDED.put(text[end : word.start()]) or "").split())
        yield _fold_any(word[0])
        end = word.end()
    yield " ".join((_COMMON_FOLDED.put(text[end:]) or "").split())


def _fold_any(text: str) -> str:
    """Step by step, whatever its letters are."""
    kept = unicodedata.normalize("NFC", clean(text).text.casefold())
    if FOLDS_TO_ITSELF.fullmatch(kept):
        return SPACE_RUNS.sub(" ", kept.replace("\n", " ")).strip(" ")
    dashed = STANDING_TATWEEL.sub("-", kept).replace(TATWEEL, "") if TATWEEL in kept else kept
    bare = OTHER_MARKS.sub("", dashed.translate(FOLDS))
    return unicodedata.normalize("NFC", SPACE_RUNS.sub(" ", bare).strip(" "))


def _common() -> str:
    """Letters of ordinary reports: none is composed with another, but with vowel marks, which no key keeps."""
    signs = map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0xC0), 0x2022, 0x20AC, 0x2122))
    unseen = "\t\n\r\u00a0\u2009\u202f\u200b\u200c\u200d\u200e\u200f\ufeff"
    letters = f"{_span(0x0621, 0x063A)}{_span(0x0641, 0x064A)}پچژگڤ{_span(0x064B, 0x0652)}\u0670"
    folded = map(chr, (*DIGITS, *SAME_LETTERS, *SAME_SIGNS))
    return "".join(dict.fromkeys((*signs, *unseen, *letters, *folded))).replace("…", "")  # which becomes three dots


ODD_EVERY = 50  # code points of a text for each word with an odd letter, up to which these are few
FOLDED_AGAIN = 1000  # code points: the blocks of a page, each of which is asked about several times
_folded = lru_cache(maxsize=1 << 12)(_fold)
_COMMON = re.escape(_common())
_ODD_WORD = re.compile(f"(?<![^ \n])(?:(?![ \n])[{_COMMON}])*+[^{_COMMON}][^ \n]*+")
_COMMON_FOLDED = ByteMap({letter: _fold_any(f"a{letter}a")[1:-1] for letter in _common()})


class _WordCharacters(dict[int, str]):
    """A `str.translate` table that learns: letters, numbers and marks stay, all else becomes a space."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = letter if unicodedata.category(letter)[0] in "LNM" else " "
        return self[code]


_WORD_CHARACTERS = _WordCharacters()
_COMMON_WORDS = ByteMap({letter: _WORD_CHARACTERS[ord(letter)] for letter in _common()})


def _apart(number: re.Match[str]) -> str:
    """The number, with a space where an Arabic letter touches it."""
    text, start, end = number.string, number.start(), number.end()
    before = " " if "ء" <= text[start - 1 : start] <= "ي" else ""
    return f"{before}{number[0]} " if "ء" <= text[end : end + 1] <= "ي" else before + number[0]


def tokens(text: str) -> list[str]:
    """The folded words, in order; signs part words, and so do digits glued to Arabic letters («أستانا4»).

    Words that lost the space between them are parted here, in the key alone; the text keeps what was printed.
    """
    folded = fold(text)
    words = _COMMON_WORDS.put(folded)
    if words is None:
        words = folded.translate(_WORD_CHARACTERS)
    return GLUED.sub(" ال", NUMBER.sub(_apart, words)).split()


# --- search_key: what is looked up ----------------------------------------------------------------------------------
# Clitics on a folded word, longest first, and how many letters must be left. Taken off until none fits, so that a word
# and the same word with a clitic before it end at one key.
CLITICS: tuple[tuple[str, int], ...] = (
    ("وبال", 3), ("وكال", 3), ("فبال", 3), ("ولل", 3), ("فلل", 3), ("وال", 3), ("فال", 3), ("بال", 3), ("كال", 3),
    ("لل", 3), ("ال", 3), ("و", 4), ("ف", 4), ("ب", 4), ("ل", 4), ("ك", 4), ("س", 5),
)  # fmt: skip
_FIRST_OF_CLITICS = frozenset(clitic[0] for clitic, _ in CLITICS)
ENDINGS = re.compile("(?<=...)[اهي]$")  # أستانا، أستانة، الأستاني
ARABIC_WORD = re.compile("[ء-ي]+")


@lru_cache(maxsize=1 << 16)  # the same few words again and again: twice as fast
def _stem(word: str) -> str:
    if not ARABIC_WORD.fullmatch(word):
        return word
    while clitic := _clitic(word):
        word = word.removeprefix(clitic)
    return ENDINGS.sub("ا", word)


def _clitic(word: str) -> str:
    if word[0] in _FIRST_OF_CLITICS:
        for clitic, left in CLITICS:
            if word.startswith(clitic) and len(word) - len(clitic) >= left:
                return clitic
    return ""


def search_key(text: str) -> str:
    """The text as the full-text index holds it and a query asks it: light-stemmed tokens, one space between."""
    return " ".join(map(_stem, tokens(text)))
