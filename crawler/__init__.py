"""Outlets: where they publish, how to knock, how to read their page; knows no orchestration."""
