"""The rooms that decide what stands in a derived row: rows of two rules must not stand side by side."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

RULES: Final = (
    "arabic",
    "bytemap",
    "catalog/compared",
    "catalog/decisions",
    "catalog/editions",
    "catalog/equals",
    "catalog/index",
    "catalog/links",
    "catalog/listed",
    "catalog/meeting",
    "catalog/prints",
    "catalog/witnesses",
    "civil",
    "claims",
    "cluster",
    "credible",
    "fates",
    "likeness/alignment",
    "likeness/beside",
    "likeness/common",
    "likeness/copies",
    "likeness/fingerprint",
    "likeness/formulas",
    "likeness/gist",
    "likeness/places",
    "likeness/telling",
    "likeness/turns",
    "likeness/verdicts",
    "overrides",
    "published",
)


def digest() -> str:
    """Of all these rooms, 64 hex digits."""
    said = (files("archive").joinpath(f"{room}.py").read_bytes() for room in RULES)
    return hashlib.sha256(b"".join(said)).hexdigest()
