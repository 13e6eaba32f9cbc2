"""How alike two texts are: fingerprints, alignment, what tells one event from the next, the rule for copies."""
