"""Long lists of actions: whatever is wanted of them, the database finds what plain Python finds."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from management.access import Role
from plans.models import Action
from plans.states import WORKED_ON, PlanState
from plans.statuses import CLOSED, Status
from plans.wanted import SITUATIONS, SORTS, Wanted
from tests import factories

pytestmark = pytest.mark.django_db
ON = date(2020, 1, 15)
DAYS = [None, *(ON + timedelta(days=n) for n in (-200, -1, 0, 1, 14, 15, 90))]
VOCABULARY = ["unpaid", "Work", "50%", "a_b", "back\\slash", "it’s", "WORKSHOP", "'quote\""]


@pytest.fixture
def rows():
    """Sixty actions in plans of every state, with everything that a list can be narrowed by."""
    dice = random.Random(7)  # noqa: S311  (the same rows in every run)
    area = factories.area()
    guide = factories.framework(("1.1", "5.2", "9.4"))
    inspection = factories.inspection(area, guide)
    messages = [factories.key_message(inspection, number) for number in (1, 2)]
    posts = [factories.post(area) for _ in range(3)]
    plans = [factories.plan(area, inspection, state=state) for state in PlanState]
    made = []
    for number in range(60):
        made.append(
            factories.action(
                plans[number % len(plans)],
                reference=f"A{number}",
                text=" ".join(dice.sample(VOCABULARY, 2)),
                evidence_expected=dice.choice(VOCABULARY),
                status=dice.choice(list(Status)),
                lead=dice.choice(posts),
                supporting=tuple(dice.sample(posts, dice.randint(0, 2))),
                key_messages=tuple(dice.sample(messages, dice.randint(0, 2))),
                indicator=dice.choice(guide.indicators.all()),
                original_due=dice.choice(DAYS),
                late_after=dice.choice(DAYS),
                added_on=ON - timedelta(days=dice.choice([30, 200])),
            )
        )
        for _ in range(dice.randint(0, 2)):
            said = {"text": dice.choice(VOCABULARY), "on": ON - timedelta(dice.choice([1, 89, 91]))}
            factories.update(made[-1], **said)
    factories.action(factories.plan(factories.area()), text="unpaid Work 50%")  # somebody else's
    return list(
        Action.objects.in_area(area)
        .select_related("plan")
        .prefetch_related("supporting", "key_messages", "updates")
    )


def last(row):
    updates = sorted(row.updates.all(), key=lambda update: (update.on, update.pk))
    return updates[-1] if updates else None


def stands(row, status):
    opened, said = row.status not in CLOSED, last(row)
    draft = row.plan.state == PlanState.DRAFT
    if status == "open":
        return opened
    if status == "overdue":
        return opened and not draft and row.late_after is not None and row.late_after < ON
    if status == "due_soon":
        dated = row.late_after is not None and row.due is not None
        soon = dated and row.late_after >= ON and row.due <= ON + timedelta(days=14)
        return opened and not draft and soon
    if status == "quiet":
        heard = said.on if said else row.added_on
        reported = opened and row.status != Status.DONE and row.plan.state in WORKED_ON
        return reported and heard < ON - timedelta(days=90)
    return row.status == status


def meets(row, wanted):
    said = last(row)
    told = [row.reference, row.text, row.evidence_expected, said.text if said else ""]
    posts = {row.lead_id, *(post.pk for post in row.supporting.all())}
    return all(
        [
            all(any(word.lower() in text.lower() for text in told) for word in wanted.words),
            not wanted.status or stands(row, wanted.status),
            wanted.plan in (None, row.plan_id),
            wanted.state in ("", row.plan.state),
            not wanted.posts or not wanted.posts.isdisjoint(posts),
            not wanted.indicators or row.indicator_id in wanted.indicators,
            wanted.message is None or wanted.message in {m.pk for m in row.key_messages.all()},
            wanted.due_from is None or (row.due is not None and row.due >= wanted.due_from),
            wanted.due_to is None or (row.due is not None and row.due <= wanted.due_to),
        ]
    )


def wishes(rows):
    """Any filter over what these rows have, most of it left open."""

    def maybe(values, nothing):
        return st.just(nothing) | st.sampled_from(sorted(values))

    indicators = st.sampled_from(sorted({row.indicator_id for row in rows}))
    leads = st.sampled_from(sorted({row.lead_id for row in rows}))
    words = st.lists(st.sampled_from([*VOCABULARY, "wor", "A1", "%", "_", "zzz"]), max_size=2)
    return st.builds(
        Wanted,
        text=words.map(" ".join),
        status=maybe({*SITUATIONS, *Status.values}, ""),
        plan=maybe({row.plan_id for row in rows}, None),
        state=maybe(set(PlanState.values), ""),
        posts=st.frozensets(leads, max_size=2),
        indicators=st.frozensets(indicators, max_size=2),
        message=maybe({m.pk for row in rows for m in row.key_messages.all()}, None),
        due_from=maybe({day for day in DAYS if day}, None),
        due_to=maybe({day for day in DAYS if day}, None),
        sort=maybe({*SORTS, *(f"-{name}" for name in SORTS)}, ""),
    )


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=st.data())
def test_any_filter_finds_what_plain_python_finds_each_once_and_counts_it(rows, data):
    wanted = data.draw(wishes(rows))
    expected = sorted(row.pk for row in rows if meets(row, wanted))
    found = Action.objects.in_area(rows[0].area).wanted(wanted, on=ON)
    ordered = found.sorted_by(wanted.sort) if wanted.sort else found.by_need(on=ON)
    lines = list(ordered.lines())
    assert sorted(line["pk"] for line in lines) == expected
    late = sum(stands(row, "overdue") for row in rows if row.pk in expected)
    tally = found.tally(on=ON)
    assert (sum(n for n, _ in tally.values()), sum(n for _, n in tally.values())) == (
        len(expected),
        late,
    )
    columns = {"due": "due", "updated": "updated", "plan": "plan_title", "lead": "lead_title"}
    if (column := columns.get(wanted.sort.removeprefix("-"))) is not None:
        known = [line[column] for line in lines if line[column] is not None]
        assert known == sorted(known, reverse=wanted.sort.startswith("-"))
        assert [line[column] is None for line in lines] == sorted(
            line[column] is None for line in lines
        )


def test_the_situations_are_counted_as_they_are_filtered(rows):
    counts = Action.objects.in_area(rows[0].area).situations(on=ON)
    names = [*SITUATIONS, "done"]
    assert counts == {name: sum(stands(row, name) for row in rows) for name in names}
    assert all(counts.values())


def test_a_post_of_mine_is_known_on_each_line(rows):
    post = rows[0].lead_id
    found = Action.objects.in_area(rows[0].area).with_mine([post]).lines("mine")
    mine = {row.pk for row in rows if meets(row, Wanted(posts=frozenset({post})))}
    assert {line["pk"] for line in found if line["mine"]} == mine


def test_what_waits_for_a_second_person_waits_for_nobody_who_had_a_hand_in_it():
    area = factories.area()
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    post = factories.post(area)
    plan = factories.plan(area)

    def done(**facts):
        return factories.action(plan, status=Status.DONE, **facts)

    free, led, reported, given = done(), done(lead=post), done(), done()
    factories.update(reported, author=head, status=Status.DONE)
    factories.evidence(given, author=head)
    factories.evidence_withdrawal(factories.evidence(free, author=head))
    # Their own report was followed by another status, so the report that counts is another's.
    earlier = done()
    factories.update(earlier, author=head, status=Status.DONE, on=date(2020, 1, 1))
    factories.update(earlier, status=Status.AT_RISK, on=date(2020, 1, 2))
    factories.update(earlier, status=Status.DONE, on=date(2020, 1, 3))
    factories.action(factories.plan(area, state=PlanState.CLOSED), status=Status.DONE)
    found = Action.objects.to_verify_by(head, [post.pk])
    assert set(found) == {free, earlier}
    assert not {led, reported, given} & set(found)
