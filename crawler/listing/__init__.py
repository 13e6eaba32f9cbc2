"""Listings of every kind read: XML, JSON, HTML, plain lines; it knows no outlet, fetches nothing and judges nothing."""
