"""Lets the tests of understanding share their made-up cities."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
