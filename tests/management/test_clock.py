"""The one clock: held for demonstrations, Scottish otherwise."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from management import clock

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_clock_runs_where_nobody_holds_it() -> None:
    assert clock.held() is None
    assert clock.today() == timezone.localdate()
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


def test_the_setting_holds_the_day_and_lets_the_time_of_day_run(settings: Any) -> None:
    settings.TODAY = date(2020, 1, 15)
    assert clock.held() == clock.today() == date(2020, 1, 15)
    assert clock.now().date() == date(2020, 1, 15)
    assert clock.now().tzinfo is not None
    real = timezone.localtime().time()
    assert abs(clock.now().hour * 60 + clock.now().minute - real.hour * 60 - real.minute) <= 1


def test_hold_wins_over_the_setting_and_ends_with_its_block(settings: Any) -> None:
    settings.TODAY = date(2020, 1, 15)
    with clock.hold(date(2019, 8, 6)):
        assert clock.today() == date(2019, 8, 6)
        with clock.hold(date(2019, 9, 17)):
            assert clock.today() == date(2019, 9, 17)
        assert clock.today() == date(2019, 8, 6)
    assert clock.today() == date(2020, 1, 15)


def test_hold_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.hold(date(2019, 8, 6)):
        raise ZeroDivisionError
    assert clock.held() is None


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),  # summer: an hour ahead
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 3, 29)),  # the clocks change
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_day_is_that_of_scotland_and_not_of_greenwich(moment: datetime, day: date) -> None:
    with mock.patch("django.utils.timezone.now", return_value=moment):
        assert clock.today() == day
        assert clock.now() == moment


def test_nothing_else_asks_what_day_it_is() -> None:
    """A page that read the real date would contradict a demonstration held at another."""
    asks = re.compile(r"date\.today\(|datetime\.now\(|datetime\.today\(|localdate\(|utcnow\(")
    own = {"management/clock.py"}
    for app in ("management", "kpis", "plans", "governance", "tracker"):
        for path in (ROOT / app).rglob("*.py"):
            where = str(path.relative_to(ROOT))
            if "migrations" not in path.parts and where not in own:
                assert not asks.search(path.read_text()), where


def test_no_template_asks_either() -> None:
    for path in [*ROOT.glob("*/templates/**/*.html"), *ROOT.glob("*/jinja2/**/*.html")]:
        assert "{% now" not in path.read_text(), path
