"""How one page is read: bytes to blocks to title and paragraphs, each with its place; it fetches and stores nothing."""
