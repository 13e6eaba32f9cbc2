"""Text that was decoded wrongly before it was sent, told and mended only where the mending proves itself.

UTF-8 that somebody read as windows-1252 («Ø£Ø³ØªØ§Ù†Ø§») or windows-1256 («ط£ط³طھط§ظ†ط§») and wrote out as UTF-8
again. Taken back, a run of such letters is valid UTF-8 throughout, which no other text of some length is by chance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

# What UTF-8's first bytes of Arabic letters, 0xD8 to 0xDB, look like in each.
LOOKS: Mapping[str, str] = {"cp1252": "ØÙÚÛ", "cp1256": "طظعغ"}
LEAST = 4  # letters that a run must turn into
RUN = re.compile(r"[^\x00-\x7f<>\n](?:[^<>\n]*[^\x00-\x7f<>\n])?")
# ALEF and LAM, misread: every Arabic text has them, no sound one does, and nothing is found faster than a plain string.
SIGNS = {codec: tuple(letter.encode().decode(codec) for letter in "ال") for codec in LOOKS}
RARE = frozenset(sign[-1] for signs in SIGNS.values() for sign in signs)  # rare in any text: looked for first
ARABIC = re.compile("[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A text, how many runs of it were mended, and as what they had been misread."""

    text: str
    runs: int = 0
    misread: str | None = None


@cache
def _bytes_of(codec: str) -> Mapping[str, int]:
    """The byte that each character stood for; bytes without a character are read as controls, as browsers do.

    Readers of ISO-8859-1 to the letter take all of 0x80 to 0x9F for controls.
    """
    table = {chr(byte): byte for byte in range(0x80, 0xA0)}
    for byte in range(256):
        character = bytes([byte]).decode(codec, "ignore") or chr(byte)
        table[character] = byte
    return table


def _taken_back(run: str, codec: str) -> str | None:
    """What a run was before it was misread, if it proves itself; else None."""
    if sum(map(run.count, LOOKS[codec])) < LEAST:
        return None
    table = _bytes_of(codec)
    if any(character not in table for character in run):
        return None
    try:
        said = bytes(table[character] for character in run).decode("utf-8")
    except UnicodeDecodeError:
        return None
    arabic = len(ARABIC.findall(said))
    return said if arabic >= LEAST and arabic * 2 >= sum(not character.isascii() for character in said) else None


def mend(text: str) -> Mended:
    """The text with each run that was misread taken back; one codec for the whole text. A sound text is untouched."""
    best = Mended(text=text)
    if not any(letter in text for letter in RARE):
        return best
    for codec in LOOKS:
        if not any(sign in text for sign in SIGNS[codec]):
            continue
        mended = 0

        def back(match: re.Match[str], codec: str = codec) -> str:
            nonlocal mended
            said = _taken_back(match[0], codec)
            mended += said is not None
            return match[0] if said is None else said

        put = RUN.sub(back, text)
        if mended > best.runs:
            best = Mended(text=put, runs=mended, misread=codec)
    return best
