"""Whatever is done to an action, in whatever order and by whomever: what always holds of it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from management import clock
from management.access import Role
from management.attachments import Attachment
from management.versions import Stale
from plans.models import Action, DateAnswer, DateChange, DateRequest, Evidence, Update, Verification
from plans.position import position
from plans.services import due_dates, evidence, progress, verification
from plans.statuses import Status
from tests import factories
from tests.plans.test_services import REPORTS

pytestmark = pytest.mark.django_db
S = Status
DAY = date(2020, 1, 15)
OPEN = [s for s in S if REPORTS[s]]
# Written by hand: from which statuses each deed leads to which.
LEADS_TO: dict[str, Callable[[Status], set[Status]]] = {
    "update": lambda old: REPORTS[old],
    "correct": lambda old: REPORTS[old],
    "verify": lambda old: {S.COMPLETE} if old == S.DONE else set(),
    "return": lambda old: {S.AT_RISK, S.OFF_TRACK} if old == S.DONE else set(),
    "reopen": lambda old: {S.AT_RISK, S.OFF_TRACK} if old == S.COMPLETE else set(),
    "withdraw": lambda old: {S.WITHDRAWN} if old in OPEN else set(),
    "supersede": lambda old: {S.SUPERSEDED} if old in OPEN else set(),
    "move": lambda old: {old} if old in OPEN else set(),
    "answer": lambda old: {old},
    "evidence": lambda old: {old},
    "withdraw evidence": lambda old: {old},
}
WHEN = st.sampled_from(["now"] * 8 + ["older", "newer"])  # which version the person knows
ANYBODY = st.sampled_from(["manager", "lead", "head"])
# What leads on is tried most, mostly by whoever may do it.
SAID = st.sampled_from([S.ON_TRACK, S.AT_RISK, S.DONE, S.DONE, S.DONE, *S])
MOSTLY = {
    "update": st.sampled_from(["manager", "lead"]),
    "verify": st.just("head"),
    "reopen": st.just("head"),
    "answer": st.sampled_from(["lead", "head"]),
    "move": st.sampled_from(["manager", "lead"]),
}


def deed(name: str, who: st.SearchStrategy[str] = ANYBODY) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(name), who, WHEN, SAID, st.integers(-1, 60), st.booleans())


DEEDS = st.one_of(
    *(deed(name, who) for name, who in MOSTLY.items() for _ in range(4)),
    *(deed(name) for name in LEADS_TO),
)


class World:
    """One action with those who work on it, and what was accepted of what they did."""

    def __init__(self, asks: bool, first: bool, due: date | None, begun: str) -> None:
        area = factories.area()
        if first:
            factories.rules(area, late="first")
        plan = factories.plan(area, dates_need_approval=asks)
        self.first = first
        self.action = factories.action(plan, original_due=due)
        self.other = factories.action(plan, lead=self.action.lead, indicator=self.action.indicator)
        self.people = {
            "manager": factories.user(area, Role.SERVICE_MANAGER),
            "lead": factories.user(area, Role.PERFORMANCE_LEAD),
            "head": factories.user(area, Role.HEAD_OF_SERVICE),
        }
        factories.holding(self.action.lead, self.people["manager"])
        self.day = DAY
        self.texts: list[str] = []
        if begun:
            self.do("update", "manager", "now", S.DONE if begun == S.COMPLETE else begun, 0, True)
            self.texts.append("0: update")
        if begun == S.COMPLETE:
            self.do("verify", "head", "now", begun, 0, True)
            self.texts.append("1: verify")

    def do(self, name: str, who: str, known: str, status: str, number: int, flag: bool) -> bool:
        """Whether the deed was accepted."""
        action = Action.objects.get(pk=self.action.pk)
        version = action.version + {"now": 0, "older": -1, "newer": 1}[known]
        facts = {"by": self.people[who], "version": version}
        text = f"{len(self.texts)}: {name}"
        self.day += timedelta(number % 3)
        try:
            with clock.hold(self.day):
                self.try_to(name, action, facts, text, status, number, flag)
        except (ValidationError, Stale, PermissionDenied):
            return False
        return True

    def try_to(
        self,
        name: str,
        action: Action,
        facts: dict[str, Any],
        text: str,
        status: str,
        number: int,
        flag: bool,
    ) -> None:
        by = facts["by"]
        if name in {"update", "correct"}:
            shown = {"evidence": "Minutes", "file": FILE if number % 2 else None} if flag else {}
            updates = action.updates.filter(author=by)
            mine = updates.first() if number % 2 else updates.last()
            if name == "correct" and mine is None:
                raise ValidationError("There is nothing to correct.")
            said = {"status": status, "text": text, **shown}
            corrects = mine if name == "correct" else None
            progress.post_update(action=action, corrects=corrects, **said, **facts)
        elif name == "reopen":
            verification.reopen_action(action=action, reason=text, **facts)
        elif name in {"verify", "return"}:
            decide: Any = getattr(verification, f"{name}_action")
            decide(action=action, note=text, **facts)
        elif name == "withdraw":
            progress.withdraw_action(action=action, reason=text, decision="Board", **facts)
        elif name == "supersede":
            progress.supersede_action(action=action, successor=self.other, reason=text, **facts)
        elif name == "move":
            new = self.day + timedelta(number)
            due_dates.move_date(action=action, new=new, reason=text, **facts)
        elif name == "answer":
            asked = DateRequest.objects.filter(action=action).last()
            if asked is None:
                raise ValidationError("Nothing is asked for.")
            due_dates.answer_date(request=asked, agreed=flag, text=text, **facts)
        elif name == "evidence":
            evidence.add_evidence(by=by, action=action, description=text)
        else:
            row = Evidence.objects.filter(action=action).first()
            if row is None:
                raise ValidationError("There is none.")
            evidence.withdraw_evidence(by=by, evidence=row, reason=text)

    def stands(self) -> tuple[Any, ...]:
        """Everything that a refused deed leaves as it was."""
        row = Action.objects.values_list("status", "due", "late_after", "version", "superseded_by")
        kinds = (Update, DateChange, DateRequest, DateAnswer, Evidence, Verification)
        return (*row.get(pk=self.action.pk), *(kind.objects.count() for kind in kinds))


FILE = Attachment("Minutes.pdf", "application/pdf", b"%PDF-1.7 minutes")
UNVERSIONED = {"evidence", "withdraw evidence"}  # they add, and change nothing


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.booleans(),
    st.booleans(),
    st.sampled_from([DAY + timedelta(2), None]),
    st.sampled_from(["", S.ON_TRACK, S.DONE, S.COMPLETE]),
    st.lists(DEEDS, min_size=3, max_size=16),
)
def test_no_order_of_deeds_loses_an_update_or_leads_where_none_should(
    asks: bool, first: bool, due: date | None, begun: str, deeds: list[Any]
) -> None:
    with transaction.atomic():
        world = World(asks, first, due, begun)
        for one in deeds:
            name, _, known, status, *_ = one
            before = Action.objects.get(pk=world.action.pk)
            stood = world.stands()
            accepted = world.do(*one)
            now = Action.objects.get(pk=world.action.pk)
            if not accepted:
                assert world.stands() == stood, one
                continue
            assert known == "now" or name in UNVERSIONED, f"a stale {name} was accepted"
            assert Status(now.status) in LEADS_TO[name](Status(before.status)), one
            if name in {"update", "correct"}:
                assert now.status == status
            if name in {"return", "reopen"}:
                late = now.days_overdue(world.day) > 0
                assert now.status == (S.OFF_TRACK if late else S.AT_RISK), one
            if name not in UNVERSIONED:
                assert now.version == before.version + 1
            holds_together(world, now, due)
            waits_for_whom(world, now)
            if name not in {"move", "answer", *UNVERSIONED}:
                world.texts.append(f"{len(world.texts)}: {name}")
            told = list(Update.objects.filter(action=now).order_by("id"))
            assert len(told) == len(world.texts)
            assert all(mine in row.text for mine, row in zip(world.texts, told, strict=True))
        transaction.set_rollback(True)


def holds_together(world: World, now: Action, due: date | None) -> None:
    """What the row says is what its entries say."""
    assert now.original_due == due
    found = position(
        now.original_due,
        now.updates.all(),
        now.date_changes.all(),
        on=world.day,
        from_first=world.first,
    )
    assert (found.status, found.due) == (now.status, now.due)
    assert found.days_overdue == now.days_overdue(world.day)
    given = [*([due] if due else []), *(change.new for change in now.date_changes.all())]
    assert now.late_after == ((given[0] if given else None) if world.first else now.due)
    assert (now.status == S.SUPERSEDED) == (now.superseded_by_id is not None)
    verified = [u for u in now.updates.all() if u.status == S.COMPLETE]
    notes = [row.note for row in Verification.objects.filter(action=now)]
    assert [u.text for u in verified] == [f"Verified: {note}" for note in notes]
    back = [u for u in now.updates.all() if u.old_status == S.COMPLETE]
    assert len(verified) - len(back) == (now.status == S.COMPLETE)
    standing = verification.standing_verification(now)
    assert (standing.note if standing else None) == (
        notes[-1] if now.status == S.COMPLETE else None
    )
    assert DateRequest.objects.filter(action=now, answer=None).count() <= 1
    assert now.status not in {S.DONE, S.COMPLETE} or evidence.standing_evidence(now).exists()


def waits_for_whom(world: World, now: Action) -> None:
    """The list of what somebody can verify has it for those, and only those, who can."""
    for who, person in world.people.items():
        posts = [now.lead_id] if who == "manager" else []
        listed = Action.objects.filter(pk=now.pk).to_verify_by(person, posts).exists()
        can = now.status == S.DONE and not verification.why_not_by(person, now)
        assert listed == can, who
