"""Look-alikes of the public web archives, over a table of captures; they know no outlet and fetch nothing."""

from crawler.newsroom.archives.captured import Archived
from crawler.newsroom.archives.services import Archives, Holding
from crawler.newsroom.archives.troubles import CALM, STORM, Trouble

__all__ = ["CALM", "STORM", "Archived", "Archives", "Holding", "Trouble"]
