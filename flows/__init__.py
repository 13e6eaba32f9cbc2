"""When, in what order, again if it failed; and the order desk."""
