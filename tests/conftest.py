"""What every test stands on: its own database, cache and store, and an actor for its writes."""

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.db import connection
from django.test import override_settings
from hypothesis import settings as hypothesis

from management import audit, clock
from management.access import System

# By what a test has a database: the last two are worlds that many tests share.
DATABASE = {"db", "transactional_db", "live_server", "made", "loaded"}
TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}
EMPTIED = pytest.StashKey[Any]()
# A busy machine is no fault of the product.
hypothesis.register_profile("any machine", deadline=None)
hypothesis.load_profile("any machine")
NO_SERVICES = "service-backed tests skipped: set TEST_DATABASE_URL and TEST_REDIS_URL"


class FoundStorage(StaticFilesStorage):
    """Static files straight from their folders; a page that names a missing one fails."""

    def url(self, name: str | None, force: bool = False) -> str:
        assert name and is_there(name), f"no static file is called {name!r}"
        return super().url(name)


@cache
def is_there(name: str) -> bool:
    """Whether there is such a static file: looked for once, for every page names the same few."""
    return finders.find(name) is not None


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file in which `manage.py migrate` has just run: once for all processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of all workers of this run
    file = folder / "migrated.sqlite3"
    with (folder / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits for the first
        if not file.exists():
            made = folder / "making" / "throughline.sqlite3"
            manage(made.parent, "migrate", "--verbosity", "0")
            made.rename(file)
    return file


def surroundings(data: Path) -> dict[str, str]:
    """The environment of another process that works on this data folder and nothing else."""
    env = {k: v for k, v in os.environ.items() if not k.endswith(("_URL", "_KEY", "_DIR"))}
    return env | {"DATA_DIR": str(data)}


def manage(data: Path, *arguments: str, **environment: str) -> str:
    """`manage.py` in a process of its own on this data folder, as an operator runs it."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=Path(__file__).parent.parent,
        env=surroundings(data) | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    """An SQLite test database of its own for every run and worker, on disk for other processes."""
    if connection.vendor == "sqlite":
        file = tmp_path_factory.getbasetemp() / "test.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated"), file)
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """The copied SQLite file is not made anew; it goes with the folder of the run."""
    return django_db_keepdb or connection.vendor == "sqlite"


def _own_redis(url: str) -> str:
    """To clear a cache empties a whole Redis database: each process of the tests has another."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{(number + 1 + process) % 16}"))


@pytest.fixture(scope="session", autouse=True)
def of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the developer's own environment or data folder reaches a test."""
    from django.conf import settings

    data = tmp_path_factory.mktemp("data")
    (data / "static").mkdir()
    caches = settings.CACHES
    own = _own_redis(settings.REDIS_URL) if settings.REDIS_URL else data / "cache"
    caches = {"default": {**caches["default"], "LOCATION": own}}
    with override_settings(
        TODAY=None,
        DATA_DIR=data,
        STATIC_ROOT=data / "static",
        STORE_DIR=data / "store",
        CACHES=caches,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # Argon2 is slow
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "tests.conftest.FoundStorage"},
        },
    ):
        yield


@pytest.fixture(autouse=True)
def an_actor(settings: Any) -> Iterator[None]:
    """Writes need a named actor: `test`, unless the test names another. And an empty cache."""
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex},
    }
    with audit.naming(System("test"), "test"):
        yield


@pytest.fixture
def nobody() -> Callable[..., Any]:
    """Calls a function as the program does where nobody has named an actor."""
    return lambda call, *args, **kwargs: Context().run(call, *args, **kwargs)


@pytest.fixture
def today() -> Iterator[date]:
    """Holds the clock at 15 January 2020, between the dates of the factories' rows."""
    day = date(2020, 1, 15)
    with clock.hold(day):
        yield day


def services_are_there() -> bool:
    from django.conf import settings

    return "postgresql" in settings.DATABASES["default"]["ENGINE"] and bool(settings.REDIS_URL)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("services") and not services_are_there():
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail("The services must be there in CI. Run: make test-services", pytrace=False)
        pytest.skip(NO_SERVICES)  # one place, so that pytest prints one line for all of them


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The upgrade first: it needs no database of ours, which another process makes meanwhile.

    Where the services are there, what asks for none of them is left to `make test`.
    """
    items.sort(key=lambda item: item.path.name != "test_upgrade.py")
    if services_are_there():
        left = [item for item in items if not _asks_for_services(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _asks_for_services(item)]


def _asks_for_services(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("services", "django_db", "browser"))
    return marked or bool(DATABASE & set(getattr(item, "fixturenames", ())))


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and (
        marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences") or any(marker.args)
    )
    return bool(asked or TRANSACTIONAL & set(getattr(item, "fixturenames", ())))


@pytest.fixture(autouse=True)
def triggers_step_aside(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lets Django empty the tables after a transactional test, which the triggers would refuse."""
    if not _is_transactional(request.node):
        yield
        return
    request.getfixturevalue("transactional_db")  # first, so that it is undone after us
    request.node.stash[EMPTIED] = request.getfixturevalue("django_db_blocker")
    yield
    audit.remove()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Sees, after a transactional test, that emptying the tables has put the triggers back."""
    yield
    if nextitem is None:
        return  # the test database is gone
    if blocker := item.stash.get(EMPTIED, None):
        with blocker.unblock():
            assert not audit.missing(), "the audit triggers did not come back"
