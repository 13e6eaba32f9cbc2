"""One crawl of one outlet: where to go next, how to knock, and its process; it reads no page."""
