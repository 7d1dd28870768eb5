"""Telegram: the only package that speaks python-telegram-bot."""

import os

# Durations as durations: the library's older form warns at every use.
os.environ.setdefault("PTB_TIMEDELTA", "true")  # noqa: TID251  # written, not read
