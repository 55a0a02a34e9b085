"""A folder and a database for one measurement, away from anybody's own data."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

from benchmarks.process import ROOT

TODAY = "2020-01-15"
DATA = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()


@contextmanager
def folder() -> Iterator[Path]:
    """An empty data folder, with the static files that `make setup` has collected."""
    static = DATA / "static"
    if not (static / "staticfiles.json").exists():
        raise SystemExit("The static files are not there. Run: make setup")
    with TemporaryDirectory(prefix="benchmarks-") as name:
        place = Path(name) / "data"
        place.mkdir()
        (place / "static").symlink_to(static)
        yield place


@contextmanager
def copy(place: Path) -> Iterator[Path]:
    """The folder once more, for one repetition."""
    with TemporaryDirectory(prefix="benchmarks-") as name:
        yield Path(shutil.copytree(place, Path(name) / "data", symlinks=True))


def surroundings(place: Path, database: str = "") -> dict[str, str]:
    """The environment of a process that works there, on SQLite unless a database is named."""
    return {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "THROUGHLINE_MODE": "development",
        "DEBUG": "false",
        "DATA_DIR": str(place),
        "DATABASE_URL": database or f"sqlite:///{place / 'benchmarks.sqlite3'}",
        "REDIS_URL": "",
        "Q_BROKER": "database",
        "ALLOWED_HOSTS": "localhost",
        "LOG_LEVEL": "WARNING",
        "THROUGHLINE_TODAY": TODAY,
    }


@contextmanager
def postgres(server: str) -> Iterator[str]:
    """The address of a new database beside the one that is named; dropped in the end."""
    import psycopg
    from psycopg import sql

    name = f"throughline_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
