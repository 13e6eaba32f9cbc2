"""Captures of seeds read into polls: what each listed, which days it gives account of; they fetch nothing.

A lister is all that reads listings of one outlet; its digest names the objects of the shelf `listed/` that it made.
"""

from crawler.polls.lister import Lister
from crawler.polls.reading import read_polls

__all__ = ["Lister", "read_polls"]
