"""Days that people type into forms."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from management.fields import day_field


@pytest.mark.parametrize(
    "typed",
    ["24 Sept 2019", "24 sept. 2019", "24 Sep 2019", "24 September 2019", "24 9 2019"],
)
def test_september_is_read_however_it_is_shortened(typed: str) -> None:
    assert day_field("Agreed on", "Give it.").clean(typed) == date(2019, 9, 24)


def test_what_is_no_day_is_refused_as_it_was_typed() -> None:
    with pytest.raises(ValidationError, match="not a date that can be read"):
        day_field("Agreed on", "Give it.").clean("Sept 2019")
