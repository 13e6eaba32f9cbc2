"""Make the key of a paragraph: the hash by which gold labels name a text without holding it."""

import hashlib
import sys
import unicodedata

TATWEEL = "\u0640"


def normalise(text: str) -> str:
    """Return the letters and numbers of a text: NFKC, casefolded, without spaces, marks, signs and tatweel."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char != TATWEEL and unicodedata.category(char)[0] in "LN")


def key(text: str) -> str:
    """Return the SHA-256, in hexadecimal, of the UTF-8 of the normalised text."""
    return hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()


if __name__ == "__main__":
    paragraph = sys.stdin.buffer.read().decode("utf-8")
    print(key(paragraph), len(normalise(paragraph)))
