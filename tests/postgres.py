"""A PostgreSQL server of the test session's own, and the address that runs every catalog test on both databases."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

_UNPRIVILEGED = ("postgres", "nobody")
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=20"


def _programs() -> Path | None:
    """The folder that holds initdb and postgres both, the newest version first."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _user() -> dict[str, int | list[int]]:
    """initdb refuses root: somebody without rights runs the server then."""
    if os.geteuid() != 0:
        return {}
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("initdb refuses root, and there is nobody else")  # agreed: a user is not ours to add to a machine


def _run(command: list[str | Path], folder: Path, user: dict[str, int | list[int]]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **user,  # type: ignore[call-overload]  # ids
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a fresh server on a socket of its own; stopped by its pid at the end."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's initdb is not installed")  # agreed: make test needs no server; CI has it
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="astana-pg-"))
    try:
        if user:
            os.chown(folder, user["user"], user["group"])  # type: ignore[arg-type]  # ids
        shelf = folder / "db"
        _run(
            [programs / "initdb", "-D", shelf, "-U", "astana", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            folder,
            user,
        )
        socket = f"{_OPTIONS} -c listen_addresses='' -c unix_socket_directories={folder}"
        log = folder / "log"
        _run([programs / "pg_ctl", "-D", shelf, "-o", socket, "-l", log, "-w", "-t", "60", "start"], folder, user)
        try:
            yield f"postgresql://astana@/postgres?host={folder}"
        finally:
            _run([programs / "pg_ctl", "-D", shelf, "-m", "immediate", "-w", "stop"], folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgresql: str) -> Iterator[str]:
    """An empty database on the server, dropped afterwards."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name of ours
        yield postgresql.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]  # a name of ours


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.slow, pytest.mark.service])])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty catalog may be made: a file, then a database on the server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.db'}"
    return str(request.getfixturevalue("database"))
