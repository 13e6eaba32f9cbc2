"""A second set, written blind: pages in new layouts, and short texts in groups, each with what is true of it."""
