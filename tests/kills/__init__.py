"""Real processes killed at seeded moments inside named windows of their work, and what is left counted."""
