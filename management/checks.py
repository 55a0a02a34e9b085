"""System checks that refuse an unsafe configuration."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1", ".localhost", "testserver"}


@register()
def safe_configuration(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whether this may face people: development serves loopback only, production says all."""
    problems: list[CheckMessage] = []
    if settings.Q_BROKER == "redis" and not settings.REDIS_URL:
        problems.append(Error("Q_BROKER=redis needs REDIS_URL.", id="throughline.E016"))
    if not settings.PRODUCTION:
        strangers = sorted(set(settings.ALLOWED_HOSTS) - LOOPBACK)
        if strangers:
            problems.append(
                Error(
                    f"Development mode would serve {', '.join(strangers)}.",
                    hint="Set THROUGHLINE_MODE=production, or keep ALLOWED_HOSTS to localhost.",
                    id="throughline.E010",
                )
            )
        return problems
    if settings.DEBUG:
        problems.append(Error("DEBUG is on in production.", id="throughline.E011"))
    if settings.TODAY:
        problems.append(
            Error(
                "THROUGHLINE_TODAY holds the clock in production.",
                hint="It is for demonstrations only.",
                id="throughline.E012",
            )
        )
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 5:
        problems.append(
            Error("SECRET_KEY is shorter than 50 characters, or too simple.", id="throughline.E013")
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error("ALLOWED_HOSTS must name the service's own hosts.", id="throughline.E014")
        )
    if "console" in settings.EMAIL_BACKEND:
        problems.append(
            Error("EMAIL_URL is not set: no password could be reset.", id="throughline.E015")
        )
    if "sqlite" in str(settings.DATABASES["default"]["ENGINE"]):
        problems.append(
            Warning(
                "SQLite serves one area only: with more, set DATABASE_URL to PostgreSQL.",
                id="throughline.W017",
            )
        )
    return problems
