"""Captures of seeds read into polls: what each listed, which days it gives account of; they fetch nothing.

A lister is all that reads listings of one outlet; its digest names the objects of the shelf `listed/` that it made.
"""

from crawler.polls.lister import Lister
from crawler.polls.reading import read_polls
from crawler.polls.shelf import list_seeds

__all__ = ["Lister", "list_seeds", "read_polls"]
