"""Two who take figures in at the same time: one waits for the other, and sees what has changed."""

import contextvars
import threading
from datetime import date

import pytest
from django.db import connection

from kpis.models import Observation
from kpis.periods import month
from kpis.services import figures, importing
from management.access import Role
from management.versions import Stale
from tests import factories
from tests.kpis.importing.helpers import Bring, stands, table

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.usefixtures("today"),
]
APRIL = month(date(2019, 4, 1))


def at_once(*deeds):
    """Does them in threads of their own, as of one moment; what each ended with."""
    ended, start = {}, threading.Barrier(len(deeds))

    def do(number, deed):
        start.wait(10)
        try:
            deed()
            ended[number] = None
        except Exception as error:  # the test says which it may be
            ended[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(do, number, deed))
        for number, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [ended[number] for number in range(len(deeds))]


@pytest.fixture
def kpi():
    return factories.kpi(factories.area(), code="K1")


def test_of_two_files_for_one_figure_one_is_shown_again(kpi):
    people = [factories.user(kpi.area, Role.PERFORMANCE_LEAD) for _ in range(2)]
    brings = [Bring(person, kpi.area) for person in people]
    kept = [one.keep(table(f"K1,Apr-19,{41 + n},60,,")) for n, one in enumerate(brings)]
    marks = [importing.look(one).mark for one in kept]
    ended = at_once(*(lambda n=n: brings[n].take_in(kept[n], mark=marks[n]) for n in range(2)))
    assert sorted(type(error).__name__ for error in ended) == ["NoneType", "Stale"]
    assert Observation.objects.count() == 1


def test_a_figure_that_is_typed_while_a_file_comes_in_is_not_written_over(kpi):
    person = factories.user(kpi.area, Role.PERFORMANCE_LEAD)
    bring = Bring(person, kpi.area)
    kept = bring.keep(table("K1,Apr-19,41,60,,"))
    mark = importing.look(kept).mark

    def typed():
        facts = {"numerator": 40, "denominator": 60, "reason": "Typed"}
        figures.record_figure(by=person, indicator=kpi, period=APRIL, **facts)

    file, form = at_once(lambda: bring.take_in(kept, mark=mark), typed)
    assert form is None
    assert file is None or isinstance(file, Stale)
    assert stands(kpi) == {"2019-04": (40, 60)}
    assert Observation.objects.count() == (2 if file is None else 1)
