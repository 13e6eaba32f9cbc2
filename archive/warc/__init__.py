"""The one door to WARC and ARC files: captures to records and back, each in a room of its own behind it."""

import logging

from archive.digest import payload_digest, sha256
from archive.warc.members import Damage, Record, is_seekable, make_seekable, records, too_long
from archive.warc.read import check, check_record, joined, read, read_at
from archive.warc.write import (
    Composed,
    companion,
    compose,
    info_block,
    may_revisit,
    mint_record,
    reconstructed,
    warc_date,
    warcinfo,
)

# What warcio would tell on standard error amid our own lines: that an address holds spaces (an index writes %20).
logging.getLogger("warcio").addHandler(logging.NullHandler())

__all__ = [
    "Composed",
    "Damage",
    "Record",
    "check",
    "check_record",
    "companion",
    "compose",
    "info_block",
    "is_seekable",
    "joined",
    "make_seekable",
    "may_revisit",
    "mint_record",
    "payload_digest",
    "read",
    "read_at",
    "reconstructed",
    "records",
    "sha256",
    "too_long",
    "warc_date",
    "warcinfo",
]
