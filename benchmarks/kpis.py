"""Steps about KPIs: how long their series take to be read and drawn, and what their pages cost."""

import gzip
import random
import time
from datetime import date
from fractions import Fraction
from statistics import median, quantiles
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from benchmarks import data
from benchmarks.statements import counted, queries
from kpis import reading, sentences, series
from kpis.models import Indicator, Observation
from kpis.periods import month
from management import audit
from management.access import Role
from management.models import User
from tests import factories

SERIES, POINTS = 10_000, 60
GRID = 60  # KPIs
AREAS, OTHERS, PARTS = 20, 5, 8
TIMES, WARM = 60, 5
FIRST = month(date(2010, 1, 1))


def _figures(seed: int) -> list[reading.Figure]:
    dice = random.Random(seed)  # noqa: S311  (figures, not secrets)
    period, found = FIRST, []
    for _ in range(POINTS):
        out_of = dice.randint(30, 90)
        number = sum(dice.random() < 0.8 for _ in range(out_of))
        found.append(reading.Figure(period, Fraction(number * 100, out_of), number, out_of))
        period = period.next()
    return found


def analyse() -> dict[str, Any]:
    """Read every series and say its sentence and notes; in seconds of this process."""
    made = [_figures(number) for number in range(100)]
    measure = reading.Measure(reading.Kind.PERCENTAGE, "higher", 100)
    style = sentences.Style("%", 1)
    start = time.process_time()
    said = 0
    for number in range(SERIES):
        # Another target for each, so that no two are one and the same question.
        found = reading.read(
            made[number % len(made)], measure, target=Fraction(60_000 + number, 1000)
        )
        said += bool(sentences.headline(found, style)) and len(sentences.notes(found, style)) >= 0
    return {"seconds": time.process_time() - start, "said": said}


def prepare_grid() -> None:
    """An area with 60 KPIs of 60 months, each with counts, a target and an owner."""
    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        data.place(kpis=GRID, months=POINTS)


def grid() -> dict[str, Any]:
    """The page of all KPIs with every chart that it names, in seconds of this process: first with
    nothing stored, then again, then after one figure has changed."""
    client = _client()
    client.get(reverse("area", args=["measured"]))  # templates of every page, and the session
    first, drawn = _whole_grid(client)
    again, drawn_again = _whole_grid(client)
    row = Indicator.objects.get(area__slug="measured", code="K01")
    with audit.naming(data.BY, "record"):
        factories.observation(
            row, month(date(2019, 12, 1)), numerator=1, denominator=60, edition=99
        )
    changed, drawn_anew = _whole_grid(client)
    return {
        "first": first,
        "drawn": drawn,
        "again": again,
        "drawn again": drawn_again,
        "changed": changed,
        "drawn anew": drawn_anew,
    }


def _whole_grid(client: Client) -> tuple[float, int]:
    start = time.process_time()
    answer = client.get(reverse("kpis", args=["measured"]))
    page = gzip.decompress(answer.content).decode()
    sources = [part.partition('"')[0] for part in page.split('<img src="')[1:]]
    wanted = [source for source in sources if "small.svg" in source]
    for source in wanted:
        assert client.get(source).status_code == 200, source
    return time.process_time() - start, len(wanted)


def chart() -> list[float]:
    """Milliseconds of CPU of one large chart, twenty times, after the first."""
    from kpis import charts

    row = Indicator.objects.filter(area__slug="measured").with_figures().get(code="K01")
    shown = series.kpi(row, row.figures, row.targets.all(), phases=row.phases)
    spent = []
    for number in range(21):
        start = time.process_time()
        assert charts.drawing(shown, "Measured", f"kpi{number}").svg
        spent.append((time.process_time() - start) * 1000)
    return spent[1:]


# --- two million figures ------------------------------------------------------------------------

FILL = """
INSERT INTO kpis_observation
    (area_id, indicator_id, comparator, split, part, start, "end", numerator, denominator, vintage,
     source, note, reason, edition, entered_by, entered_at)
SELECT i.area_id, i.id, w.comparator, w.split, w.part, m.start::date,
    (m.start + interval '1 month' - interval '1 day')::date,
    (20 + random() * 20)::int, 50, 'final', 'Case management system', '', '', 1, 'Somebody',
    m.start + interval '40 days'
FROM kpis_indicator i
CROSS JOIN generate_series(date '2010-01-01', date '2019-12-01', interval '1 month') AS m(start)
CROSS JOIN (
    SELECT '' AS comparator, '' AS split, '' AS part
    UNION ALL SELECT 'Area ' || n, '', '' FROM generate_series(1, %s) n
    UNION ALL SELECT '', 'team', 'Team ' || n FROM generate_series(1, %s) n
) AS w
ON CONFLICT DO NOTHING
"""


def prepare() -> None:
    """Twenty areas with 60 KPIs each, of 120 months, with five others beside them and in eight
    parts: two million figures. PostgreSQL writes them itself."""
    call_command("migrate", verbosity=0)
    audit.remove()
    with audit.naming(data.BY, "fill"):
        data.place(kpis=GRID, months=0)
        for number in range(1, AREAS):
            area = factories.area(f"Area {number}", slug=f"area-{number}")
            for kpi in range(GRID):
                factories.kpi(area, code=f"K{kpi}", measure=f"measure-{kpi // 2}")
    with connection.cursor() as cursor:
        cursor.execute(FILL, [OTHERS, PARTS])
    audit.install()
    with connection.cursor() as cursor:
        # PostgreSQL would tidy up after so many new rows just while the pages are asked for.
        cursor.execute("VACUUM ANALYZE")


def measure() -> dict[str, Any]:
    """Queries, and the 95th centile of the time that a page takes the server, in milliseconds."""
    client, row = _client(), Indicator.objects.filter(area__slug="measured").order_by("code")[0]
    paths = {
        "grid": reverse("kpis", args=["measured"]),
        "list": f"{reverse('kpis', args=['measured'])}?as=list&says=no_sign",
        "KPI": reverse("kpi", args=["measured", row.pk]),
        "KPI, as it stood": f"{reverse('kpi', args=['measured', row.pk])}?on=2019-06-30",
        "comparison": reverse("kpi_compare", args=["measured", row.pk]),
        "reading": f"/api/v1/areas/measured/kpis/{row.pk}/reading/",
    }
    pages = [{"page": page, **_timed(client, path)} for page, path in paths.items()]
    return {"figures": Observation.objects.count(), "pages": pages}


def _timed(client: Client, path: str) -> dict[str, Any]:
    for _ in range(WARM):
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    wall, spent = [], []
    for _ in range(TIMES):
        start, begun = time.perf_counter(), time.process_time()
        client.get(path)
        wall.append((time.perf_counter() - start) * 1000)
        spent.append((time.process_time() - begun) * 1000)
    cache.clear()  # so that the session, too, is read from the database
    with counted() as statements:
        client.get(path)
    return {
        "queries": queries(statements),
        "p95": quantiles(wall, n=20)[-1],
        "CPU": median(spent),
        "wall": median(wall),
    }


def _client() -> Client:
    client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
    with audit.naming(data.BY, "sign in"):
        client.force_login(User.objects.get(email=f"{Role.BOARD_MEMBER}@measured.example"))
    return client
