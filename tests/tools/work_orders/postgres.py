"""A PostgreSQL of our own for a test: on a free port, under an unprivileged user, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


def binaries() -> Path | None:
    """The folder of the newest server here, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path and shutil.which("postgres") else None


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database. The server refuses to run as root, so root lends it to `nobody`."""
    folder = binaries()
    assert folder is not None
    with TemporaryDirectory(prefix="pg") as home:
        as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(home, "nobody")
            as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        cluster = Path(home) / "data"
        _run(as_user, folder / "initdb", "-D", cluster, "-U", "city", "-A", "trust", "-E", "UTF8", "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
        _run(as_user, folder / "pg_ctl", "-D", cluster, "-o", options, "-w", "-l", Path(home) / "log", "start")
        try:
            yield f"postgresql+psycopg://city@127.0.0.1:{port}/postgres"
        finally:
            _run(as_user, folder / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


def _run(as_user: list[str], *command: object) -> None:
    subprocess.run(
        [*as_user, *map(str, command)],
        check=True,
        cwd="/tmp",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
