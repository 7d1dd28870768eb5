"""Voices: channels in, messages out."""
