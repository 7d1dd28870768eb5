"""Feeds: how a city's own exports get in, row by row, with nothing lost."""
