"""Files in, blocks of text out: one reader a format."""
