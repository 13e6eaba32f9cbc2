"""What texts are to each other, asked again and again: texts of equal words have one verdict, made once; pure.

Half of all copies stand in the very words of another one.
"""

from __future__ import annotations

from typing import Final

from archive.likeness.beside import Laid
from archive.likeness.copies import Piece, Verdict, compare, is_far
from archive.likeness.formulas import Formulas
from archive.records import Kind

_HELD: Final = 1 << 12  # verdicts, with the texts that they were made of


class Verdicts:
    """Verdicts by one table of formulas. Texts are known by how they are laid out: equal ones are to share that."""

    def __init__(self, known: Formulas) -> None:
        self._known = known
        self._said: dict[tuple[Laid, Laid, Kind, Kind, bool], Verdict] = {}

    def of(self, one: Piece, other: Piece) -> Verdict:
        """What two texts are to each other (copies.compare): words, kinds and whether they are days apart say it."""
        asked = (one.laid, other.laid, one.kind, other.kind, is_far(one, other))
        found = self._said.get(asked)
        if found is None:
            if len(self._said) >= _HELD:
                self._said.clear()
            self._said[asked] = found = compare(one, other, self._known)
        return found
