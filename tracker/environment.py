"""Reading settings from the environment: a value is right, or the program does not start."""

import os
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None, *, among: tuple[str, ...] = ()) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names (for secrets).

    Raises ImproperlyConfigured when it is missing without a default, or not `among` the choices.
    """
    value = os.environ.get(name)
    file = os.environ.get(f"{name}_FILE")
    if value and file:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Set one of them.")
    if file:
        try:
            value = Path(file).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names a file that cannot be read: {error}"
            ) from error
    value = value or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. See docs/settings.md.")
    if among and value not in among:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be one of: {', '.join(among)}.")
    return value


def boolean(name: str, default: bool) -> bool:
    value = text(name, "true" if default else "false").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be true or false.")
    return value in TRUE


def integer(name: str, default: int, *, least: int = 0) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. It must be a whole number, {least} or more."
        )
    return int(value)


def integers(name: str, default: str) -> tuple[int, ...]:
    """Whole numbers written with commas, the highest first, each once."""
    given = words(name, default)
    if not given or not all(word.isdecimal() and len(word) < 4 for word in given):
        raise ImproperlyConfigured(
            f"{name} is {','.join(given)!r}. Write whole numbers below 1000, as in {default}."
        )
    return tuple(sorted({int(word) for word in given}, reverse=True))


def site(name: str) -> str:
    """An address such as https://throughline.example.org, or "" when it is not set."""
    url = text(name, "")
    parts = _parts(name, url)
    whole = parts.scheme in {"http", "https"} and parts.hostname
    if url and (not whole or "@" in parts.netloc or parts.path.strip("/") or parts.query):
        raise ImproperlyConfigured(f"{name} must be https://name or http://name, with no path.")
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def redis(name: str) -> str:
    """The address of a Redis server, or "" when it is not set."""
    url = text(name, "")
    if url and _parts(name, url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} must be redis://host:port/number (or rediss, unix).")
    return url


def words(name: str, default: str | None = "") -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def day(name: str) -> date | None:
    """A date written 2020-01-15, or None when it is not set."""
    value = text(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a date as 2020-01-15.") from error


def _parts(name: str, url: str) -> SplitResult:
    """The parts of a URL. Raises ImproperlyConfigured when they or the port cannot be read."""
    try:
        parts = urlsplit(url)
        if parts.port != 0:
            return parts
    except ValueError:
        pass  # its own words may hold a part of the password
    raise ImproperlyConfigured(
        f"{name}: the port is not a number from 1 to 65535, or the address cannot be read. "
        "In a password, write “/” as %2F, “#” as %23 and “[” as %5B."
    )


def database(name: str, default_file: Path) -> dict[str, object]:
    """Django's database settings from sqlite:////path or postgres://user:password@host:port/name.

    The path of an SQLite file is an absolute one, with or without the fourth slash.
    """
    parts = _parts(name, text(name, f"sqlite:///{quote(str(default_file))}"))
    file = parts.path.lstrip("/")
    if parts.scheme == "sqlite" and not parts.netloc and file and parts.path != file:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path("/" + unquote(file)),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # Measured: without these three, parallel writers meet "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                # Without it, REPLACE deletes a row behind the back of the audit triggers.
                " PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "ATOMIC_REQUESTS": True,
            "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(parts.query))},
        }
    raise ImproperlyConfigured(
        f"{name} must be sqlite:////path/to/file or postgres://user:password@host:port/name."
    )


def email(name: str) -> dict[str, object]:
    """Django's e-mail settings from smtp://user:password@host:port (smtp+tls, smtps), or file:///folder.

    Without a value, messages are written to the console.
    """
    parts = _parts(name, text(name, "console://"))
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme in {"smtp", "smtp+tls", "smtps"} and parts.hostname:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_TIMEOUT": 15,
        }
    raise ImproperlyConfigured(
        f"{name} must be smtp+tls://user:password@host:587, smtps://…, smtp://… or file:///folder."
    )
