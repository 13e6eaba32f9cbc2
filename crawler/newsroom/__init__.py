"""The practice press: invented outlets on loopback, with quirks and faults; it never knows what is true of a page."""

from crawler.newsroom.port import Hours
from crawler.newsroom.server import Newsroom

__all__ = ["Hours", "Newsroom"]
