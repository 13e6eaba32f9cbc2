"""A third set, written blind: short texts in groups, each with what is true of it."""
