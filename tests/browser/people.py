"""Who is who in the demonstration."""

import tomllib

from tracker.demo import FOLDER, PASSWORD

DEMO_DAY = "2020-01-15"
AREA = "west-dunbartonshire"
EMPTY_AREA, BEGINNER = "corrie", "nan.begg@example.org"

__all__ = ["AREA", "BEGINNER", "DEMO_DAY", "EMPTY_AREA", "PASSWORD", "email_of"]


def email_of(role: str) -> str:
    """The first person of the demonstration area who has the role."""
    people = tomllib.loads((FOLDER / "people.toml").read_text(encoding="utf-8"))["people"]
    return str(next(person["email"] for person in people if person["role"] == role))
