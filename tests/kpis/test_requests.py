"""Figures that are missing: who is asked for them, once for each day by which they are wanted."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from kpis import jobs
from kpis.models import FigureRequest
from kpis.periods import month, quarter
from kpis.services import figures, requests
from management import clock
from management.access import Role, System
from management.jobs import send_messages
from management.models import AuditEvent, JobTick, Message
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DECEMBER = month(date(2019, 12, 1))
NOVEMBER = DECEMBER.previous()


@pytest.fixture
def area():
    return factories.area("Angus", slug="angus")


@pytest.fixture
def manager(area):
    return factories.user(area, Role.SERVICE_MANAGER, name="Callum Baird", email="cb@example.org")


@pytest.fixture
def post(area, manager):
    made = factories.post(area, "Unpaid Work Manager")
    factories.holding(made, manager)
    return made


def kpi_of(post, last=NOVEMBER, **facts):
    """A KPI of the post with a figure for that month and the one before."""
    made = factories.kpi(post.area, owner=post, **facts)
    for period in (last, last.previous()):
        factories.observation(made, period)
    return made


def run(day=date(2020, 1, 15)):
    with clock.hold(day):
        said = jobs.ask_for_figures()
        send_messages()
    return said


def asked():
    return [
        (r.indicator.code, r.start, r.wanted_by, r.entered_by) for r in FigureRequest.objects.all()
    ]


def test_the_holder_of_the_owner_post_is_asked_once_for_all_that_is_missing(post, settings):
    settings.SITE_URL = "https://throughline.example.org"
    kpi_of(post, code="K1", name="Seen in time")
    kpi_of(post, NOVEMBER.previous(), code="K2", name="Begun in time")
    kpi_of(post, DECEMBER, code="K3")
    assert run() == "asked for 3"
    [message] = mail.outbox
    assert (message.to, message.subject) == (
        ["cb@example.org"],
        "Throughline: 3 figures of Angus are missing",
    )
    for said in (
        "K1 Seen in time, Dec 2019: wanted by 16 January 2020",
        "K2 Begun in time, Nov 2019: wanted by 16 December 2019, which is past",
        "https://throughline.example.org/areas/angus/figures/?period=2019-12",
    ):
        assert said in message.body, message.body
    assert "K3" not in message.body
    assert ("K1", DECEMBER.start, date(2020, 1, 16), "requests for figures") in asked()
    assert AuditEvent.objects.of_row(FigureRequest.objects.first()).get().verb == "ask for figures"
    assert run() == run(date(2020, 1, 20)) == "asked for 0"
    assert len(mail.outbox) == 1
    assert run(date(2020, 2, 1)) == "asked for 3"  # January of all three
    assert len(mail.outbox) == 2 and "K3" in mail.outbox[1].body


def test_a_figure_that_is_given_even_as_none_is_not_asked_for(post, manager):
    one, other, third = (kpi_of(post) for _ in range(3))
    figures.record_figure(by=manager, indicator=one, period=DECEMBER, numerator=0, denominator=0)
    figures.record_figure(by=manager, indicator=other, period=DECEMBER, note="The system was down")
    factories.observation(third, DECEMBER, comparator="Scotland")
    assert run() == "asked for 1"
    assert FigureRequest.objects.get().indicator == third


def test_what_is_retired_or_has_not_begun_or_is_an_old_hole_is_not_asked_for(post):
    kpi_of(post, retired_on=date(2019, 11, 30))
    new = factories.kpi(post.area, owner=post)
    factories.target(new, start=date(2020, 4, 1))
    old = factories.kpi(post.area, owner=post, code="K7")
    for period in (DECEMBER, NOVEMBER, month(date(2019, 3, 1))):
        factories.observation(old, period)
    assert run() == "asked for 0"
    found = requests.missing(old.__class__.objects.all())
    assert {one.indicator.code for one in found} == {"K7"} and len(found) == 7


def test_a_post_without_a_holder_is_told_of_and_asked_once_somebody_holds_it(area, client):
    empty = factories.post(area, "Information Lead")
    kpi_of(empty, code="K1")
    ownerless = factories.kpi(area, code="K2")
    factories.observation(ownerless, NOVEMBER)
    assert run() == "asked for 0" and not mail.outbox
    lead = factories.user(area, Role.PERFORMANCE_LEAD)
    client.force_login(lead)
    page = Page(client.get(reverse("figures_due", args=["angus"])))
    assert page.rows() == [
        [
            "K1 " + page.rows()[0][0].removeprefix("K1 "),
            "Dec 2019: give the figure of K1",
            "16 January 2020",
            "Information Lead Nobody holds this post: nobody is asked",
            "Not yet",
        ],
        [
            "K2 " + page.rows()[1][0].removeprefix("K2 "),
            "Dec 2019: give the figure of K2",
            "16 January 2020",
            "No post owns it: nobody is asked",
            "Not yet",
        ],
    ]
    factories.holding(empty, lead)
    assert run() == "asked for 1"
    page = Page(client.get(reverse("figures_due", args=["angus"])))
    assert page.rows()[0][4] == "15 January 2020, for 16 January 2020"
    assert page.counts["of posts that you hold"] == 1


def test_before_a_pack_is_built_they_are_asked_again_by_its_day(area, post):
    monthly, quarterly = kpi_of(post), factories.kpi(area, owner=post, frequency="quarter")
    factories.observation(quarterly, quarter(date(2019, 9, 1)))
    run()
    by = System("timetable")
    facts = {"by": by, "area": area, "wanted_by": date(2020, 1, 18)}
    made = requests.request_missing(**facts, ended_by=date(2019, 12, 31))
    assert {row.indicator for row in made} == {monthly, quarterly}
    assert {row.wanted_by for row in made} == {date(2020, 1, 18)}
    assert requests.request_missing(**facts) == []
    assert (
        requests.request_missing(
            **{**facts, "wanted_by": date(2020, 1, 19)}, ended_by=DECEMBER.start
        )
        == []
    )
    assert Message.objects.count() == 2


def test_two_holders_are_both_told_and_whoever_has_left_is_not(area, post):
    other = factories.user(area, Role.SERVICE_MANAGER, email="other@example.org")
    factories.holding(post, other)
    gone = factories.user(area, Role.SERVICE_MANAGER, email="gone@example.org", is_active=False)
    factories.holding(post, gone)
    kpi_of(post)
    run()
    assert sorted(m.to[0] for m in mail.outbox) == ["cb@example.org", "other@example.org"]
    assert FigureRequest.objects.count() == 1


def test_one_areas_trouble_keeps_no_other_waiting(area, post, monkeypatch):
    kpi_of(post)
    factories.area("Bute", slug="aaa")
    real = requests.request_missing

    def sometimes(*, by, area):
        if area.slug == "aaa":
            raise RuntimeError
        return real(by=by, area=area)

    monkeypatch.setattr(requests, "request_missing", sometimes)
    assert run() == "asked for 1"
    assert JobTick.objects.get(name="figures").error == "area aaa: RuntimeError"


def test_missing_figures_cost_the_same_queries_however_many(post, django_assert_num_queries):
    for _ in range(5):
        kpi_of(post)
    with django_assert_num_queries(4):
        assert len(requests.missing(post.indicators.all())) == 5


def test_whoever_holds_the_owner_post_sees_on_the_home_page_what_they_have_to_give(
    client, area, post, manager
):
    kpi_of(post, code="K1", name="Seen in time")
    other = factories.kpi(area, code="K2")
    factories.observation(other, NOVEMBER)
    client.force_login(manager)
    page = Page(client.get(reverse("area", args=["angus"])))
    assert "Figures to give K1 Seen in time, Dec 2019 wanted by 16 January 2020" in page.text
    assert "K2" not in page.text
    assert f"{reverse('figures', args=['angus'])}?period=2019-12" in page.links
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    assert "Figures to give" not in Page(client.get(reverse("area", args=["angus"]))).text
