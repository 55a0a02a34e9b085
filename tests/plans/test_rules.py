"""What an area decides about all of its actions: when one is late, and its own words."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Action, Rules, StatusWord
from plans.services import due_dates, rules
from plans.statuses import Status
from plans.words import READY, Rule, Word
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status
FIRST, CURRENT = Rules.Late.FIRST, Rules.Late.CURRENT
GREEN = Word("Green", Rule.STATUS, "green", S.ON_TRACK)


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")


def decide(by, area, **facts):
    facts = {"version": rules.rules_of(area).version, "late": CURRENT, "colours": Rule.STATUS} | (
        {"words": []} | facts
    )
    return rules.set_rules(by=by, area=area, **facts)


@pytest.fixture
def moved(area):
    """Four open actions: moved into the future, never moved, late anyway, without a first date."""
    plan = factories.plan(area, title="The plan")
    ahead, past = date(2020, 6, 30), date(2019, 12, 31)
    made = {
        "moved": factories.action(plan, reference="A1", original_due=past, due=ahead),
        "ahead": factories.action(plan, reference="A2", original_due=ahead),
        "late": factories.action(plan, reference="A3", original_due=past),
        "dated": factories.action(plan, reference="A4", original_due=None, due=ahead),
        "never": factories.action(plan, reference="A5", original_due=None),
        "complete": factories.action(
            plan, reference="A6", original_due=past, due=ahead, status=S.COMPLETE
        ),
    }
    factories.date_change(made["dated"], old=None, new=past)
    factories.date_change(made["dated"], old=past, new=ahead)
    return made


def overdue():
    return {action.reference for action in Action.objects.overdue(on=date(2020, 1, 15))}


def test_a_new_rule_counts_every_open_action_again_and_back(area, lead, moved):
    assert rules.rules_of(area).late == CURRENT
    assert overdue() == {"A3"}
    decide(lead, area, late=FIRST)
    assert overdue() == {"A1", "A3", "A4"}
    moved["complete"].refresh_from_db()
    assert moved["complete"].late_after == date(2020, 6, 30)  # it is closed: nobody waits for it
    decide(lead, area)
    assert overdue() == {"A3"}
    assert Rules.objects.get(area=area).version == 2


def test_another_areas_actions_are_counted_by_its_own_rule(lead, area, moved):
    other = factories.action(
        factories.plan(factories.area()), original_due=date(2019, 12, 31), due=date(2020, 6, 30)
    )
    decide(lead, area, late=FIRST)
    other.refresh_from_db()
    assert other.late_after == date(2020, 6, 30)


def test_by_the_first_date_an_action_stays_late_though_its_date_moves(area, lead, moved):
    decide(lead, area, late=FIRST)
    late = Action.objects.get(reference="A3")
    due_dates.move_date(
        by=lead, action=late, version=late.version, new=date(2020, 6, 1), reason="Agreed"
    )
    assert (late.due, late.late_after) == (date(2020, 6, 1), date(2019, 12, 31))
    never = Action.objects.get(reference="A5")
    due_dates.move_date(
        by=lead, action=never, version=never.version, new=date(2020, 6, 1), reason="Agreed"
    )
    assert never.late_after == date(2020, 6, 1)


def test_the_words_are_replaced_as_a_whole_and_kept_in_their_order(area, lead):
    words = [
        GREEN,
        Word("Fine", Rule.STATUS, "", S.ON_TRACK),
        Word("Late", Rule.LATE, "red", "", 1),
    ]
    decide(lead, area, words=words)
    assert sorted(rules.words_of(area), key=words.index) == words
    assert rules.words_of(area)[1:] == words[:2]
    decide(lead, area, words=[GREEN])
    assert rules.words_of(area) == [GREEN]


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"words": [GREEN, Word("GREEN", status=S.DONE)]}, "words", "“GREEN” stands twice"),
        ({"words": [Word("Odd")]}, "words", "Say which status “Odd” is for"),
        ({"words": [Word("Odd", Rule.LATE, status=S.DONE)]}, "words", "Say from where on “Odd” is"),
        ({"words": [Word("Over", Rule.PERCENT, least=101)]}, "words", "more than 100 per cent"),
        (
            {"words": [Word("A", Rule.LATE, least=0), Word("B", Rule.LATE, least=0)]},
            "words",
            "Two words begin where “B” does",
        ),
        ({"words": [Word("A", Rule.STATUS, "pink", S.DONE)]}, "colour", "not a valid choice"),
        ({"words": [Word("A", status="finished")]}, "status", "not a valid choice"),
        ({"words": [Word("x" * 61, status=S.DONE)]}, "word", "at most 60"),
        ({"colours": Rule.LATE, "words": [GREEN]}, "colours", "Give at least one word for it"),
        ({"colours": "mood"}, "colours", "Give at least one word"),
        ({"late": "never"}, "late", "not a valid choice"),
    ],
)
@pytest.mark.parametrize("had", [True, False], ids=["changed", "first"])
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    area, lead, moved, facts, field, said, had
):
    if had:
        decide(lead, area, words=[Word("Old", status=S.DONE)])
    before = AuditEvent.objects.count()
    with pytest.raises(ValidationError, match=said) as caught:
        decide(lead, area, **facts)
    assert field in caught.value.message_dict
    assert AuditEvent.objects.count() == before
    assert [word.word for word in rules.words_of(area)] == ["Old"] * had


def test_only_those_who_keep_the_plans_decide_and_nobody_over_somebody_else(area, lead):
    for role in set(Role) - {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}:
        with pytest.raises(PermissionDenied):
            decide(factories.user(area, role), area)
    with pytest.raises(PermissionDenied):
        decide(lead, factories.area())
    decide(lead, area, late=FIRST)
    for version in (0, 2):
        with pytest.raises(Stale) as caught:
            decide(lead, area, version=version)
        assert caught.value.row.late == FIRST


# --- its page -------------------------------------------------------------------------------------


@pytest.fixture
def client(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def page(client, area):
    """The page as it is opened, or the answer to its form as it stands with these changes."""

    def visit(query="", opened=None, **sent):
        url = reverse("rules", args=[area.slug])
        if opened is None:
            return Page(client.get(url + query))
        return Page(client.post(url, {**opened.form, **sent}, follow=True))

    return visit


def test_an_area_that_has_decided_nothing_sees_what_everybody_begins_with(page, area, client):
    opened = page()
    assert (opened.typed("late"), opened.typed("colours")) == (CURRENT, Rule.STATUS)
    assert "No word of your own is given, so Throughline’s statuses are printed" in opened.text
    assert "after its first one, from 1 April on, although the new date was agreed" in opened.text
    assert (
        reverse("rules", args=[area.slug])
        in Page(client.get(reverse("plans", args=[area.slug]))).links
    )


@pytest.mark.parametrize("name", READY)
def test_a_ready_set_fills_the_form_and_is_saved_when_somebody_saves_it(page, area, name):
    opened = page(f"?start={name}")
    ready = READY[name]
    assert f"“{ready.name}” stands in the form below. Nothing is saved yet." in opened.text
    assert not StatusWord.objects.exists()
    answer = page(opened=opened)
    assert "Saved. By these rules, 0 actions are overdue today." in answer.text
    assert set(rules.words_of(area)) == set(ready.words)
    assert rules.rules_of(area).colours == ready.rule
    kept = [row[0] for row in answer.rows(-1)]
    assert kept == [row[0] for row in opened.rows(-1)]
    assert set(kept) == {word.word for word in ready.words}


def test_a_ready_set_leaves_the_other_tables_as_they_are_and_an_unknown_one_everything(page, area):
    factories.status_word(area, "Nearly", rule="percent", status="", least=80)
    opened = page("?start=brag")
    assert opened.typed("percent_0_word") == "Nearly"
    assert "stands in the form" not in page("?start=junk").text


def test_the_key_is_previewed_and_nothing_is_saved(page, area):
    row = {"late_0_word": "Slow", "late_0_colour": "red", "late_0_least": "2"}
    opened = page()
    shown = page(opened=opened, colours="late", **row, preview="1")
    assert "As typed above, and not saved." in shown.text
    assert shown.rows(-1) == [["Slow", "Red", "Late by more than 1 month"]]
    assert (shown.typed("late_0_word"), shown.typed("colours")) == ("Slow", "late")
    assert not StatusWord.objects.exists() and not Rules.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"late_0_word": "Slow"}, "By months late, row 1: from months late: Give the number."),
        ({"status_1_word": "Fine"}, "By status, row 2: status: Choose its status."),
        (
            {"percent_0_least": "50"},
            "By per cent done, row 1: word: Give the word, or empty the whole row.",
        ),
        (
            {"percent_0_word": "Done", "percent_0_least": "101"},
            "By per cent done, row 1: from per cent: "
            "Ensure this value is less than or equal to 100.",
        ),
        (
            {"late_0_word": "Slow", "late_0_least": "soon"},
            "By months late, row 1: from months late: Enter a whole number, such as 3.",
        ),
        ({"colours": "late"}, "By what is the word of an open action chosen?: Give at least one"),
        (
            {"late_0_word": "A", "late_0_least": "1", "late_1_word": "B", "late_1_least": "1"},
            "Two words begin where “B” does.",
        ),
    ],
)
def test_a_wrong_row_is_said_at_its_field_and_nothing_typed_is_lost(page, sent, said):
    answer = page(opened=page(), **sent)
    assert len(answer.summary) == 1 and answer.summary[0].startswith(said)
    assert {name: answer.typed(name) for name in sent} == sent
    assert not Rules.objects.exists() and not StatusWord.objects.exists()


def test_what_somebody_else_saved_meanwhile_stands_beside_what_was_typed(page, area, lead, client):
    opened = page()
    decide(lead, area, late=FIRST, words=[GREEN])
    mine = {"status_0_word": "Blue", "status_0_status": S.COMPLETE, "late": CURRENT}
    answer = page(opened=opened, **mine)
    assert answer.status == 409
    assert ["By status, row 1: word", "Green", "Blue"] in answer.rows()
    assert answer.typed("status_0_word") == "Blue"
    assert rules.words_of(area) == [GREEN]
    assert page(opened=answer).status == 200
    assert [word.word for word in rules.words_of(area)] == ["Blue"]


def test_a_changed_rule_changes_every_count_at_once_and_is_one_story(
    page, area, lead, client, moved
):
    plan = moved["late"].plan
    places = {"area": [area.slug], "plan": [area.slug, plan.pk], "plans": [area.slug]}

    def counts():
        pages = {name: Page(client.get(reverse(name, args=of))) for name, of in places.items()}
        listed = int(pages.pop("plans").rows()[0][-1])
        return [listed, *(page.counts["overdue"] for page in pages.values())]

    assert counts() == [1, 1, 1]
    answer = page(opened=page(), late="first")
    assert "Saved. By these rules, 3 actions are overdue today." in answer.text
    assert counts() == [3, 3, 3]
    story = AuditEvent.objects.filter(verb="set rules")
    assert {event.actor_name for event in story} == {lead.name}
    assert len({event.request_id for event in story}) == 1
    assert {event.row_id for event in story.filter(table_name="plans_action")} == {
        str(moved[name].pk) for name in ("moved", "dated")
    }


def test_whatever_is_typed_as_a_word_is_printed_as_it_was_typed(page):
    word = AWKWARD[:60]
    answer = page(opened=page(), status_0_word=word, status_0_status=S.DONE)
    assert answer.shows(word)
    assert answer.rows(-1)[0][0] == word
