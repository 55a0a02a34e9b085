"""Pages on which figures are given, approved, and looked at version by version."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.models import Observation, PeriodLock
from kpis.periods import financial_year, month, quarter
from kpis.services import figures
from management import clock
from management.access import Role
from tests import factories
from tests.pages import AWKWARD, Page, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DECEMBER = month(date(2019, 12, 1))
NOVEMBER = DECEMBER.previous()


@pytest.fixture
def area():
    return factories.area("Angus", slug="angus")


@pytest.fixture
def lead(area, client):
    made = factories.user(area, Role.PERFORMANCE_LEAD, name="Isla Grant")
    client.force_login(made)
    return made


def kpi_of(area, **facts):
    """A KPI with twelve months' figures up to November 2019."""
    made = factories.kpi(area, **facts)
    period = NOVEMBER
    for back in range(12):
        factories.observation(made, period, numerator=40 + back % 7, denominator=60)
        period = period.previous()
    return made


def address(area, period="2019-12"):
    return f"{reverse('figures', args=[area.slug])}?period={period}"


def of(kpi, period=DECEMBER):
    return reverse("kpi_figure", args=[kpi.area.slug, kpi.pk, period.start, period.end])


@pytest.fixture
def send(client, area, lead):
    """The form of a period with these fields filled in, by KPI, as a browser sends it."""

    def sent(typed, period="2019-12", page=None):
        page = page or Page(client.get(address(area, period)))
        form = {name: value for name, value in page.form.items() if name != "figure"}
        for kpi, fields in typed.items():
            form |= {f"{name}_{kpi.pk}": value for name, value in fields.items()}
        return client.post(address(area, period), form)

    return sent


def stands(kpi, period=DECEMBER):
    rows = Observation.objects.filter(indicator=kpi, start=period.start).latest_editions()
    return [(o.numerator, o.denominator, o.value, o.vintage) for o in rows]


# --- one period ----------------------------------------------------------------------------------


def test_every_kpi_whose_period_ends_then_has_a_line_with_the_figure_before(client, area, lead):
    kpi_of(area, code="K1", name="Seen in time")
    quarterly = factories.kpi(area, code="K2", name="Begun", frequency="quarter")
    factories.observation(quarterly, quarter(date(2019, 9, 1)), value=7)
    factories.kpi(area, code="K3", name="Yearly", frequency="financial_year")
    factories.kpi(area, code="K4", name="Retired", retired_on=date(2019, 10, 31))
    page = Page(client.get(reverse("figures", args=["angus"])))
    assert page.title.startswith("Figures of December 2019")
    assert page.rows()[0][:3] == ["K1 Seen in time", "67% (40 of 60)", "Nothing yet"]
    assert page.rows(1)[0][:3] == ["K2 Begun", "7%", "Nothing yet"]
    assert "K3" not in page.text and "K4" not in page.text
    march = Page(client.get(address(area, "2018-19")))
    assert march.title.startswith("Figures of March 2019")
    assert "K3 Yearly" in march.text and "K2 Begun" in march.text


@pytest.mark.parametrize("period", ["Dec 2019", "2019/20 Q3", "2019-12", "2019"])
def test_a_period_is_found_as_people_write_it(client, area, lead, period):
    page = Page(client.get(reverse("figures", args=["angus"]), {"period": period}))
    assert page.title.startswith("Figures of December 2019")


def test_what_is_no_period_is_said_and_the_latest_is_shown(client, area, lead):
    page = Page(client.get(address(area, "some day")))
    assert "“some day” is no period. Below are the figures of December 2019." in page.text


def test_figures_are_saved_together_and_lines_left_alone_say_nothing(client, area, send):
    one, other, third = kpi_of(area), kpi_of(area), kpi_of(area)
    answer = send(
        {
            one: {"number": "1,0 41".replace("1,0 ", ""), "out_of": "60"},
            other: {"number": "43 of 60", "state": "provisional", "note": "Two are awaited"},
        }
    )
    assert answer.status_code == 302
    assert stands(one) == [(41, 60, None, "final")]
    assert stands(other) == [(43, 60, None, "provisional")]
    assert stands(third) == []
    assert Observation.objects.filter(note="Two are awaited", entered_by="Isla Grant").exists()


def test_none_due_and_no_figure_are_said_each_in_its_way(area, send):
    none, silent, typed = kpi_of(area), kpi_of(area), kpi_of(area)
    wrong = Page(send({none: {"state": "none_due", "number": "4"}, silent: {"state": "no_figure"}}))
    assert wrong.summary == [
        f"It is, {none.code}: You chose “None was due”, and gave a number as well.",
        f"Note, {silent.code}: Say why there is no figure.",
    ]
    lines = {none: {"state": "none_due"}, silent: {"state": "no_figure", "note": "System down"}}
    assert send(lines | {typed: {"number": "n/a", "note": "Not counted"}}).status_code == 302
    assert stands(none) == [(0, 0, None, "final")]
    assert stands(silent) == stands(typed) == [(None, None, None, "final")]


def test_all_that_is_wrong_is_said_at_its_field_and_what_was_typed_stays(area, send):
    one, other, good = kpi_of(area), kpi_of(area), kpi_of(area)
    page = Page(
        send(
            {
                one: {"number": "61", "out_of": "60"},
                other: {"number": "forty", "out_of": "60", "note": "Kept"},
                good: {"number": "42", "out_of": "60"},
            }
        )
    )
    assert page.status == 200
    assert page.summary[0].startswith(f"Number, {other.code}: “forty” is no number.")
    assert page.typed(f"note_{other.pk}") == "Kept" and page.typed(f"number_{good.pk}") == "42"
    page = Page(send({one: {"number": "61", "out_of": "60"}, good: {"number": "42 of 60"}}))
    assert page.summary == [f"Number, {one.code}: 61 is more than the 60 that it is counted from."]
    assert stands(good) == []


def test_what_is_doubtful_is_shown_once_and_then_saved_all_the_same(client, area, send):
    odd, good = kpi_of(area, code="K1", name="Seen"), kpi_of(area)
    typed = {odd: {"number": "5", "out_of": "60"}, good: {"number": "42 of 60"}}
    page = Page(send(typed))
    assert "K1 Seen: Check: 8% is far below the usual 65% to 77%." in page.text
    assert "Save all the same" in page.text and stands(odd) == stands(good) == []
    changed = Page(send({odd: {"number": "4"}}, page=page))
    assert "Check: 7% is far below" in changed.text and stands(odd) == []
    assert send({}, page=changed).status_code == 302
    assert stands(odd) == [(4, 60, None, "final")] and stands(good) == [(42, 60, None, "final")]


def test_a_past_figure_changes_with_a_reason_and_shows_old_and_new(area, send):
    kpi = kpi_of(area)
    page = Page(send({kpi: {"number": "41", "out_of": "60"}}, "2019-11"))
    assert page.summary == [
        f"Why it changes, {kpi.code}: It stands as 40 of 60, not 41 of 60. Say why it changes."
    ]
    answer = send({kpi: {"reason": "One came late", "state": "restated"}}, "2019-11", page)
    assert answer.status_code == 302
    assert stands(kpi, NOVEMBER) == [(41, 60, None, "restated")]


def test_a_provisional_figure_becomes_final_without_being_typed_again(area, send):
    kpi = kpi_of(area)
    send({kpi: {"number": "42 of 60", "state": "provisional"}})
    assert send({kpi: {"state": "final"}}).status_code == 302
    assert stands(kpi) == [(42, 60, None, "final")]


def test_somebody_elses_newer_figure_is_shown_beside_what_was_typed(client, area, lead, send):
    kpi, other = kpi_of(area), kpi_of(area)
    page = Page(client.get(address(area)))
    figures.record_figure(by=lead, indicator=kpi, period=DECEMBER, numerator=44, denominator=60)
    answer = send({kpi: {"number": "42 of 60"}, other: {"number": "42 of 60"}}, page=page)
    assert answer.status_code == 409
    shown = Page(answer)
    assert shown.rows()[0] == [
        str(kpi),
        "73% (44 of 60), final, given by Isla Grant on 15 January 2020",
        "70% (42 of 60), final",
    ]
    assert stands(kpi) == [(44, 60, None, "final")] and stands(other) == []
    again = Page(send({}, page=shown))
    assert "Say why it changes." in again.text
    assert send({kpi: {"reason": "Mine is right"}}, page=again).status_code == 302
    assert stands(kpi) == [(42, 60, None, "final")] and stands(other) != []


def test_a_figure_that_is_approved_meanwhile_is_not_lost_from_the_form(client, area, lead, send):
    kpi = kpi_of(area)
    page = Page(client.get(address(area, "2019-11")))
    figures.lock_period(by=lead, indicator=kpi, period=NOVEMBER)
    shown = Page(send({kpi: {"number": "41 of 60", "reason": "Late"}}, "2019-11", page))
    assert "was approved by Isla Grant on 15 January 2020. Open it again first." in shown.text
    assert shown.typed(f"number_{kpi.pk}") == "41 of 60"
    assert "Approved: open it again" in Page(client.get(address(area, "2019-11"))).text


def test_nothing_typed_says_so_and_saves_nothing(area, send):
    kpi_of(area)
    assert Page(send({})).summary == ["No figure was given yet. Every line is as it was."]


def test_who_holds_one_owner_post_sees_and_gives_that_kpi_alone(client, area):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    post = factories.post(area)
    factories.holding(post, manager)
    own, other = kpi_of(area, code="K1", owner=post), kpi_of(area, code="K2")
    client.force_login(manager)
    page = Page(client.get(address(area)))
    assert "K1" in page.text and "K2" not in page.text and "Approve" not in page.text
    form = page.form | {f"number_{own.pk}": "42 of 60", f"number_{other.pk}": "42 of 60"}
    refused = Page(client.post(address(area), form))
    assert "cannot be given here any more" in refused.summary[0]
    assert stands(own) == stands(other) == []
    assert client.post(of(other), {"number": "42 of 60", "state": "final"}).status_code == 403
    assert client.get(of(other)).status_code == 200


def test_the_form_costs_the_same_queries_however_many_kpis_there_are(client, area, send):
    counts = {}
    for size in (2, 6):
        kpis = [kpi_of(area) for _ in range(size)]
        with CaptureQueriesContext(connection) as asked:
            client.get(address(area))
        counts.setdefault("page", set()).add(statements(asked))
        send({kpi: {"number": "42 of 60"} for kpi in kpis})
    assert len(counts["page"]) == 1 and max(counts["page"]) <= 12


# --- approval ------------------------------------------------------------------------------------


def test_what_is_ticked_is_approved_as_it_was_looked_at(client, area, lead):
    one, other = kpi_of(area), kpi_of(area)
    page = Page(client.get(address(area, "2019-11")))
    ticked = page.main.xpath(".//input[@name='figure']/@value")
    figures.record_figure(
        by=lead, indicator=one, period=NOVEMBER, numerator=3, denominator=60, reason="Recounted"
    )
    send = {"period": "2019-11", "figure": ticked}
    answer = client.post(reverse("figures_lock", args=["angus"]), send)
    assert answer.status_code == 409
    assert "Isla Grant has given another one: 3 of 60." in Page(answer).text
    assert not PeriodLock.objects.exists()
    ticked = Page(client.get(address(area, "2019-11"))).main.xpath(
        ".//input[@name='figure']/@value"
    )
    answer = client.post(reverse("figures_lock", args=["angus"]), {**send, "figure": ticked})
    assert answer.status_code == 302
    assert {(lock.indicator, lock.locked) for lock in PeriodLock.objects.all()} == {
        (one, True),
        (other, True),
    }
    nothing = client.post(reverse("figures_lock", args=["angus"]), {"period": "2019-11"})
    assert "Tick the figures that you approve." in Page(nothing).text
    for odd in ("x", "1:2:3:4", f"{one.pk}:2019-11-30:2019-11-01:1"):
        bad = {"period": "2019-11", "figure": odd}
        assert client.post(reverse("figures_lock", args=["angus"]), bad).status_code == 404


def test_an_approved_figure_is_opened_again_with_a_reason(client, area, lead):
    kpi = kpi_of(area)
    figures.lock_period(by=lead, indicator=kpi, period=NOVEMBER)
    page = Page(client.get(of(kpi, NOVEMBER)))
    assert (
        "Approved by Isla Grant on 15 January 2020" in page.text and "Put it right" not in page.text
    )
    where = reverse("figures_unlock", args=["angus"])
    sent = {"kpi": kpi.pk, "start": NOVEMBER.start, "end": NOVEMBER.end}
    assert "Give the reason: it is kept." in Page(client.post(where, sent)).text
    assert client.post(where, {**sent, "reason": "One came late"}).status_code == 302
    page = Page(client.get(of(kpi, NOVEMBER)))
    assert "opened again by Isla Grant. One came late" in page.text and "Put it right" in page.text
    assert "are open already" in Page(client.post(where, {**sent, "reason": "Again"})).text


# --- one figure ----------------------------------------------------------------------------------


def test_every_version_stands_with_who_when_source_and_reason(client, area, lead):
    kpi = factories.kpi(area, source="The system")
    for day, number, reason in ((10, 41, ""), (14, 43, "Two came late")):
        with clock.hold(date(2020, 1, day)):
            figures.record_figure(
                by=lead,
                indicator=kpi,
                period=DECEMBER,
                numerator=number,
                denominator=60,
                reason=reason,
            )
    page = Page(client.get(of(kpi)))
    newest, oldest = page.rows()
    assert newest[:4] == ["Angus", "2", "72% (43 of 60)", "Final"]
    assert newest[4].startswith("Isla Grant 14 January 2020")
    assert newest[5] == "The system Why: Two came late"
    assert oldest[:3] == ["Angus", "1", "68% (41 of 60)"]
    then = Page(client.get(of(kpi), {"on": "12 1 2020"}))
    assert "As it stood on 12 January 2020 68% (41 of 60), final." in then.text
    before = Page(client.get(of(kpi), {"on": "2020-01-09"}))
    assert "Nothing had been reported" in before.text
    assert "not a date that can be read" in Page(client.get(of(kpi), {"on": "soon"})).text


def test_a_figure_is_put_right_with_a_reason_and_what_stands_is_there_to_change(client, area, lead):
    kpi = kpi_of(area)
    page = Page(client.get(of(kpi, NOVEMBER)))
    assert (page.typed("number"), page.typed("out_of")) == ("40", "60")
    answer = client.post(of(kpi, NOVEMBER), page.form | {"number": "44"})
    assert "It stands as 40 of 60, not 44 of 60." in Page(answer).text
    sent = page.form | {"number": "44", "state": "restated", "reason": "Late"}
    assert client.post(of(kpi, NOVEMBER), sent).status_code == 302
    assert stands(kpi, NOVEMBER) == [(44, 60, None, "restated")]
    stale = client.post(of(kpi, NOVEMBER), sent | {"number": "45"})
    assert stale.status_code == 409 and "73% (44 of 60), restated" in Page(stale).text


def test_a_figure_and_its_parts_are_given_together_and_told_where_they_do_not_add_up(
    client, area, lead
):
    kpi = kpi_of(area)
    where = f"{of(kpi)}?breakdown="
    page = Page(client.get(where))
    form = page.form | {"number": "42", "out_of": "60", "split": "Team"}
    form |= {"part_0": "East", "number_0": "20", "out_of_0": "30"}
    wrong = Page(client.post(where, form | {"number_1": "21"}))
    assert wrong.summary[0] == "Part, part 2: Whose figure is this? Name the part."
    form |= {"part_1": "West", "number_1": "21", "out_of_1": "30"}
    doubtful = Page(client.post(where, form))
    assert "their number is 41, 1 fewer than the 42 of the whole." in doubtful.text
    assert not Observation.objects.filter(start=DECEMBER.start).exists()
    assert client.post(where, doubtful.form).status_code == 302
    shown = Page(client.get(of(kpi)))
    assert shown.rows()[:4] == [
        ["East", "20", "30"],
        ["West", "21", "30"],
        ["Parts together", "41", "60"],
        ["Whole", "42", "60"],
    ]
    team = Page(client.get(f"{of(kpi)}?breakdown=Team"))
    fixed = client.post(f"{of(kpi)}?breakdown=Team", team.form | {"number_1": "22"})
    assert "Say why it changes." in Page(fixed).text
    sent = team.form | {"number_1": "22", "reason": "One was missed"}
    assert client.post(f"{of(kpi)}?breakdown=Team", sent).status_code == 302
    editions = Observation.objects.filter(indicator=kpi, start=DECEMBER.start)
    found = editions.order_by("part", "edition").values_list("part", "edition", "numerator")
    assert list(found) == [("", 1, 42), ("East", 1, 20), ("West", 1, 21), ("West", 2, 22)]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2019-12-31", "2019-12-01"),
        ("2019-12-02", "2019-12-31"),
        ("2020-02-01", "2020-02-29"),
        ("x", "y"),
    ],
)
def test_what_can_have_no_figure_has_no_page(client, area, lead, start, end):
    kpi = kpi_of(area)
    assert client.get(reverse("kpi_figure", args=["angus", kpi.pk, start, end])).status_code == 404


def test_a_board_member_reads_every_version_and_gives_none(client, area):
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    kpi = factories.kpi(area, frequency="financial_year")
    factories.observation(kpi, financial_year(date(2017, 4, 1)), value=7)
    where = of(kpi, financial_year(date(2017, 4, 1)))
    page = Page(client.get(where))
    assert page.rows()[0][2] == "7%" and "Put it right" not in page.text
    assert client.post(where, {"number": "8%"}).status_code == 403
    assert client.get(reverse("figures", args=["angus"])).status_code == 403


def test_whatever_people_write_is_shown_as_they_wrote_it(client, area, lead):
    kpi = kpi_of(area, name=AWKWARD)
    factories.observation(kpi, split=AWKWARD[:40], part=AWKWARD, note=AWKWARD)
    for where in (address(area), of(kpi), f"{of(kpi)}?breakdown="):
        assert Page(client.get(where)).shows(AWKWARD)


def test_a_kpi_that_is_defined_while_the_form_is_open_is_no_trouble(client, area, lead, send):
    kpi = kpi_of(area)
    page = Page(client.get(address(area)))
    kpi_of(area)
    assert send({kpi: {"number": "42 of 60"}}, page=page).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_many_people_who_give_the_same_figure_at_once_one_does_and_all_others_see_it(area):
    kpi = kpi_of(area)
    ready, answers = threading.Barrier(4, timeout=60), []

    def give(client, number):
        try:
            form = Page(client.get(address(area))).form | {f"number_{kpi.pk}": f"{number} of 60"}
            ready.wait()
            answers.append(client.post(address(area), form).status_code)
        finally:
            connection.close()

    threads = []
    for number in range(40, 44):
        client = Client()
        client.force_login(factories.user(area, Role.PERFORMANCE_LEAD))
        threads.append(threading.Thread(target=give, args=(client, number)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answers) == [302, 409, 409, 409]
    assert Observation.objects.filter(indicator=kpi, start=DECEMBER.start).count() == 1
