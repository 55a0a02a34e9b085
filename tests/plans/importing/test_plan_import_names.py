"""Indicators and words of status that are unknown: what a person says of them, once for a file."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plans.models import Action
from plans.services import importing, naming
from plans.sheets.content import Kind
from plans.statuses import Status
from tests import factories
from tests.pages import Page
from tests.plans.importing.helpers import DRAFT, Bring, chosen_in, form_of, select_of, table
from tests.plans.test_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
STRANGE = "7.3 Leadership of people"


@pytest.fixture
def area():
    return factories.area(slug="ardmore", name="Ardmore")


@pytest.fixture
def bring(lead, area):
    factories.post(area, "Unpaid Work Manager")
    return Bring(lead, area, factories.framework(("1.1", "2.1")))


def rows_under(*indicators):
    return table(
        *(
            {"Ref": f"R{n}", "Action": f"Open a site for group {n}", "Quality indicator": one}
            for n, one in enumerate(indicators, 1)
        )
    )


def rows_as(*words, **facts):
    return table(
        *(
            {"Ref": f"R{n}", "Action": f"Open a site for group {n}", "Status": one, **facts}
            for n, one in enumerate(words, 1)
        )
    )


def names(seen):
    return [
        (str(one.kind), one.name, one.rows, one.taken, one.chosen) for one in seen.result.unknown
    ]


def say(by, kept, kind, **answers):
    said = {name.replace("_", " "): answer for name, answer in answers.items()}
    naming.choose_names(by=by, kept=kept, version=kept.version, answers={kind: said})


# --- indicators -----------------------------------------------------------------------------------


def test_rows_of_an_unknown_indicator_come_in_under_the_one_that_is_chosen(bring, lead):
    kept = bring.keep(rows_under("1.1", STRANGE, STRANGE.upper(), "8.8"))
    before = importing.look(kept)
    assert [one.does for one in before.lines] == ["create", "stopped", "stopped", "stopped"]
    assert names(before) == [
        ("indicator", STRANGE, 2, "", False),
        ("indicator", "8.8", 1, "", False),
    ]
    chosen = bring.framework.indicators.get(code="2.1")
    naming.choose_names(
        by=lead,
        kept=kept,
        version=kept.version,
        answers={Kind.INDICATOR: {STRANGE: chosen, "8.8": "none"}},
    )
    seen = importing.look(kept)
    assert seen.mark != before.mark
    assert [one.does for one in seen.lines] == ["create", "create", "create", "stopped"]
    assert "taken for 2.1" in seen.lines[1].notes[0].why
    assert names(seen) == [
        ("indicator", STRANGE, 2, "2.1", True),
        ("indicator", "8.8", 1, "", True),
    ]
    plan = bring.take(kept, seen, **DRAFT, skip=[4]).plan
    assert [a.indicator.code for a in plan.actions.order_by("pk")] == ["1.1", "2.1", "2.1"]
    # Later files know it too.
    assert [one.does for one in bring.look(rows_under("1.1", STRANGE), plan).lines] == ["same"] * 2


def test_an_indicator_of_another_framework_is_not_taken_for_a_name(bring, lead):
    kept = bring.keep(rows_under(STRANGE))
    other = factories.framework(("9.1",), code="other").indicators.get()
    naming.choose_names(
        by=lead, kept=kept, version=kept.version, answers={Kind.INDICATOR: {STRANGE: other}}
    )
    assert names(importing.look(kept)) == [("indicator", STRANGE, 1, "", False)]


# --- words of status ------------------------------------------------------------------------------


def test_a_word_of_status_has_the_meaning_that_is_chosen_for_it_and_is_kept(bring, lead):
    kept = bring.keep(rows_as("Deferred", "Green", "DEFERRED"))
    assert names(importing.look(kept)) == [("status", "Deferred", 2, "", False)]
    say(lead, kept, Kind.STATUS, Deferred=Status.OFF_TRACK)
    seen = importing.look(kept)
    assert [one.row.status for one in seen.lines] == [
        Status.OFF_TRACK,
        Status.ON_TRACK,
        Status.OFF_TRACK,
    ]
    assert f"“Deferred” is taken as “{Status.OFF_TRACK.label}”." in [
        note.why for note in seen.lines[0].notes
    ]
    bring.take(kept, seen, title="Plan", decision="Board, item 3")
    assert Action.objects.filter(status=Status.OFF_TRACK).count() == 2
    assert Action.objects.order_by("pk").first().word == "Deferred"
    assert naming.remembered(kept.area, Kind.STATUS) == {"deferred": "off_track"}
    assert bring.look(rows_as("Deferred")).lines[0].row.status == Status.OFF_TRACK


def test_a_word_can_keep_the_status_as_it_is_and_then_the_per_cent_does_not_change_it(bring, lead):
    headings = ["Ref", "Quality indicator", "Action", "Lead", "Status", "Per cent complete"]
    row = {"Status": "Deferred", "Per cent complete": "40%"}
    kept = bring.keep(table(row, headings=headings))
    assert importing.look(kept).lines[0].row.status == Status.ON_TRACK
    say(lead, kept, Kind.STATUS, Deferred="none")
    seen = importing.look(kept)
    assert (seen.lines[0].row.status, seen.lines[0].row.percent) == (None, 40)
    assert "It is kept, and the status stays as it is." in [
        note.accepted for note in seen.lines[0].notes
    ]
    bring.take(kept, seen, title="Plan", decision="Board, item 3")
    action = Action.objects.get()
    assert (action.status, action.word, action.percent) == (Status.NOT_STARTED, "Deferred", 40)


@pytest.mark.parametrize("status", ["complete", "superseded", "nonsense"])
def test_no_word_is_taken_for_what_only_people_can_say(bring, lead, status):
    kept = bring.keep(rows_as("Deferred"))
    with pytest.raises(ValidationError, match="a word can mean"):
        say(lead, kept, Kind.STATUS, Deferred=status)


# --- the page, and programs -----------------------------------------------------------------------


@pytest.fixture
def upload(client, area, lead, bring):
    client.force_login(lead)

    def send(data, **facts):
        url = reverse("plan_imports", args=[area.slug])
        facts |= {"framework": bring.framework.pk, "file": SimpleUploadedFile("plan.csv", data)}
        return client.post(url, facts)["Location"]

    return send


def test_the_page_asks_once_for_each_and_nothing_that_is_left_open_is_decided(
    client, upload, bring
):
    rows = [
        {"Ref": "R1", "Action": "Open a site", "Quality indicator": STRANGE},
        {"Ref": "R2", "Action": "Train staff", "Status": "Deferred"},
        {"Ref": "R3", "Action": "Agree measures", "Quality indicator": STRANGE},
    ]
    url = upload(table(*rows))
    page = Page(client.get(url))
    assert "1 quality indicator in the file is not of the plan’s framework." in page.text
    assert "1 word of status in the file is not known." in page.text
    assert "#names-indicator" in page.links and "#names-status" in page.links
    assert page.counts["stopped"] == 2
    assert chosen_in(page, STRANGE) == "Choose an indicator"
    assert chosen_in(page, "Deferred") == "Choose a status"
    left_open = Page(client.post(url, {**form_of(page), "names": "1"}))
    assert chosen_in(left_open, STRANGE) == "Choose an indicator"
    chosen = bring.framework.indicators.get(code="2.1")
    sent = {**form_of(left_open), "names": "1"}
    sent[select_of(page, STRANGE).get("name")] = chosen.pk
    sent[select_of(page, "Deferred").get("name")] = "none"
    page = Page(client.post(url, sent))
    assert page.counts["stopped"] == 0 and not page.errors
    assert chosen_in(page, STRANGE) == f"It is {chosen}"
    assert chosen_in(page, "Deferred") == "Keep the status as it is"
    done = client.post(url, {**form_of(page), "title": "Plan", "stage": "draft"})
    assert done.status_code == 302
    assert Action.objects.filter(indicator=chosen).count() == 2


def test_programs_say_what_unknown_indicators_and_words_of_status_are(client, area, lead, bring):
    api = Api(client, area, lead)
    data = table({"Quality indicator": STRANGE, "Status": "Deferred"})
    sent = {"file": SimpleUploadedFile("plan.csv", data), "framework": bring.framework.pk}
    made = client.post(api.url("imports"), sent, headers=api.token)
    key, seen = made.json()["id"], made.json()["look"]
    assert [(one["kind"], one["name"], one["answer"]) for one in seen["names"]] == [
        ("indicator", STRANGE, "open"),
        ("status", "Deferred", "open"),
    ]
    wrong = [
        {"kind": "status", "name": "Deferred", "answer": "new"},
        {"kind": "status", "name": "Deferred", "answer": "is", "status": "complete"},
        {"kind": "indicator", "name": STRANGE, "answer": "is", "status": "on_track"},
    ]
    for one in wrong:
        assert api.change("PUT", "imports", key, "names", names=[one]).status_code == 400
    chosen = bring.framework.indicators.get(code="2.1")
    said = [
        {"kind": "indicator", "name": STRANGE, "answer": "is", "indicator": chosen.pk},
        {"kind": "status", "name": "Deferred", "answer": "is", "status": "at_risk"},
    ]
    read = api.change("PUT", "imports", key, "names", names=said)
    assert read.status_code == 200, read.content
    seen = read.json()["look"]
    assert [(one["answer"], one["taken"]) for one in seen["names"]] == [
        ("is", "2.1"),
        ("is", "at_risk"),
    ]
    assert seen["rows"][0]["does"] == "create"
