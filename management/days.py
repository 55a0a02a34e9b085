"""Days as people write them. Pure."""

from datetime import date


def day_text(day: date) -> str:
    """15 January 2020."""
    return f"{day.day} {day:%B %Y}"
