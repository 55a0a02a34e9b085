"""manage.py import_kpis: what an operator sees, and what is kept."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from kpis.models import FigureImport, FigureName, Observation
from tests import factories
from tests.kpis.importing.helpers import stands, table

pytestmark = pytest.mark.django_db
TWO = table("K1,Apr-19,41,60,,", "K1,May-19,42,60,,")


@pytest.fixture
def run(kpi, tmp_path):
    def run(data, *options):
        path = tmp_path / "figures.csv"
        path.write_bytes(data)
        out = io.StringIO()
        try:
            call_command("import_kpis", str(path), "--area", kpi.area.slug, *options, stdout=out)
        except CommandError as error:
            return out.getvalue(), str(error)
        return out.getvalue(), ""

    return run


def test_a_file_is_taken_in_and_a_second_time_changes_nothing(run, kpi):
    out, _ = run(TWO)
    assert out.splitlines() == [
        "2 new, 0 changed, 0 as they are here, 0 stopped, 0 doubtful, 0 left out.",
        "line 2: new: K1, Apr-19: Number 41; Out of 60",
        "line 3: new: K1, May-19: Number 42; Out of 60",
        "Taken in.",
    ]
    assert stands(kpi) == {"2019-04": (41, 60), "2019-05": (42, 60)}
    out, refused = run(TWO)
    assert (out.splitlines()[-1], refused) == ("Nothing is saved.", "")
    assert FigureImport.objects.count() == 1
    assert Observation.objects.count() == 2


def test_a_preview_saves_nothing_and_tells_all_as_json(run, kpi):
    out, _ = run(table("K1,Apr-19,41,60,,", "Seen,May-19,61,60,,"), "--preview", "--json")
    told = json.loads(out)
    assert (told["saved"], told["counts"]["new"], told["counts"]["stopped"]) == (False, 1, 1)
    first, second = told["figures"]
    assert (first["kpi"], first["period"], first["numerator"]) == ("K1", "Apr 2019", 41)
    assert (first["start"], first["does"], first["at"]) == ("2019-04-01", "new", 1)
    assert second["stops"] == ["“Seen” is no KPI of this area."]
    assert told["names"] == [{"name": "Seen", "first": "line 3", "rows": 1}]
    assert told["tables"][0]["columns"][0] == {
        "heading": "KPI",
        "field": "KPI",
        "period": False,
        "kpi": None,
    }
    assert not FigureImport.objects.exists()


def test_what_the_page_asks_is_said_by_options(run, kpi):
    data = table("Seen,04/05/2019,41,60", "Seen,05/06/2019,42,60", head="Thing,Day,Number,Of\n")
    chosen = ["--column", "Thing=KPI", "--column", "Day=Period", "--kpi", "Seen=K1"]
    _, refused = run(data, *chosen)
    assert "Say first how the days in the file are written." in refused
    assert not FigureName.objects.exists()
    _, refused = run(data, *chosen, "--days", "day-first", "--vintage", "provisional")
    assert refused == ""
    assert stands(kpi) == {"2019-05": (41, 60), "2019-06": (42, 60)}
    assert Observation.objects.filter(vintage="provisional").count() == 2
    for wrong, said in (
        (["--kpi", "Seen=K9"], "There is no KPI “K9” in this area."),
        (["--column", "Thing=Nonsense"], "“Nonsense” is nothing that a column can be."),
        (["--kpi", "Seen"], "--kpi Seen: write a name, “=”, and what it is."),
    ):
        assert said in run(data, *wrong)[1]


def test_a_refusal_ends_with_sentences_and_keeps_nothing(run, kpi):
    factories.observation(kpi)
    out, refused = run(table("K1,Dec-19,42,60,,", "K1,Nov-19,61,60,,"), "--json")
    assert json.loads(out)["refused"] == [
        "Line 3: 61 is more than the 60 that it is counted from.",
        "Mend the file, or leave these figures out.",
    ]
    assert refused.startswith("figures.csv: nothing is saved.\nLine 3: 61 is more than")
    _, refused = run(table("K1,Dec-19,42,60,,", "K1,Nov-19,61,60,,"), "--without-stopped")
    assert "It stands as 41 of 60, not 42 of 60. Say why it changes." in refused
    assert not FigureImport.objects.exists()
    rows = table("K1,Dec-19,42,60,,", "K1,Nov-19,61,60,,")
    assert run(rows, "--without-stopped", "--reason", "Late")[1] == ""
    assert stands(kpi) == {"2019-12": (42, 60)}
    assert "This is a PDF" in run(b"%PDF-1.7\n")[1]
