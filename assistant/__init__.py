"""Judgement: from question to answer."""
