"""Packages from npm that tests hold our own idea of a protocol to; installed on first use into the checkout's cache."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "node"
INSTALL_SECONDS = 60


def installed(package: str, version: str, entry: str) -> Path:
    """The package's entry file; skips the test where it cannot be installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip(f"{package} needs Node.js 20.15 or newer with npm")
    folder = CACHE / f"{package.rpartition('/')[2]}-{version}"
    module = folder / "node_modules" / package / entry
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if not module.is_file():
            _install(folder, module, f"{package}@{version}")
    return module


def _install(folder: Path, module: Path, wanted: str) -> None:
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts",
               "--fetch-retries=0", wanted]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{wanted} could not be installed in {INSTALL_SECONDS} s")
    if not module.is_file():
        pytest.skip(f"{wanted} could not be installed: {done.stderr.strip()[-200:]}")
