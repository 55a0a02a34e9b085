"""Evidence of what was done: kept by its content, never changed, withdrawn with a reason."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from management import store
from management.access import Role
from management.attachments import Attachment
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Evidence, Update
from plans.services import evidence, progress, verification
from plans.services.locking import lock
from plans.statuses import Status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
FILE = Attachment("Minutes.pdf", "application/pdf", b"%PDF-1.7 minutes")


@pytest.fixture
def action():
    return factories.action(factories.plan(factories.area()), status=Status.ON_TRACK)


@pytest.fixture
def lead(action):
    return factories.user(action.area, Role.PERFORMANCE_LEAD)


def report(by, action, **facts):
    facts = {"version": action.version, "status": Status.ON_TRACK, "text": "Half way", **facts}
    return progress.post_update(by=by, action=action, **facts)


def test_a_file_is_kept_by_its_content_and_the_record_says_what_it_is(action, lead):
    made = evidence.add_evidence(by=lead, action=action, description="The minutes", file=FILE)
    assert store.read(made.sha256) == FILE.data
    assert made.sha256 == hashlib.sha256(FILE.data).hexdigest()
    facts = (made.file_name, made.media_type, made.size, made.kind)
    assert facts == ("Minutes.pdf", "application/pdf", len(FILE.data), "file")
    event = AuditEvent.objects.of_row(made).get()
    assert (event.actor_name, event.verb) == (lead.name, "add evidence")


def test_an_update_may_bring_a_file_with_it_and_be_done_by_that(action, lead):
    report(lead, action, status=Status.DONE, evidence="The minutes", file=FILE)
    assert Evidence.objects.get().file_name == "Minutes.pdf"
    action.refresh_from_db()
    assert action.status == Status.DONE


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"file": FILE}, "evidence", "Say what the file shows."),
        ({"evidence_url": "https://a.org"}, "evidence", "Say what the link shows."),
    ],
)
def test_a_file_and_a_link_are_described(action, lead, facts, field, said):
    with pytest.raises(ValidationError) as caught:
        report(lead, action, **facts)
    assert caught.value.message_dict == {field: [said]}
    assert not Evidence.objects.exists() and not Update.objects.exists()


def test_a_file_and_a_link_are_one_piece_of_evidence(action, lead):
    report(lead, action, evidence="The minutes", file=FILE, evidence_url="https://a.org/m")
    made = Evidence.objects.get()
    assert (made.description, made.file_name, made.url) == (
        "The minutes",
        "Minutes.pdf",
        "https://a.org/m",
    )
    assert store.read(made.sha256) == FILE.data


def test_a_file_that_came_too_late_is_not_kept(action, lead):
    lost = Attachment("Late.pdf", "application/pdf", b"%PDF-1.7 late")
    with pytest.raises(Stale):
        report(lead, action, version=7, evidence="Late", file=lost)
    assert not Evidence.objects.exists()
    assert not store.path(hashlib.sha256(lost.data).hexdigest()).exists()


def test_withdrawn_evidence_stays_with_the_reason_and_does_not_stand(action, lead):
    made = evidence.add_evidence(by=lead, action=action, description="The minutes")
    evidence.withdraw_evidence(by=lead, evidence=made, reason=" Of another team ")
    made.refresh_from_db()
    assert made.withdrawal.reason == "Of another team"
    assert not evidence.standing_evidence(action).exists()
    for reason, said in (
        ("", "Say why it does not stand any more."),
        ("Again", "withdrawn before"),
    ):
        with pytest.raises(ValidationError, match=said):
            evidence.withdraw_evidence(by=lead, evidence=made, reason=reason)
    with pytest.raises(ValidationError, match="only with evidence"):
        report(lead, action, status=Status.DONE)


def test_evidence_that_is_withdrawn_while_done_is_reported_does_not_count(
    action, lead, monkeypatch
):
    made = evidence.add_evidence(by=lead, action=action, description="The minutes")

    def slowly(row):
        """Somebody withdraws it after it was asked for and before the action is locked."""
        evidence.withdraw_evidence(by=lead, evidence=made, reason="Wrong")
        return lock(row)

    monkeypatch.setattr(progress, "lock", slowly)
    with pytest.raises(ValidationError, match="only with evidence"):
        report(lead, action, status=Status.DONE)
    action.refresh_from_db()
    assert (action.status, Update.objects.count()) == (Status.ON_TRACK, 0)


def test_what_was_verified_by_nothing_that_stands_is_not_verified(action, lead):
    head = factories.user(action.area, Role.HEAD_OF_SERVICE)
    report(lead, action, status=Status.DONE, evidence="The minutes")
    factories.evidence_withdrawal(Evidence.objects.get())  # as it could be in earlier versions
    with pytest.raises(ValidationError, match="All of its evidence was withdrawn"):
        verification.verify_action(by=head, action=action, version=2, note="Seen")
    action.refresh_from_db()
    assert action.status == Status.DONE


def test_nobody_verifies_by_evidence_that_they_have_not_seen(action, lead):
    head = factories.user(action.area, Role.HEAD_OF_SERVICE)
    report(lead, action, status=Status.DONE, evidence="The minutes")
    assert action.version == 2  # one step for the update and what it brought with it
    seen = 2
    added = evidence.add_evidence(by=lead, action=action, description="The register")
    with pytest.raises(Stale):
        verification.verify_action(by=head, action=action, version=seen, note="Seen")
    action.refresh_from_db()
    seen = action.version
    evidence.withdraw_evidence(by=lead, evidence=added, reason="Another team's")
    with pytest.raises(Stale):
        verification.verify_action(by=head, action=action, version=seen, note="Seen")
    action.refresh_from_db()
    assert (action.status, action.version) == (Status.DONE, 4)
    verification.verify_action(by=head, action=action, version=4, note="Seen")
    assert action.status == Status.COMPLETE


def test_the_last_evidence_of_what_is_reported_as_done_stays_until_it_is_not(action, lead):
    report(lead, action, status=Status.DONE, evidence="The minutes")
    minutes = Evidence.objects.get()
    with pytest.raises(ValidationError, match="first, or report that it is not done; then"):
        evidence.withdraw_evidence(by=lead, evidence=minutes, reason="Wrong")
    assert list(evidence.standing_evidence(action)) == [minutes]
    report(lead, action, status=Status.ON_TRACK)
    evidence.withdraw_evidence(by=lead, evidence=minutes, reason="Wrong")
    assert not evidence.standing_evidence(action).exists()


def test_the_last_evidence_of_a_complete_action_stays_until_other_takes_its_place(action, lead):
    head = factories.user(action.area, Role.HEAD_OF_SERVICE)
    report(lead, action, status=Status.DONE, evidence="The minutes")
    verification.verify_action(by=head, action=action, version=2, note="Seen")
    minutes = Evidence.objects.get()
    gone = evidence.add_evidence(by=lead, action=action, description="A draft")
    evidence.withdraw_evidence(by=lead, evidence=gone, reason="Only a draft")
    with pytest.raises(ValidationError, match="Add what takes its place first"):
        evidence.withdraw_evidence(by=lead, evidence=minutes, reason="Wrong")
    evidence.add_evidence(by=lead, action=action, description="The register")
    evidence.withdraw_evidence(by=lead, evidence=minutes, reason="Wrong")
    assert [str(row) for row in evidence.standing_evidence(action)] == ["The register"]


def test_only_those_who_report_on_the_action_add_and_withdraw(action, lead):
    made = evidence.add_evidence(by=lead, action=action, description="The minutes")
    manager = factories.user(action.area, Role.SERVICE_MANAGER)
    with pytest.raises(PermissionDenied):
        evidence.add_evidence(by=manager, action=action, description="Mine")
    with pytest.raises(PermissionDenied):
        evidence.withdraw_evidence(by=manager, evidence=made, reason="Mine")


# --- corrections, and words -----------------------------------------------------------------------


def test_an_update_is_corrected_once_and_by_its_author_alone(action, lead):
    wrong = report(lead, action, text="All 40 trained")
    other = factories.user(action.area, Role.HEAD_OF_SERVICE)
    with pytest.raises(ValidationError, match=f"Only {lead.name} can correct"):
        report(other, action, text="14 trained", corrects=wrong)
    right = report(lead, action, text="14 trained", corrects=wrong)
    assert list(wrong.corrections.all()) == [right]
    assert Update.objects.get(pk=wrong.pk).text == "All 40 trained"
    with pytest.raises(ValidationError, match="correct the later one"):
        report(lead, action, text="4 trained", corrects=wrong)
    elsewhere = report(lead, factories.action(action.plan))
    with pytest.raises(ValidationError, match="of another action"):
        report(lead, action, text="4 trained", corrects=elsewhere)


def test_the_areas_own_word_for_a_status_is_kept_with_what_was_said(action, lead):
    factories.status_word(action.area, "Amber", status=Status.AT_RISK)
    head = factories.user(action.area, Role.HEAD_OF_SERVICE)
    assert report(lead, action, status=Status.AT_RISK).word == "Amber"
    report(lead, action, status=Status.DONE, evidence="Minutes")
    back = verification.return_action(by=head, action=action, version=3, note="More")
    action.refresh_from_db()
    assert (back.word, action.word) == ("Amber", "Amber")


def test_a_word_that_goes_by_the_day_is_not_kept(action, lead):
    factories.rules(action.area, colours="late")
    factories.status_word(action.area, "Late", rule="late", status="", least=0)
    assert report(lead, action).word == ""
