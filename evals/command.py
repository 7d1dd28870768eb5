"""`citydesk eval`: run suites in a throw-away or given home and print what they found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from evals.report import flips, print_report, write_results
from evals.runner import TurnResult, run_suite
from evals.sample import read_suite

SUITES = Path(__file__).parent / "suites"
