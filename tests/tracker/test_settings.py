"""Settings from the environment: a value is right, or the program says which one is not."""

import os
import runpy
import subprocess
import sys
import traceback
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.filebased import FileBasedCache
from django.core.exceptions import ImproperlyConfigured

from management import checks
from tracker import environment as env

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "THROUGHLINE_MODE": "production",
    "SECRET_KEY": "k3-Zq9" * 10,
    "ALLOWED_HOSTS": "throughline.example.org",
    "DATABASE_URL": "postgres://app:secret@db.example.org:5432/throughline",
    "REDIS_URL": "redis://cache.example.org:6379/0",
    "EMAIL_URL": "smtp+tls://app:secret@mail.example.org:587",
}


def bad(name: str) -> Any:
    return pytest.raises(ImproperlyConfigured, match=rf"\b{name}(_FILE)?\b")


@pytest.fixture
def surroundings(monkeypatch: Any, tmp_path: Path) -> Any:
    """Sets the environment to these variables, and no others of ours."""

    def put(**values: str) -> None:
        for name in list(os.environ):
            if name not in {"PATH", "HOME", "LANG"}:
                monkeypatch.delenv(name)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


# --- the readers -------------------------------------------------------------------------------


def test_whole_numbers_are_written_with_commas_and_stand_once_the_highest_first(
    surroundings: Any,
) -> None:
    surroundings(X="3, 14,0,3")
    assert env.integers("X", "1") == (14, 3, 0)
    assert env.integers("NOT_SET", "14,3") == (14, 3)


def test_a_site_is_an_address_without_its_last_slash_or_nothing(surroundings: Any) -> None:
    surroundings(X="https://throughline.example.org/", Y="http://127.0.0.1:8000")
    assert env.site("X") == "https://throughline.example.org"
    assert env.site("Y") == "http://127.0.0.1:8000"
    assert env.site("NOT_SET") == ""


def test_text_is_the_variable_the_default_or_an_error(surroundings: Any) -> None:
    surroundings(X="value", EMPTY="")
    assert env.text("X") == "value"
    assert env.text("NOT_SET", "default") == "default"
    assert env.text("EMPTY", "default") == "default"
    assert env.text("NOT_SET", "") == ""
    for name in ("NOT_SET", "EMPTY"):
        with bad(name):
            env.text(name)


def test_text_must_be_among_the_choices(surroundings: Any) -> None:
    surroundings(X="blue")
    assert env.text("X", among=("blue", "red")) == "blue"
    with bad("X") as caught:
        env.text("X", among=("green", "red"))
    assert "green, red" in str(caught.value)


def test_a_secret_can_be_in_a_file(surroundings: Any, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("  hidden$value\n")
    surroundings(X_FILE=str(file))
    assert env.text("X") == "hidden$value"
    file.write_text("\n")
    with bad("X"):
        env.text("X")


def test_a_secret_in_two_places_or_in_no_file_is_an_error(surroundings: Any, tmp_path: Any) -> None:
    surroundings(X="one", X_FILE=str(tmp_path / "two"))
    with bad("X"):
        env.text("X")
    surroundings(X_FILE=str(tmp_path / "nowhere"))
    with bad("X"):
        env.text("X")
    surroundings(X_FILE=str(tmp_path))
    with bad("X"):
        env.text("X")


@pytest.mark.parametrize("written", ["1", "true", "YES", "on", "True"])
def test_boolean_reads_every_yes(surroundings: Any, written: str) -> None:
    surroundings(X=written)
    assert env.boolean("X", False) is True


@pytest.mark.parametrize("written", ["0", "false", "NO", "off", "False"])
def test_boolean_reads_every_no(surroundings: Any, written: str) -> None:
    surroundings(X=written)
    assert env.boolean("X", True) is False


def test_boolean_has_a_default_and_refuses_the_rest(surroundings: Any) -> None:
    surroundings(X="maybe", Y=" ")
    assert env.boolean("NOT_SET", True) is True
    assert env.boolean("NOT_SET", False) is False
    with bad("X"):
        env.boolean("X", True)
    with bad("Y"):
        env.boolean("Y", True)


def test_integer_reads_whole_numbers_alone(surroundings: Any) -> None:
    surroundings(X="12")
    assert env.integer("X", 3) == 12
    assert env.integer("NOT_SET", 3) == 3
    for wrong in ("two", "1.5", "-1", "1e3", "0x10", "12 "):
        surroundings(X=wrong)
        with bad("X"):
            env.integer("X", 3)


def test_words_are_divided_by_commas(surroundings: Any) -> None:
    surroundings(X=" a.example.org, b.example.org,, ")
    assert env.words("X") == ["a.example.org", "b.example.org"]
    assert env.words("NOT_SET") == []
    with bad("NOT_SET"):
        env.words("NOT_SET", None)


def test_day_is_a_date_or_nothing(surroundings: Any) -> None:
    surroundings(X="2020-01-15")
    assert env.day("X") == date(2020, 1, 15)
    assert env.day("NOT_SET") is None
    for wrong in ("15/01/2020", "2020-02-30", "today"):
        surroundings(X=wrong)
        with bad("X"):
            env.day("X")


def test_database_reads_a_url_with_awkward_characters(surroundings: Any) -> None:
    surroundings(X="postgresql://u%40x:p%2Fs%23%3A@host:6432/my%20db?sslmode=require")
    found = env.database("X", Path("unused"))
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"]) == ("u@x", "p/s#:")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("host", "6432", "my db")
    assert found["OPTIONS"] == {"connect_timeout": 5, "sslmode": "require"}
    assert found["ATOMIC_REQUESTS"] is True


def test_sqlite_is_the_default_and_is_set_up_for_several_writers(
    surroundings: Any, tmp_path: Path
) -> None:
    surroundings()
    found: Any = env.database("X", tmp_path / "file.sqlite3")
    assert str(found["NAME"]) == str(tmp_path / "file.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for word in ("journal_mode=WAL", "recursive_triggers=ON", "synchronous=FULL"):
        assert word in found["OPTIONS"]["init_command"]
    assert "ATOMIC_REQUESTS" not in found
    surroundings()
    odd = tmp_path / "50%20 of #1?" / "file.sqlite3"
    assert env.database("X", odd)["NAME"] == odd
    for slashes in ("///", "////"):
        surroundings(X=f"sqlite:{slashes}srv/data/my%20file.sqlite3")
        assert str(env.database("X", tmp_path)["NAME"]) == "/srv/data/my file.sqlite3"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user@host/name",
        "postgres://host",
        "postgres://host/",
        "postgres://host:port/name",
        "sqlite:",
        "sqlite://",
        "sqlite:////",
        "sqlite://host/file.sqlite3",
        "sqlite:file.sqlite3",
        "sqlite://:memory:",
        "/var/lib/data.sqlite3",
        "throughline",
    ],
)
def test_a_database_that_cannot_be_read_is_an_error_without_the_password(
    surroundings: Any, url: str
) -> None:
    surroundings(X=url.replace("host", "app:hunter2@host"))
    with bad("X") as caught:
        env.database("X", Path("unused"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail", 587, False, False),
        ("smtp+tls://mail", 587, True, False),
        ("smtps://mail", 465, False, True),
        ("smtp+tls://u%40x:p%2F@mail:2525", 2525, True, False),
    ],
)
def test_email_by_smtp(surroundings: Any, url: str, port: int, tls: bool, ssl: bool) -> None:
    surroundings(X=url)
    found = env.email("X")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail", port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)
    if "@" in url:
        assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("u@x", "p/")


def test_email_to_the_console_to_a_folder_or_an_error(surroundings: Any) -> None:
    surroundings()
    assert "console" in str(env.email("X")["EMAIL_BACKEND"])
    surroundings(X="file:///srv/mail")
    assert env.email("X")["EMAIL_FILE_PATH"] == "/srv/mail"
    for wrong in ("mail.example.org", "smtp://", "http://mail", "smtp:mail"):
        surroundings(X=wrong)
        with bad("X"):
            env.email("X")


# --- the settings themselves -------------------------------------------------------------------


def settings_with(surroundings: Any, **values: str) -> dict[str, Any]:
    surroundings(**values)
    return runpy.run_path(str(ROOT / "tracker" / "settings.py"))


def test_nothing_need_be_set_in_development(surroundings: Any, tmp_path: Path) -> None:
    found = settings_with(surroundings)
    assert not found["PRODUCTION"] and not found["DEBUG"]
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    name = str(found["DATABASES"]["default"]["NAME"])
    assert name.endswith(str(tmp_path / "throughline.sqlite3"))
    key = tmp_path / "secret-key"
    assert found["SECRET_KEY"] == key.read_text() and len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0, "others on the machine can read the secret key"
    assert settings_with(surroundings)["SECRET_KEY"] == key.read_text()


def test_the_cache_in_files_keeps_the_sign_in_counters_of_a_busy_day(
    surroundings: Any, tmp_path: Path
) -> None:
    facts = settings_with(surroundings)["CACHES"]["default"]
    assert facts["BACKEND"].endswith("FileBasedCache")
    cache = FileBasedCache(tmp_path / "cache", {"OPTIONS": facts["OPTIONS"]})
    for number in range(320):
        cache.set(f"counter-{number}", 1)
    assert all(cache.get(f"counter-{number}") == 1 for number in range(320))


def test_production_is_safe_once_everything_is_said(surroundings: Any) -> None:
    found = settings_with(surroundings, **GOOD)
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert "SECURE_PROXY_SSL_HEADER" not in found, "any client could claim to be secure"
    behind = settings_with(surroundings, **GOOD, TRUSTED_PROXIES="1")
    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    # None would be the library's own default, with which a client chooses its address.
    assert (found["REST_FRAMEWORK"]["NUM_PROXIES"], behind["REST_FRAMEWORK"]["NUM_PROXIES"]) == (
        0,
        1,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without(surroundings: Any, name: str) -> None:
    values = {key: value for key, value in GOOD.items() if key != name}
    with bad(name):
        settings_with(surroundings, **values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THROUGHLINE_MODE", "prod"),
        ("DEBUG", "maybe"),
        ("THROUGHLINE_TODAY", "15/01/2020"),
        ("DATABASE_URL", "mysql://host/name"),
        ("Q_BROKER", "rabbit"),
        ("Q_WORKERS", "two"),
        ("TRUSTED_PROXIES", "-1"),
        ("API_READS_PER_MINUTE", "0"),
        ("API_WRITES_PER_MINUTE", "many"),
        ("PACK_LEASE_SECONDS", "1.5"),
        ("REMIND_DAYS", "14,soon"),
        ("REMIND_DAYS", "-3"),
        ("REMIND_DAYS", "1000"),
        ("REMIND_DAYS", ","),
        ("SITE_URL", "throughline.example.org"),
        ("SITE_URL", "https://throughline.example.org/plans"),
        ("SITE_URL", "ftp://throughline.example.org"),
        ("SITE_URL", "https://app:secret@throughline.example.org"),
        ("EMAIL_URL", "mail.example.org"),
    ],
)
def test_a_bad_value_stops_the_program_and_is_named(
    surroundings: Any, name: str, value: str
) -> None:
    with bad(name):
        settings_with(surroundings, **{name: value})


# --- the system checks --------------------------------------------------------------------------


@pytest.fixture
def production(settings: Any, monkeypatch: Any) -> Any:
    settings.PRODUCTION, settings.DEBUG, settings.TODAY = True, False, None
    settings.SECRET_KEY = GOOD["SECRET_KEY"]
    settings.ALLOWED_HOSTS = ["throughline.example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.Q_BROKER, settings.REDIS_URL = "database", ""
    engine = "django.db.backends.postgresql"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    return settings


def found() -> list[str | None]:
    return [problem.id for problem in checks.safe_configuration(None)]


def test_a_good_configuration_has_no_problem(production: Any) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DEBUG", True, "throughline.E011"),
        ("TODAY", date(2020, 1, 15), "throughline.E012"),
        ("SECRET_KEY", "short", "throughline.E013"),
        ("SECRET_KEY", "ab" * 40, "throughline.E013"),
        ("ALLOWED_HOSTS", ["*"], "throughline.E014"),
        ("ALLOWED_HOSTS", [], "throughline.E014"),
        (
            "EMAIL_BACKEND",
            "django.core.mail.backends.console.EmailBackend",
            "throughline.E015",
        ),
        ("Q_BROKER", "redis", "throughline.E016"),
    ],
)
def test_each_unsafe_setting_is_found_alone(
    production: Any, name: str, value: Any, problem: str
) -> None:
    setattr(production, name, value)
    assert found() == [problem]


def test_a_broker_without_its_address_is_found_in_development_too(settings: Any) -> None:
    settings.PRODUCTION, settings.ALLOWED_HOSTS = False, ["localhost"]
    settings.Q_BROKER, settings.REDIS_URL = "redis", ""
    assert found() == ["throughline.E016"]


def test_sqlite_in_production_is_worth_a_warning(production: Any, monkeypatch: Any) -> None:
    engine = "django.db.backends.sqlite3"
    monkeypatch.setitem(production.DATABASES["default"], "ENGINE", engine)
    assert found() == ["throughline.W017"]


@pytest.mark.parametrize("host", ["throughline.example.org", "*", "192.0.2.1", ".example.org"])
def test_development_serves_nobody_but_the_machine_itself(settings: Any, host: str) -> None:
    settings.PRODUCTION = False
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert found() == []
    settings.ALLOWED_HOSTS = ["localhost", host]
    assert found() == ["throughline.E010"]


def check(tmp_path: Path, *options: str, **values: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in a process of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **values},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.services  # a process of its own
def test_a_program_with_every_mistake_does_not_start_and_lists_them(tmp_path: Path) -> None:
    wrong = {
        "THROUGHLINE_MODE": "production",
        "DEBUG": "true",
        "THROUGHLINE_TODAY": "2020-01-15",
        "SECRET_KEY": "short",
        "ALLOWED_HOSTS": "*",
        "Q_BROKER": "redis",
    }
    done = check(tmp_path, **wrong)
    assert done.returncode == 1
    for number in ("E011", "E012", "E013", "E014", "E015", "E016", "W017"):
        assert f"throughline.{number}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.services  # a process of its own
def test_a_good_production_configuration_passes_djangos_own_checks_too(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", **GOOD)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.services  # a process of its own
def test_a_development_server_does_not_start_for_strangers(tmp_path: Path) -> None:
    done = check(tmp_path, ALLOWED_HOSTS="localhost,throughline.example.org")
    assert done.returncode == 1
    assert "throughline.E010" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_URL", "smtp://mail.example:abc"),
        ("REDIS_URL", "redis://127.0.0.1:abc/1"),
        ("DATABASE_URL", "postgres://u@127.0.0.1:abc/db"),
        ("EMAIL_URL", "smtp://mail.example:0"),
        ("REDIS_URL", "redis://127.0.0.1:65536/1"),
        ("DATABASE_URL", "postgres://u@[::1/db"),
        ("REDIS_URL", "redis://:hunter2/x@127.0.0.1:6379/1"),
    ],
)
def test_a_port_that_is_no_number_names_its_setting(monkeypatch, tmp_path, name, value):
    monkeypatch.setenv(name, value)
    readers = {
        "EMAIL_URL": lambda: env.email(name),
        "REDIS_URL": lambda: env.redis(name),
        "DATABASE_URL": lambda: env.database(name, tmp_path / "db"),
    }
    with pytest.raises(ImproperlyConfigured, match=f"{name}: the port") as caught:
        readers[name]()
    # The reader of addresses quotes what it took for a port: here a part of the password.
    trace = "".join(traceback.format_exception(caught.value))
    assert "as 'hunter2" not in trace
