"""How web archives answer and what of it is worth having: their indexes read, walked and chosen from; never fetched."""
