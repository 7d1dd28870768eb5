"""Measure: suites of dialogues, scored by result cells."""
