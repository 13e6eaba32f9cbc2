"""Whether two different words are one word with a slip of the pen; pure, and it knows no dictionary.

It errs on the side of "no": «يؤكد» and «يؤيد» differ in one letter and are two words.
"""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 4  # letters: shorter words are other words («لم», «لن»; «قتل», «قبل»)
# Letters that differ by dots alone, lie side by side in the ear, or are written for one another at a word's end.
_TAKEN_FOR = ("بتثني", "جحخ", "دذ", "رز", "سش", "صض", "طظ", "عغ", "فق", "ضظ", "ذز", "اهي", "تط", "سص", "قك", "ذد")
_ENDINGS = ({"ون", "ين"},)  # cases, corrected more often than anything else


def is_typo(one: str, other: str) -> bool:
    """Whether folded words differ by one letter too many, swapped, or taken for another; the first letter must stay."""
    if min(len(one), len(other)) < SHORTEST or one[0] != other[0] or not (one.isalpha() and other.isalpha()):
        return False
    start, end = _shared(one, other)
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if {one[-2:], other[-2:]} in _ENDINGS and one[:-2] == other[:-2]:
        return True
    if len(left) == len(right) == 1:
        return any(left in group and right in group for group in _TAKEN_FOR)
    return {len(left), len(right)} == {0, 1} or (len(left) == len(right) == 2 and left == right[::-1])


def _shared(one: str, other: str) -> tuple[int, int]:
    """How many letters are equal at the beginning, and then at the end."""
    most = min(len(one), len(other))
    start = next((at for at in range(most) if one[at] != other[at]), most)
    end = next((at for at in range(most - start) if one[-1 - at] != other[-1 - at]), most - start)
    return start, end
