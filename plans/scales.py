"""The two scales by which quality is judged, and nothing else of them: frameworks say the rest."""

from django.db.models import IntegerChoices, TextChoices

LOW = 2  # on either scale, a rating up to here asks for action


class Scale(TextChoices):
    GRADE = "six-point", "Six-point scale"
    RATING = "four-point", "Four-point scale"


class Grade(IntegerChoices):
    """The six-point scale of inspections."""

    EXCELLENT = 6, "Excellent"
    VERY_GOOD = 5, "Very good"
    GOOD = 4, "Good"
    ADEQUATE = 3, "Adequate"
    WEAK = 2, "Weak"
    UNSATISFACTORY = 1, "Unsatisfactory"


class Rating(IntegerChoices):
    """The four-point scale of the 2024 self-evaluation."""

    NOT_AT_ALL = 1, "Not at all"
    PARTIALLY = 2, "Partially"
    MOSTLY = 3, "Mostly"
    FULLY = 4, "Fully"


POINTS: dict[str, type[Grade] | type[Rating]] = {Scale.GRADE: Grade, Scale.RATING: Rating}


def points(scale: str) -> list[tuple[int, str]]:
    """Value and label of each point, from the lowest up."""
    return sorted((point.value, str(point.label)) for point in POINTS[scale])


def label(scale: str, value: int | None) -> str:
    """The words for a value, or an empty string where nothing was judged."""
    return "" if value is None else str(POINTS[scale](value).label)


def difference(points: int | None) -> str:
    """How much higher or lower a second rating is, in words; empty without both."""
    if points is None:
        return ""
    if points == 0:
        return "The same"
    size = abs(points)
    return f"{size} point{'' if size == 1 else 's'} {'higher' if points > 0 else 'lower'}"


def change(scale: str, before: int | None, now: int | None) -> str:
    """How a rating stands to the one before it, in words; empty where there is none now."""
    if now is None:
        return ""
    if before is None:
        return "Not rated before"
    if before == now:
        return "The same"
    return f"{'Up' if now > before else 'Down'} from “{label(scale, before)}”"
