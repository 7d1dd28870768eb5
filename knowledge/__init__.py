"""Words: what the rules say. Empty in this release; see README.md."""
