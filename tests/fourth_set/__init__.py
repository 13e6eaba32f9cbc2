"""A fourth set, written blind: twenty pages in twenty layouts, each with what is true of it."""
