"""What answers each finding."""

from types import SimpleNamespace

from plans.coverage import Coverage, cover
from plans.statuses import Status


class Several(list):
    """Stands for a related manager."""

    def all(self):
        return self


def finding(pk, reference, parent=None):
    return SimpleNamespace(pk=pk, reference=reference, text=f"Do {reference}", parent_id=parent)


ONE, TWO = finding(1, "KM1"), finding(2, "KM2")
WHOLE, PART, OTHER = finding(1, "1"), finding(2, "1.1", parent=1), finding(3, "2")


def action(reference, status=Status.ON_TRACK, messages=(), answers=()):
    return SimpleNamespace(
        reference=reference,
        status=status,
        key_messages=Several(messages),
        recommendations=Several(answers),
    )


def lines(*actions):
    found = cover([ONE, TWO], [WHOLE, PART, OTHER], actions, lambda row: row.status)
    return {line.reference: (line.actions, line.completed) for line in found}


def test_without_actions_nothing_is_answered_and_everything_is_listed_in_order():
    found = cover([ONE, TWO], [WHOLE, PART, OTHER], [], lambda row: row.status)
    assert [(line.kind, line.reference, line.level) for line in found] == [
        ("Key message", "KM1", 0),
        ("Key message", "KM2", 0),
        ("Area for improvement", "1", 0),
        ("Area for improvement", "1.1", 1),
        ("Area for improvement", "2", 0),
    ]
    assert found[3] == Coverage("Area for improvement", "1.1", "Do 1.1", 1, (), 0)
    assert all(line.actions == () and line.completed == 0 for line in found)


def test_an_action_answers_what_it_is_linked_to_and_nothing_else():
    found = lines(action("A1", messages=[ONE], answers=[OTHER]))
    assert found["KM1"] == found["2"] == (("A1",), 0)
    assert found["KM2"] == found["1"] == found["1.1"] == ((), 0)


def test_an_area_for_improvement_is_also_answered_through_its_parts_but_not_a_part_by_the_whole():
    assert lines(action("A1", answers=[PART]))["1"] == (("A1",), 0)
    assert lines(action("A1", answers=[WHOLE]))["1.1"] == ((), 0)
    assert lines(action("A1", answers=[WHOLE, PART]))["1"] == (("A1",), 0)


def test_withdrawn_and_superseded_actions_answer_nothing():
    gone = [action(s, s, [ONE], [PART]) for s in (Status.WITHDRAWN, Status.SUPERSEDED)]
    assert lines(*gone)["KM1"] == lines(*gone)["1"] == ((), 0)
    assert lines(*gone, action("A1", messages=[ONE]))["KM1"] == (("A1",), 0)


def test_only_verified_actions_count_as_complete():
    found = lines(
        action("A1", Status.COMPLETE, [ONE]),
        action("A2", Status.DONE, [ONE]),
        action("A3", Status.COMPLETE, [TWO]),
    )
    assert found["KM1"] == (("A1", "A2"), 1)
    assert found["KM2"] == (("A3",), 1)


def test_the_status_is_the_one_that_is_asked_for():
    found = cover([ONE], [], [action("A1", messages=[ONE])], lambda row: Status.COMPLETE)
    assert found[0].completed == 1


def test_where_two_plans_have_the_same_references_another_name_is_used():
    twins = [action("A1", messages=[ONE]), action("A1", messages=[ONE])]
    names = iter("ab")
    found = cover([ONE], [], twins, lambda row: row.status, lambda row: next(names))
    assert found[0].actions == ("a", "b")
