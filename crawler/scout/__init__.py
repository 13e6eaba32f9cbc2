"""What captured answers tell of an outlet's file: evidence, proposals, a draft; it asks nothing and changes none."""
