"""Days that can only be typing errors, refused at their fields."""

from datetime import date

from django.core.exceptions import ValidationError

from management import clock
from management.days import day_text

AHEAD, BACK = 5, 50  # years
NOT_YET = "It cannot have been agreed on a day that has not come yet."


def refuse_odd(**days: date | None) -> None:
    """Raise ValidationError for each day, by the name of its field, whose year cannot be right."""
    this_year = clock.today().year
    odd = {}
    for field, day in days.items():
        if day is not None and not this_year - BACK <= day.year <= this_year + AHEAD:
            odd[field] = (
                f"{day_text(day)} is more than "
                f"{AHEAD if day.year > this_year else BACK} years from now. Is the year right?"
            )
    if odd:
        raise ValidationError(odd)


def refuse_future(field: str, day: date | None, sentence: str) -> None:
    """Raise ValidationError with the sentence when the day has not come yet."""
    if day is not None and day > clock.today():
        raise ValidationError({field: sentence})
