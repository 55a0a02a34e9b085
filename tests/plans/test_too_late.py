"""What was typed of an action that was closed before it could be saved: nothing of it is lost."""

import pytest
from django.urls import reverse

from management import clock
from management.access import Role
from plans.models import Action, Evidence, Note
from plans.services import plans, progress, verification
from plans.statuses import Status
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status


@pytest.fixture
def action():
    plan = factories.plan(factories.area("Angus"), title="The plan")
    return factories.action(plan, reference="A1", status=S.ON_TRACK)


@pytest.fixture
def manager(action, client):
    """A service manager who holds the lead post, signed in."""
    person = factories.user(action.area, Role.SERVICE_MANAGER, name="Isla Grant")
    factories.holding(action.lead, person)
    client.force_login(person)
    return person


@pytest.fixture
def url(action):
    return lambda name, *args: reverse(name, args=[action.area.slug, action.pk, *args])


@pytest.fixture
def visit(client, url):
    return lambda name: Page(client.get(url(name)))


@pytest.fixture
def head_of_service(action):
    return factories.user(action.area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")


def verify(by, action):
    Action.objects.filter(pk=action.pk).update(status=S.DONE)
    action.refresh_from_db()
    factories.evidence(action)
    verification.verify_action(by=by, action=action, version=action.version, note="I have seen it")


def close(by, action):
    said = {"decision": "HSCP Board, item 7", "homes": {action.pk: "Service plan 2021"}}
    plan = action.plan
    mark = plans.mark_of([action])
    plans.close_plan(by=by, plan=plan, version=plan.version, mark=mark, **said)


def withdraw(by, action):
    said = {"reason": "No money", "decision": "HSCP Board, item 7"}
    progress.withdraw_action(by=by, action=action, version=action.version, **said)


def replace(by, action):
    new = factories.action(action.plan, reference="B1")
    said = {"successor": new, "reason": "Both are one", "version": action.version}
    progress.supersede_action(by=by, action=action, **said)


WROTE = {
    "text": "The last two came",
    "evidence": "The register",
    "evidence_url": "https://x.example/r",
}
KEPT = "Reported as: In progress: on track. The last two came"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (verify, "Ailsa Reid verified it as complete on 15 January 2020."),
        (withdraw, "Ailsa Reid withdrew it on 15 January 2020."),
        (replace, "Ailsa Reid replaced it by another action on 15 January 2020."),
    ],
)
def test_an_update_of_an_action_that_was_closed_meanwhile_is_saved_as_a_note_and_evidence(
    manager, head_of_service, action, client, url, visit, end, said
):
    opened = visit("action_update").form
    end(head_of_service, action)
    late = client.post(url("action_update"), {**opened, **WROTE, "status": S.ON_TRACK})
    page = Page(late)
    assert late.status_code == 409 and said in page.text
    assert page.title.startswith("Error: ") and page.main.xpath(".//*[@data-takes-focus]")
    assert page.typed("text") == KEPT and "not one of the available" not in page.text
    [way] = page.main.xpath(".//form[@method='post']/@action")
    saved = Page(client.post(way, page.form, follow=True))
    assert "Your note on action A1 is saved." in saved.text
    assert Note.objects.get().text == KEPT
    proof = Evidence.objects.get(description="The register")
    assert (proof.url, proof.by) == ("https://x.example/r", "Isla Grant")


def test_an_update_is_saved_as_a_note_though_the_plan_was_closed_meanwhile(
    manager, head_of_service, action, client, url, visit
):
    opened = visit("action_update").form
    note = visit("note_add").form
    proof = visit("evidence_add").form
    close(head_of_service, action)
    late = client.post(url("action_update"), {**opened, **WROTE, "status": S.ON_TRACK})
    page = Page(late)
    assert late.status_code == 409
    assert "Ailsa Reid closed the plan on 15 January 2020" in page.text
    client.post(url("note_add"), page.form)
    assert (
        " ".join(Note.objects.get().text.split())
        == f"{KEPT} Evidence: The register (https://x.example/r)"
    )
    client.post(url("note_add"), {**note, "text": "Begun before"})
    assert Note.objects.count() == 2
    page = Page(client.post(url("evidence_add"), {**proof, "description": "A list of names"}))
    assert page.status == 409 and page.typed("text") == "Evidence: A list of names"
    client.post(url("note_add"), {**note, "text": "After it", "opened": clock.now().isoformat()})
    assert Note.objects.count() == 2


def test_evidence_that_is_not_taken_any_more_goes_on_in_words(
    manager, head_of_service, action, client, url, visit
):
    """The plan is closed while the note is still on the screen."""
    opened = visit("action_update").form
    verify(head_of_service, action)
    page = Page(client.post(url("action_update"), {**opened, **WROTE, "status": S.ON_TRACK}))
    plan = action.plan
    said = {"decision": "HSCP Board, item 7", "homes": {}, "mark": plans.mark_of([action])}
    plans.close_plan(by=head_of_service, plan=plan, version=plan.version, **said)
    page = Page(client.post(url("note_add"), page.form))
    assert page.status == 409 and not Note.objects.exists()
    assert "Evidence: The register (https://x.example/r)" in page.typed("text")
    client.post(url("note_add"), page.form)
    assert "The register" in Note.objects.get().text


def test_a_date_and_a_decision_that_came_too_late_are_kept_as_well(
    manager, head_of_service, action, client, url, visit
):
    dated = visit("action_date").form
    factories.evidence(action)
    Action.objects.update(status=S.DONE)
    client.force_login(factories.user(action.area, Role.HEAD_OF_SERVICE, name="Mhairi Bain"))
    judged = visit("action_verify").form
    verify(head_of_service, action)
    sent = {**judged, "decision": "return", "note": "Two are missing"}
    assert Page(client.post(url("action_verify"), sent)).typed("text") == "Two are missing"
    client.force_login(manager)
    sent = {**dated, "new": "30 6 2020", "reason": "The trainer is ill"}
    page = Page(client.post(url("action_date"), sent))
    assert page.typed("text") == "New due date asked for: 30 6 2020. The trainer is ill"
    refused = Page(client.post(url("note_add"), {**page.form, "text": ""}))
    assert refused.errors == {"Note": ["Write the note."]} and "Ailsa Reid" in refused.text
