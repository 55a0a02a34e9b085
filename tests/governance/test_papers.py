"""Bodies, meetings, and the paragraphs that people write."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from governance import papers
from governance.models import Body, Meeting, Paragraph
from governance.sections import SECTIONS, paragraphs
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
START = date(2019, 10, 1)


@pytest.fixture
def body():
    return factories.body(factories.plan(factories.area()))


@pytest.fixture
def manager(body):
    return factories.user(body.area, Role.SERVICE_MANAGER)


def write(by, body, start=START, **texts):
    return papers.write_paragraphs(by=by, body=body, start=start, texts=texts)


def written():
    return {p.section: (p.version, p.text) for p in Paragraph.objects.all()}


def test_a_section_is_written_and_written_again(body, manager):
    assert write(manager, body, risk=(0, " Low \r\n\r\n Still low ")) == ["risk"]
    assert written() == {"risk": (1, "Low \n\n Still low")}
    other = factories.user(body.area, Role.HEAD_OF_SERVICE)
    assert write(other, body, risk=(1, "High")) == ["risk"]
    row = Paragraph.objects.get()
    assert (row.text, row.version, row.area) == ("High", 2, body.area)
    assert (row.written_by, row.written_on) == (other.name, date(2020, 1, 15))
    trail = AuditEvent.objects.of_row(row).values_list("actor_name", "verb", "operation")
    assert list(trail) == [
        (other.name, "write paragraphs", "update"),
        (manager.name, "write paragraphs", "insert"),
    ]


def test_what_is_as_it_was_is_not_saved_again(body, manager):
    write(manager, body, risk=(0, "Low"))
    before = AuditEvent.objects.count()
    assert write(manager, body, risk=(1, "Low\r\n"), people=(0, "  ")) == []
    assert AuditEvent.objects.count() == before
    assert written() == {"risk": (1, "Low")}


def test_a_section_can_be_emptied(body, manager):
    write(manager, body, risk=(0, "Low"))
    assert write(manager, body, risk=(1, "")) == ["risk"]
    assert written() == {"risk": (2, "")}


@pytest.mark.parametrize("version", [0, 2, 9])
def test_a_section_that_somebody_else_has_changed_saves_nothing_at_all(body, manager, version):
    write(manager, body, risk=(0, "Low"))
    before = AuditEvent.objects.count()
    with pytest.raises(Stale) as caught:
        write(manager, body, people=(0, "Two posts"), risk=(version, "High"))
    assert caught.value.row == Paragraph.objects.get()
    assert written() == {"risk": (1, "Low")}
    assert AuditEvent.objects.count() == before


def test_a_section_that_is_not_there_saves_nothing_at_all(body, manager):
    with pytest.raises(ValidationError, match="There is no section called gossip, rumour"):
        write(manager, body, risk=(0, "Low"), rumour=(0, "x"), gossip=(0, "x"))
    with pytest.raises(ValidationError, match="Risk Analysis is no longer there"):
        write(manager, body, people=(0, "Two posts"), risk=(3, "High"))
    assert written() == {}


def test_each_quarter_and_each_body_has_paragraphs_of_its_own(body, manager):
    other = factories.body(body.plan)
    for where, start in [(body, START), (body, date(2020, 1, 1)), (other, START)]:
        assert write(manager, where, start, risk=(0, "Low")) == ["risk"]
    assert Paragraph.objects.count() == 3


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_those_who_only_read_write_nothing(body, role):
    with pytest.raises(PermissionDenied):
        write(factories.user(body.area, role), body, risk=(0, "Low"))
    with pytest.raises(PermissionDenied):
        write(factories.user(factories.area(), Role.HEAD_OF_SERVICE), body, risk=(0, "Low"))
    assert written() == {}


def test_a_body_and_its_meeting_are_set_up_by_those_who_keep_the_plan(body, manager):
    lead = factories.user(body.area, Role.PERFORMANCE_LEAD)
    facts = {
        "slug": "committee",
        "name": "Committee",
        "packs_from": START,
        "subject": "The plan",
        "author": "Fiona Adair",
        "author_post": "Information Lead",
    }
    made = papers.create_body(by=lead, area=body.area, plan=body.plan, **facts)
    day = {"on": date(2020, 2, 19), "papers_due": date(2020, 2, 10)}
    meeting = papers.add_meeting(by=lead, body=made, **day)
    verbs = [AuditEvent.objects.of_row(row).get().verb for row in (made, meeting)]
    assert verbs == ["create body", "add meeting"]
    with pytest.raises(PermissionDenied):
        papers.create_body(by=manager, area=body.area, plan=body.plan, **facts)
    with pytest.raises(PermissionDenied):
        papers.add_meeting(by=manager, body=made, **day)
    with pytest.raises(ValidationError, match="already exists"):
        papers.create_body(by=lead, area=body.area, plan=body.plan, **facts)
    with pytest.raises(ValidationError, match="before the meeting, not after it"):
        papers.add_meeting(by=lead, body=made, on=date(2020, 5, 13), papers_due=date(2020, 5, 14))
    assert (Body.objects.count(), Meeting.objects.count()) == (2, 1)


def test_lines_are_paragraphs_and_blank_ones_are_none():
    assert paragraphs(" One \n\n\nTwo\r\n three ") == ("One", "Two", "three")
    assert paragraphs(" \n ") == ()


def test_every_section_of_the_paper_can_be_written(body, manager):
    assert write(manager, body, **{key: (0, key) for key in SECTIONS}) == list(SECTIONS)
