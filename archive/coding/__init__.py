"""Coding by hand: what two people are given to judge, whether they agree, and how far the archive is right by them."""
