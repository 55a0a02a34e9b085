"""What people type into the two fields of a figure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.typed import NONE_DUE, WITHHELD, Misread, Typed, typed

UNITS = st.sampled_from(["percentage", "per_10000", "count", "days"])


@pytest.mark.parametrize(
    ("number", "out_of", "unit", "counts", "found"),
    [
        ("41", "60", "percentage", True, Typed(41, 60)),
        ("1,234", "2 000", "percentage", True, Typed(1234, 2000)),
        ("41 of 60", "", "percentage", True, Typed(41, 60)),
        ("41 of 60", "60", "percentage", False, Typed(41, 60)),
        ("0", "0", "percentage", True, NONE_DUE),
        ("none due", "", "percentage", True, NONE_DUE),
        ("85%", "", "percentage", True, Typed(value=Decimal("85"))),
        ("85.0 %", "", "percentage", False, Typed(value=Decimal("85"))),
        ("7", "", "percentage", False, Typed(value=Decimal(7))),
        ("85% p", "", "percentage", False, Typed(value=Decimal(85), vintage="provisional")),
        ("67.2", "", "per_10000", True, Typed(value=Decimal("67.2"))),
        ("12", "", "count", True, Typed(12)),
        ("12.5", "", "days", True, Typed(value=Decimal("12.5"))),
        ("200", "16", "days", True, Typed(200, 16)),
        ("n/a", "", "percentage", True, Typed()),
        ("", "", "count", True, Typed()),
        ("*", "", "percentage", True, Typed(note=WITHHELD)),
    ],
)
def test_what_people_write_is_read_as_they_mean_it(number, out_of, unit, counts, found):
    assert typed(number, out_of, unit=unit, counts=counts) == found


@pytest.mark.parametrize(
    ("number", "out_of", "unit", "field", "said"),
    [
        ("41", "", "percentage", "out_of", "Where only the percentage is known, write 41%."),
        ("", "60", "percentage", "number", "How many of the 60?"),
        ("41.5", "60", "percentage", "number", "“41.5” is no whole number, as a count is."),
        ("85%", "60", "percentage", "number", "is a percentage, and here stands a count."),
        ("-3", "", "count", "number", "is below zero"),
        ("41", "many", "percentage", "out_of", "“many” is no number."),
        ("41", "n/a", "percentage", "out_of", "is no number of cases"),
        ("41 of 60", "61", "percentage", "out_of", "says what it is out of already"),
        ("nan", "", "count", "number", "is no number that can be counted"),
        ("4,1", "", "days", "number", "can be read in two ways"),
        ("12%", "", "days", "number", "is a percentage, and this KPI is none"),
        ("670", "", "per_10000", "out_of", "670 out of how many people?"),
        ("99999999999", "", "count", "number", "is more than 2,147,483,647"),
    ],
)
def test_what_is_no_figure_is_refused_at_its_field(number, out_of, unit, field, said):
    with pytest.raises(Misread) as caught:  # its field is its own
        typed(number, out_of, unit=unit, counts=True)
    assert caught.value.field == field
    assert said in str(caught.value)


@given(st.text(max_size=70), st.text(max_size=20), UNITS, st.booleans())
def test_whatever_is_typed_is_a_figure_or_a_sentence(number, out_of, unit, counts):
    try:
        found = typed(number, out_of, unit=unit, counts=counts)
    except Misread as error:
        assert str(error).endswith((".", "?"))
    else:
        assert found.value is None or found.numerator is None
        assert found.denominator is None or found.numerator is not None
        assert all(n is None or n >= 0 for n in (found.numerator, found.denominator, found.value))
