"""What the page of a KPI says of its definition, its targets, and where its series begins anew."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.definition import aims, next_code
from kpis.values import whole


def row(start, value="85", kind="target"):
    return SimpleNamespace(start=start, value=None if value is None else Decimal(value), kind=kind)


KPI = SimpleNamespace(get_unit_display=lambda: "%", decimals=0)
TODAY = date(2020, 1, 15)


def test_each_target_holds_until_the_day_before_the_next_of_its_kind():
    found = aims(
        KPI,
        [
            row(date(2020, 4, 1), None),
            row(date(2018, 4, 1), "80"),
            row(date(2019, 4, 1), "92.5"),
            row(date(2018, 9, 1), "95", kind="standard"),
        ],
        TODAY,
    )
    assert [(a.row.start.year, a.until, a.value, a.state) for a in found] == [
        (2020, None, "None", "To come"),
        (2019, date(2020, 3, 31), "92.5%", "In force"),
        (2018, date(2019, 3, 31), "80%", "Ended"),
        (2018, None, "95%", "In force"),
    ]


@given(st.sets(st.dates(date(2010, 1, 1), date(2030, 1, 1)), min_size=1))
def test_on_every_day_since_the_first_one_target_is_in_force(days):
    found = aims(KPI, [row(day) for day in days], TODAY)
    held = [a for a in found if a.row.start <= TODAY and (a.until is None or a.until >= TODAY)]
    assert len(held) == (min(days) <= TODAY)
    assert [a.state for a in found].count("In force") == len(held)


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], "K1"),
        (["K1", "K9", "K2"], "K10"),
        (["KPI-07"], "KPI-08"),
        (["CPO", "K3b"], "K1"),
        (["9"], "10"),
    ],
)
def test_the_next_free_code(codes, code):
    assert next_code(codes) == code


@pytest.mark.parametrize(
    ("value", "said"), [("92.5000", "92.5%"), ("90.0000", "90%"), ("1E+2", "100%"), ("0", "0%")]
)
def test_a_target_is_told_whole(value, said):
    assert whole(Decimal(value), "%", 0) == said
