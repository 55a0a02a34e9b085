"""Evidence on its pages: added, withdrawn, and handed out as a download and nothing else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from management import store
from management.access import Role
from plans.models import Action, Evidence, EvidenceWithdrawal
from plans.services import evidence as services
from plans.statuses import Status
from tests import factories
from tests.management.test_attachments import picture, taken
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PICTURE = picture()


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def action(area):
    return factories.action(factories.plan(area), reference="A1", status=Status.ON_TRACK)


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def url(area, action):
    return lambda name, *args: reverse(name, args=[area.slug, action.pk, *args])


def stored(lead, action, name="Poster.png"):
    file = taken(name, PICTURE)
    return services.add_evidence(by=lead, action=action, description="The poster", file=file)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"url": "intranet.example/count"}, "https://intranet.example/count"),
        ({"file": ("Poster.png", PICTURE)}, "Poster.png"),
        ({}, "Evidence What it shows"),
    ],
)
def test_a_file_a_link_or_words_are_added_without_an_update(lead, action, client, url, sent, shown):
    sent = {
        name: SimpleUploadedFile(*value) if name == "file" else value
        for name, value in sent.items()
    }
    data = {"description": "What it shows", **sent}
    page = Page(client.post(url("evidence_add"), data, follow=True))
    assert "Evidence of action A1 saved." in page.text and shown in page.text
    assert Action.objects.get().status == Status.ON_TRACK
    again = client.post(url("evidence_add"), {"description": "More", "next": "1"})
    assert again["Location"] == url("evidence_add")


def test_a_file_is_only_ever_downloaded_with_its_own_name_and_type(lead, action, client, url):
    made = stored(lead, action, "Poster “10%” für\r\nalle.png")
    response = client.get(url("evidence_file", made.pk))
    assert response.content == PICTURE
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Poster%20%E2%80%9C10%25%E2%80%9D%20f%C3%BCr%20alle.png"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.head(url("evidence_file", made.pk)).status_code == 200


def test_a_name_in_quotes_stays_inside_its_header(lead, action, client, url):
    made = stored(lead, action, 'a"; filename="b.html".png')
    header = client.get(url("evidence_file", made.pk))["Content-Disposition"]
    assert header == 'attachment; filename="a\\"; filename=\\"b.html\\".png"'


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_file_that_is_not_what_was_put_there_is_not_handed_out(
    lead, action, client, url, caplog, damage
):
    made = stored(lead, action)
    kept = store.path(made.sha256)
    if damage == "missing":
        kept.unlink()
    else:
        kept.write_bytes(b"something else")
    page = Page(client.get(url("evidence_file", made.pk)))
    assert page.status == 503
    assert "“Poster.png” was added on 15 January 2020 by Fiona Adair." in page.text
    assert f"Evidence {made.pk} of action {action.pk} cannot be handed out" in caplog.text
    store.put(PICTURE)  # brought back: for the other tests


def test_whoever_may_see_the_action_gets_the_file_and_nobody_else(lead, area, action, client, url):
    made = stored(lead, action)
    for role in Role:
        client.force_login(factories.user(area, role))
        assert client.get(url("evidence_file", made.pk)).status_code == 200
    client.force_login(factories.user(factories.area(), Role.HEAD_OF_SERVICE))
    assert client.get(url("evidence_file", made.pk)).status_code == 404
    client.logout()
    assert client.get(url("evidence_file", made.pk)).status_code == 302


def test_evidence_without_a_file_or_of_another_action_is_not_found(lead, action, client, url):
    words = factories.evidence(action)
    other = stored(lead, factories.action(action.plan))
    for row in (words, other):
        assert client.get(url("evidence_file", row.pk)).status_code == 404


def test_withdrawn_evidence_says_why_and_its_file_stays_with_those_who_report(
    lead, area, action, client, url
):
    made = stored(lead, action)
    page = Page(client.post(url("evidence_withdraw", made.pk), {"reason": ""}))
    assert page.errors == {"Reason": ["Say why it does not stand any more."]}
    sent = {"reason": "A client can be seen"}
    page = Page(client.post(url("evidence_withdraw", made.pk), sent, follow=True))
    assert "Withdrawn on 15 January 2020 by Fiona Adair: A client can be seen" in page.text
    assert url("evidence_withdraw", made.pk) not in page.links
    assert client.get(url("evidence_file", made.pk)).status_code == 200
    again = Page(client.get(url("evidence_withdraw", made.pk), follow=True))
    assert "This evidence was withdrawn before." in again.text
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    assert client.get(url("evidence_file", made.pk)).status_code == 403


def test_only_those_who_report_are_led_on_to_withdrawn_evidence(lead, area, action, client, url):
    link = "https://example.org/minutes"
    for made in (factories.evidence(action, url=link), stored(lead, action)):
        factories.evidence_withdrawal(made)
    ways = {link, url("evidence_file", made.pk)}
    assert ways <= set(Page(client.get(url("action"))).links)
    for role in (Role.BOARD_MEMBER, Role.INSPECTOR):
        client.force_login(factories.user(area, role))
        page = Page(client.get(url("action")))
        assert not ways & set(page.links)
        assert link in page.text and "Only those who report on the action" in page.text


@pytest.mark.parametrize("status", [Status.DONE, Status.COMPLETE])
def test_the_last_evidence_of_what_is_done_is_not_offered_for_a_reason_to_be_typed(
    lead, action, client, url, status
):
    made = factories.evidence(action)
    Action.objects.update(status=status)
    for send in (client.get, lambda way, **sent: client.post(way, {"reason": "Wrong"}, **sent)):
        page = Page(send(url("evidence_withdraw", made.pk), follow=True))
        assert "this is the last evidence that stands for it. Add what takes its" in page.text
    assert not EvidenceWithdrawal.objects.exists()


def test_whatever_people_write_of_evidence_is_shown_as_they_wrote_it(lead, action, client, url):
    factories.evidence(
        action,
        description=AWKWARD,
        file_name=f"{AWKWARD}.png"[:200],
        url="",
    )
    assert Page(client.get(url("action"))).shows(AWKWARD)
    made = Evidence.objects.get()
    assert Page(client.get(url("evidence_withdraw", made.pk))).shows(AWKWARD)
