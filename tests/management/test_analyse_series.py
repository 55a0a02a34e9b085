"""manage.py analyse_series: lines of JSON in and out."""

import json
from io import StringIO

import pytest
from django.core.management import call_command


def run(monkeypatch, *lines):
    monkeypatch.setattr("sys.stdin", StringIO("\n".join(lines)))
    out = StringIO()
    try:
        call_command("analyse_series", stdout=out)
    except SystemExit as stopped:
        return stopped.code, [json.loads(line) for line in out.getvalue().splitlines()]
    return 0, [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_is_answered_with_its_own_id(monkeypatch):
    asked = {"id": 7, "profile": "runchart_his", "input": {"values": [1.1, 2.2, None, 2.2]}}
    code, told = run(monkeypatch, json.dumps(asked), "", json.dumps(asked | {"id": "b"}))
    assert code == 0
    assert [one["id"] for one in told] == [7, "b"]
    assert told[0]["result"] == {"median": 2.2, "shift_points_1based": [], "trends_1based": []}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{nonsense", "Line 2 is no JSON"),
        ("[1]", "Line 2 is no object"),
        ('{"id": 1, "profile": "xbar", "input": {}}', "Line 2: There is no profile “xbar”."),
        ('{"id": 1, "profile": "runs", "input": {"values": ["NaN"]}}', "“NaN”, which is no number"),
        ('{"id": 1, "profile": "runs", "input": {"values": 3}}', "values is no list"),
        ('{"id": 1, "profile": "qic_run", "input": {"values": [1e400, 2]}}', "of the kind"),
        (
            '{"id": 1, "profile": "qic_run", "input": {"values": [1, 2], "part": ["a"]}}',
            "of the kind",
        ),
    ],
)
def test_a_line_that_cannot_be_read_does_not_keep_the_others_from_their_answers(
    monkeypatch, line, said
):
    good = json.dumps({"id": "good", "profile": "runs", "input": {"values": [1, 2]}})
    code, told = run(monkeypatch, good, line, good)
    assert [one["id"] for one in told[::2]] == ["good", "good"]
    assert code == 1 and said in told[1]["error"]
