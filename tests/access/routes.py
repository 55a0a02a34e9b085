"""Every route of the product, by hand: where it is, who may use it, and how it is used.

A route that is not here fails `test_every_route_has_a_row_here`. The deeds are those of the
hand-written table in tests/management/test_access.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.sections import SECTIONS
from management.access import PUBLIC, SIGNED_IN, Role
from plans.services.plans import mark_of
from plans.services.rows import revision
from tests.factories import PASSWORD, World

Where = Callable[[World], dict[str, Any]]
FRESH = "another long passphrase"


def nowhere(world: World) -> dict[str, Any]:
    return {}


def area(world: World) -> dict[str, Any]:
    return {"area": world.area.slug}


def row_of(name: str) -> Where:
    """The page of one row: /areas/ardmore/plans/7/."""
    return lambda world: {"area": world.area.slug, "pk": getattr(world, name).pk}


def part_of(whole: str, **parts: str) -> Where:
    """The page of a row within another one's: /areas/ardmore/self-evaluations/7/elements/3/."""
    return lambda world: {
        "area": world.area.slug,
        "pk": getattr(world, whole).pk,
        **{name: getattr(world, row).pk for name, row in parts.items()},
    }


@dataclass(frozen=True)
class Row:
    """`get` and `post` name the deed that the method asks for, or None where there is no such
    method; `form` is what a person who may would send. Answers are those for such a person."""

    where: Where
    get: str | None = None
    post: str | None = None
    form: Where = nowhere
    get_answers: frozenset[int] = frozenset({200})
    post_answers: frozenset[int] = frozenset({302})
    # Whether the page shows texts of its area, so that they must be there for who may see it.
    shows: bool = True
    # A page of a library, which decides for itself what it answers to odd methods.
    library: bool = False
    # Asks for one of the action's posts of a person who may only `action.update`.
    own_post: bool = False
    # Whether POST changes something that is recorded.
    writes: bool = True
    # What the route asks for, where the row then asks for more: it may be another person's.
    declares: str | None = None

    @property
    def policy(self) -> str:
        """What the route itself declares: asked before anything else."""
        policy = self.declares or self.get or self.post
        assert policy is not None
        return policy


def account(policy: str, *, form: Where = nowhere, where: Where = nowhere) -> Row:
    return Row(
        where,
        policy,
        policy,
        form,
        get_answers=frozenset({200, 302}),
        post_answers=frozenset({200, 302}),
        shows=False,
        library=True,
        writes=False,
    )


def given(world: World, end: str) -> dict[str, Any]:
    """December's figure, put right in the line whose fields have that end."""
    facts = {"number": "43 of 60", "state": "final", "edition": 1, "reason": "Two came late"}
    return {f"{name}{end}": value for name, value in facts.items()} | {"source": "The system"}


def paragraphs(world: World) -> dict[str, Any]:
    versions = {f"{key}_version": 0 for key in SECTIONS} | {f"{key}_read": "-" for key in SECTIONS}
    texts = {key: f"New text of {key}" for key in SECTIONS}
    return versions | texts | {"risk_version": world.paragraph.version}


def inspected(world: World) -> dict[str, Any]:
    return {
        "title": "The inspection",
        "inspectorate": "The inspectorate",
        "kind": "justice",
        "framework": world.framework.pk,
        "notified_on": "2019-01-07",
        "published_on": "2019-08-06",
    }


def worded(world: World) -> dict[str, Any]:
    return {
        "text": "New",
        "indicator": world.action.indicator_id,
        "lead": world.lead.pk,
        "timescale": "July 2019 onwards",
        "evidence_expected": "Figures",
    }


def one_action_alone(world: World) -> dict[str, Any]:
    """Of the three that answer everything in the world, only the first goes on to do so."""
    three = (world.action, world.finished_action, world.done_action)
    return {
        "actions": world.action.pk,
        "shown": ",".join(str(action.pk) for action in three),
    }


def read(plan: Any) -> dict[str, Any]:
    """The plan as a page shows it: its version and that of each action."""
    return {"version": plan.version, "mark": mark_of(plan.actions.all())}


def defined(code: str) -> dict[str, Any]:
    """A KPI as the form sends it."""
    return {
        "code": code,
        "name": "Seen in time",
        "meaning": "How many were seen",
        "numerator": "People seen",
        "source": "Case management system",
        "unit": "percentage",
        "decimals": 0,
        "direction": "higher",
        "frequency": "month",
        "chart": "auto",
    }


def aimed() -> dict[str, Any]:
    """A target as the form sends it."""
    return {"kind": "target", "value": "85%", "start": "1 1 2020", "source": "The board"}


ROUTES: dict[str, Row] = {
    "home": Row(nowhere, SIGNED_IN, get_answers=frozenset({302}), shows=False),
    # 503 is its answer where there is no worker, as in these tests.
    "health": Row(nowhere, PUBLIC, get_answers=frozenset({200, 503}), shows=False),
    "account_login": account(
        PUBLIC, form=lambda w: {"login": "inspector@nowhere.example.org", "password": PASSWORD}
    ),
    "account_logout": account(PUBLIC),
    "account_inactive": account(PUBLIC),
    "account_change_password": account(
        SIGNED_IN,
        form=lambda w: {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH},
    ),
    "account_reset_password": account(
        PUBLIC, form=lambda w: {"email": f"inspector@{w.area.slug}.example.org"}
    ),
    "account_reset_password_done": account(PUBLIC),
    "account_reset_password_from_key": account(
        PUBLIC, where=lambda w: {"uidb36": "1", "key": "no-such-key"}
    ),
    "account_reset_password_from_key_done": account(PUBLIC),
    "area": Row(area, "area.view"),
    "plans": Row(area, "plan.view"),
    "plan": Row(row_of("plan"), "plan.view"),
    "plan_new": Row(
        area,
        "plan.edit",
        "plan.edit",
        lambda w: {
            "title": "Another plan",
            "agreed_on": "2019-09-17",
            "inspection": w.inspection.pk,
            "self_evaluation": w.self_evaluation.pk,
        },
    ),
    "plan_edit": Row(
        row_of("plan"),
        "plan.edit",
        "plan.edit",
        lambda w: {"title": "New", "version": w.plan.version},
    ),
    "plan_approve": Row(
        row_of("draft_plan"),
        "plan.approve",
        "plan.approve",
        lambda w: {"for_all": "Agreed so", **read(w.draft_plan)},
    ),
    "plan_submit": Row(
        row_of("approved_plan"),
        "plan.edit",
        "plan.edit",
        lambda w: {"on": "14 1 2020", "version": w.approved_plan.version},
    ),
    "plan_begin": Row(
        row_of("submitted_plan"),
        "plan.edit",
        "plan.edit",
        lambda w: {"text": "Begun", "version": w.submitted_plan.version},
    ),
    "plan_close": Row(
        row_of("ending_plan"),
        "plan.close",
        "plan.close",
        lambda w: {
            "body": "The board",
            "on": "14 1 2020",
            "minute_reference": "Item 4",
            "for_all": "Service plan",
            **read(w.ending_plan),
        },
    ),
    "rules": Row(
        area,
        "rules.edit",
        "rules.edit",
        lambda w: {
            "late": "first",
            "colours": "percent",
            "percent_0_word": "Begun",
            "percent_0_least": 0,
            "version": w.rules.version,
        },
    ),
    "action_new": Row(
        row_of("plan"),
        "plan.edit",
        "plan.edit",
        lambda w: {
            "reference": "A9",
            "text": "New",
            "indicator": w.action.indicator_id,
            "lead": w.lead.pk,
            "supporting": w.support.pk,
            "original_due": "2020-09-30",
            "evidence_expected": "Figures",
            "recommendations": w.recommendation.pk,
            "findings": w.finding.pk,
            "key_messages": w.key_message.pk,
            "kpis": w.kpi.pk,
        },
    ),
    "recommendation_answer": Row(
        row_of("recommendation"), "plan.edit", "plan.edit", one_action_alone
    ),
    "finding_answer": Row(row_of("finding"), "plan.edit", "plan.edit", one_action_alone),
    "key_message_answer": Row(row_of("key_message"), "plan.edit", "plan.edit", one_action_alone),
    "my_actions": Row(area, "action.update"),
    # A filter that cannot be understood leads to the page, which says so at its field.
    "plan_file": Row(
        lambda w: {"area": w.area.slug, "pk": w.plan.pk, "extension": "json"},
        "plan.view",
        get_answers=frozenset({200, 302}),
    ),
    "actions_file": Row(
        lambda w: {"area": w.area.slug, "extension": "csv"},
        "plan.view",
        get_answers=frozenset({200, 302}),
    ),
    # Without a file, it asks for one: tests/plans/test_tracker_pages.py sends files.
    "tracker_upload": Row(
        row_of("plan"),
        "action.update",
        "action.update",
        post_answers=frozenset({200}),
        writes=False,
    ),
    "tracker_preview": Row(
        part_of("plan", kept="tracker"),
        "action.update",
        "action.update",
        lambda w: {"mark": w.tracker_mark},
    ),
    "actions": Row(area, "plan.view"),
    "bulk": Row(
        area,
        "action.update",
        "action.update",
        lambda w: {
            "action": w.action.pk,
            "ready": f"{w.action.pk}:{w.action.version}",
            "step": "confirm",
            "deed": "note",
            "text": "Seen together",
        },
    ),
    "saved_views": Row(
        area,
        "plan.view",
        "plan.view",
        lambda w: {"name": "Late", "page": "actions", "query": "status=overdue"},
    ),
    # Not found but by the person who saved it: see tests/plans/test_saved_views.py.
    "saved_view": Row(
        row_of("saved_view"), "plan.view", get_answers=frozenset({302, 404}), shows=False
    ),
    "saved_view_edit": Row(
        row_of("saved_view"),
        "plan.view",
        "plan.view",
        lambda w: {"name": "Another name"},
        get_answers=frozenset({200, 404}),
        post_answers=frozenset({302, 404}),
        shows=False,
        writes=False,
    ),
    "saved_view_remove": Row(
        row_of("saved_view"),
        None,
        "plan.view",
        post_answers=frozenset({302, 404}),
        shows=False,
        writes=False,
    ),
    "action": Row(row_of("action"), "plan.view"),
    "action_kpis": Row(row_of("action"), "plan.edit", "plan.edit", lambda w: {"shown": w.kpi.pk}),
    "action_edit": Row(
        row_of("action"),
        "plan.edit",
        "plan.edit",
        lambda w: worded(w) | {"reason": "Plainer", "version": w.action.version},
    ),
    "action_remove": Row(
        row_of("replaced_action"),
        "plan.edit",
        "plan.edit",
        lambda w: {"version": w.replaced_action.version},
    ),
    "action_withdraw": Row(
        row_of("action"),
        "plan.edit",
        "plan.edit",
        lambda w: {"reason": "No", "decision": "Board, item 3", "version": w.action.version},
    ),
    "action_supersede": Row(
        row_of("action"),
        "plan.edit",
        "plan.edit",
        lambda w: {
            "successor": w.done_action.pk,
            "sure": w.done_action.pk,
            "reason": "Wider",
            "version": w.action.version,
        },
    ),
    "smart_check": Row(
        row_of("plan"),
        post="plan.edit",
        form=lambda w: worded(w) | {"kpis": w.kpi.pk},
        post_answers=frozenset({200}),
        writes=False,
    ),
    "action_smart_check": Row(
        row_of("action"),
        post="plan.edit",
        form=lambda w: worded(w),
        post_answers=frozenset({200}),
        writes=False,
    ),
    "action_blockers": Row(
        row_of("action"),
        "action.update",
        "action.update",
        lambda w: {"shown": w.done_action.pk},
        own_post=True,
    ),
    "task_new": Row(
        row_of("action"), "action.update", "action.update", lambda w: {"text": "New"}, own_post=True
    ),
    "task_edit": Row(
        row_of("task"),
        "action.update",
        "action.update",
        lambda w: {"text": "New", "post": w.support.pk, "version": w.task.version},
        own_post=True,
    ),
    "task_drop": Row(
        row_of("task"),
        "action.update",
        "action.update",
        lambda w: {"reason": "No", "version": w.task.version},
        own_post=True,
    ),
    "task_done": Row(
        row_of("task"), post="action.update", form=lambda w: {"version": w.task.version}
    ),
    "task_reopen": Row(
        row_of("done_task"), post="action.update", form=lambda w: {"version": w.done_task.version}
    ),
    "action_update": Row(
        row_of("action"),
        "action.update",
        "action.update",
        lambda w: {"status": "at_risk", "text": "Later", "version": w.action.version},
        own_post=True,
    ),
    "action_date": Row(
        row_of("action"),
        "action.update",
        "action.update",
        lambda w: {"new": "2020-09-30", "reason": "More time", "version": w.action.version},
        own_post=True,
    ),
    "action_history": Row(row_of("action"), "plan.view"),
    # Only an author corrects an update: tests/plans/test_reporting_pages.py.
    "update_correct": Row(
        part_of("action", update="update"),
        "action.update",
        "action.update",
        lambda w: {"status": "at_risk", "text": "Rather", "version": w.action.version},
        get_answers=frozenset({302}),
        post_answers=frozenset({200}),
        shows=False,
        own_post=True,
        writes=False,
    ),
    "note_add": Row(
        row_of("action"), "action.note", "action.note", lambda w: {"text": "To be known"}
    ),
    "date_answer": Row(
        part_of("action", asked="date_request"),
        "date.approve",
        "date.approve",
        lambda w: {"decision": "refuse", "text": "Later", "version": w.action.version},
    ),
    # Only whoever asked takes a date back: tests/plans/test_due_date_pages.py.
    "date_take_back": Row(
        part_of("action", asked="date_request"),
        "action.update",
        "action.update",
        lambda w: {"reason": "Not needed", "version": w.action.version},
        get_answers=frozenset({302}),
        post_answers=frozenset({200}),
        shows=False,
        writes=False,
    ),
    "evidence_add": Row(
        row_of("action"),
        "action.update",
        "action.update",
        lambda w: {"description": "Minutes", "url": "https://example.org"},
        own_post=True,
    ),
    "evidence_withdraw": Row(
        part_of("action", evidence="evidence_file"),
        "action.update",
        "action.update",
        lambda w: {"reason": "Of another team"},
        own_post=True,
    ),
    "evidence_file": Row(part_of("action", evidence="evidence_file"), "plan.view"),
    "action_verify": Row(
        row_of("done_action"),
        "action.verify",
        "action.verify",
        lambda w: {"decision": "accept", "note": "Seen", "version": w.done_action.version},
    ),
    "action_reopen": Row(
        row_of("finished_action"),
        "action.verify",
        "action.verify",
        lambda w: {"reason": "The register was of 2018", "version": w.finished_action.version},
    ),
    "plan_imports": Row(
        area,
        "plan.edit",
        "plan.edit",
        nowhere,
        post_answers=frozenset({200}),
        shows=True,
        writes=False,
    ),
    # What is in a file, and what becomes of it: tests/plans/importing.
    "plan_import": Row(
        row_of("plan_import"),
        "plan.edit",
        "plan.edit",
        get_answers=frozenset({200}),
        post_answers=frozenset({200}),
        writes=False,
    ),
    "plan_import_undo": Row(
        row_of("plan_import"),
        "plan.edit",
        "plan.edit",
        post_answers=frozenset({409}),
        writes=False,
    ),
    "keeping_up": Row(
        area,
        "area.view",
        "area.view",
        lambda w: {"day": "0", "overdue": "on", "version": 0},
        shows=False,
    ),
    "feed_renew": Row(area, post="action.update", shows=False),
    # Only who has an address has one to end.
    "feed_revoke": Row(area, post="action.update", shows=False, writes=False),
    # Its secrets are tried in tests/plans/test_keeping_up.py.
    "feed": Row(
        lambda w: {"area": w.area.slug, "secret": "no-such-secret"},
        PUBLIC,
        get_answers=frozenset({404}),
        shows=False,
    ),
    "hand_overs": Row(area, "plan.view"),
    "hand_over": Row(row_of("hand_over"), "plan.view"),
    "inspections": Row(area, "inspection.view"),
    "inspection": Row(row_of("inspection"), "inspection.view"),
    "inspection_new": Row(
        area,
        "inspection.edit",
        "inspection.edit",
        lambda w: inspected(w) | {"title": "Another inspection"},
    ),
    "inspection_edit": Row(
        row_of("inspection"),
        "inspection.edit",
        "inspection.edit",
        lambda w: inspected(w) | {"version": w.inspection.version},
    ),
    "inspection_timetable": Row(row_of("inspection"), "inspection.view"),
    "stage_edit": Row(
        row_of("draft_stage"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {"on": "2020-03-19", "version": w.draft_stage.version},
    ),
    "inspection_grades": Row(
        row_of("inspection"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {
            f"grade_{w.evaluation.indicator_id}": 4,
            f"rationale_{w.evaluation.indicator_id}": "New",
            "version": w.inspection.version,
        },
    ),
    "inspection_messages": Row(
        row_of("inspection"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {"text_1": "New", "text_2": "Second", "version": w.inspection.version},
    ),
    "recommendation": Row(row_of("recommendation"), "inspection.view"),
    "recommendation_new": Row(
        row_of("inspection"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {
            "reference": "R9",
            "text": "New",
            "kind": "recommendation",
            "parent": w.recommendation.pk,
        },
    ),
    "recommendation_edit": Row(
        row_of("recommendation"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {
            "reference": "R1",
            "text": "New",
            "added_on": "2019-08-06",
            "version": w.recommendation.version,
        },
    ),
    "recommendation_response": Row(
        row_of("recommendation"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {"response": "agreed", "version": w.recommendation.version},
    ),
    "recommendation_decide": Row(
        row_of("part"),
        "recommendation.decide",
        "recommendation.decide",
        lambda w: {
            "kind": "closed",
            "body": "The board",
            "on": "2020-01-14",
            "minute_reference": "Item 4",
            "reason": "Seen",
            "version": w.part.version,
        },
    ),
    "recommendation_remove": Row(
        row_of("unanswered"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {"reason": "Entered twice", "version": w.unanswered.version},
    ),
    "recommendation_reclassify": Row(
        row_of("recommendation"),
        "inspection.edit",
        "inspection.edit",
        lambda w: {
            "new": "development",
            "on": "2020-01-14",
            "reason": "Smaller",
            "version": w.recommendation.version,
        },
    ),
    "coverage": Row(row_of("inspection"), "inspection.view"),
    "self_evaluation_coverage": Row(row_of("self_evaluation"), "self_evaluation.view"),
    "inspection_reconcile": Row(row_of("inspection"), "inspection.view"),
    "inspection_reminders": Row(row_of("inspection"), "inspection.edit"),
    "frameworks": Row(area, "framework.view"),
    "framework": Row(row_of("framework"), "framework.view"),
    # Without a file, it asks for one: tests/plans/test_framework_pages.py sends files.
    "framework_wording": Row(
        row_of("framework"),
        "framework.word",
        "framework.word",
        post_answers=frozenset({200}),
        writes=False,
    ),
    "framework_wording_remove": Row(
        part_of("framework", wording="wording"),
        "framework.word",
        "framework.word",
        lambda w: {"seen": w.wording.loaded_at.isoformat()},
    ),
    "self_evaluations": Row(area, "self_evaluation.view"),
    "self_evaluation_new": Row(
        area,
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {
            "framework": w.self_evaluation.framework_id,
            "title": "Another look",
            "start": "2019-04-01",
            "end": "2020-03-31",
        },
    ),
    # Both its steps are tried in tests/plans/test_self_evaluation_import.py: without a file it
    # only says so.
    "self_evaluation_import": Row(
        area,
        "self_evaluation.edit",
        "self_evaluation.edit",
        post_answers=frozenset({200}),
        writes=False,
    ),
    "self_evaluation": Row(row_of("self_evaluation"), "self_evaluation.view"),
    "self_evaluation_assign": Row(
        row_of("draft_self_evaluation"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {
            "version": w.draft_self_evaluation.version,
            f"judgement-{w.draft_judgement.pk}": w.people[Role.PERFORMANCE_LEAD].pk,
        },
    ),
    "self_evaluation_conclusion": Row(
        row_of("draft_self_evaluation"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {"capacity": "More", "version": w.draft_self_evaluation.version},
    ),
    "self_evaluation_submit": Row(
        row_of("draft_self_evaluation"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {
            "challenges_read": "on",
            "version": w.draft_self_evaluation.version,
            "revision": revision(w.draft_self_evaluation),
        },
    ),
    "self_evaluation_edit": Row(
        row_of("draft_self_evaluation"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {
            "title": "Another",
            "start": "1 4 2018",
            "end": "31 3 2019",
            "version": w.draft_self_evaluation.version,
        },
    ),
    "self_evaluation_withdraw": Row(
        row_of("empty_self_evaluation"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {"reason": "A mistake", "version": w.empty_self_evaluation.version},
    ),
    "self_evaluation_take_back": Row(
        row_of("submitted_self_evaluation"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {"reason": "A mistake", "version": w.submitted_self_evaluation.version},
    ),
    "self_evaluation_validate": Row(
        row_of("submitted_self_evaluation"),
        "self_evaluation.validate",
        "self_evaluation.validate",
        lambda w: {
            "version": w.submitted_self_evaluation.version,
            f"judgement-{w.submitted_judgement.pk}-rating": w.submitted_judgement.rating,
            f"overall-{w.submitted_overall.pk}-rating": w.submitted_overall.rating,
        },
    ),
    "self_evaluation_compare": Row(row_of("self_evaluation"), "self_evaluation.view"),
    "self_evaluation_file": Row(
        lambda w: {"area": w.area.slug, "pk": w.self_evaluation.pk, "extension": "docx"},
        "self_evaluation.view",
        shows=False,  # it is packed
    ),
    "findings": Row(
        row_of("self_evaluation"),
        "self_evaluation.view",
        "self_evaluation.edit",
        lambda w: {"everything": "1"},
    ),
    "finding_withdraw": Row(
        part_of("submitted_self_evaluation", finding="submitted_finding"),
        "self_evaluation.edit",
        "self_evaluation.edit",
        lambda w: {"reason": "It was no finding"},
    ),
    "judgement": Row(part_of("self_evaluation", element="judgement"), "self_evaluation.view"),
    "judgement_write": Row(
        part_of("draft_self_evaluation", element="draft_judgement"),
        "self_evaluation.write",
        "self_evaluation.write",
        lambda w: {"rating": 3, "evidence": "New", "version": w.draft_judgement.version},
        own_post=True,
    ),
    "judgement_pick": Row(
        part_of("draft_self_evaluation", element="draft_judgement"),
        "self_evaluation.write",
        "self_evaluation.write",
        lambda w: {"version": w.draft_judgement.version},
        own_post=True,
    ),
    "overall": Row(part_of("self_evaluation", section="overall"), "self_evaluation.view"),
    "overall_write": Row(
        part_of("draft_self_evaluation", section="draft_overall"),
        "self_evaluation.write",
        "self_evaluation.write",
        lambda w: {
            "rating": 3,
            "version": w.draft_overall.version,
            "tools-TOTAL_FORMS": 1,
            "tools-INITIAL_FORMS": 0,
            "tools-0-name": "Another tool",
        },
        own_post=True,
    ),
    "kpis": Row(area, "kpi.view"),
    "kpi": Row(row_of("kpi"), "kpi.view"),
    "kpi_chart": Row(row_of("kpi"), "kpi.view"),
    "kpi_small_chart": Row(row_of("kpi"), "kpi.view"),
    "kpi_public": Row(row_of("kpi"), "kpi.view"),
    "kpi_public_chart": Row(row_of("kpi"), "kpi.view"),
    "kpi_disclosure": Row(
        row_of("kpi"), "kpi.edit", "kpi.edit", lambda w: {"threshold": 5, "text": "No risk"}
    ),
    "kpi_compare": Row(row_of("kpi"), "kpi.view"),
    "kpi_compare_chart": Row(row_of("kpi"), "kpi.view"),
    "kpi_catalogue": Row(area, "kpi.view"),
    "kpi_new": Row(area, "kpi.edit", "kpi.edit", lambda w: defined("N1")),
    "kpi_edit": Row(
        row_of("kpi"),
        "kpi.edit",
        "kpi.edit",
        lambda w: defined("K1") | {"meant": "same", "reason": "Plainer", "version": w.kpi.version},
    ),
    "kpi_retire": Row(
        row_of("kpi"),
        "kpi.edit",
        "kpi.edit",
        lambda w: {"on": "14 1 2020", "reason": "Not used", "version": w.kpi.version},
    ),
    "target_new": Row(row_of("kpi"), "kpi.edit", "kpi.edit", lambda w: aimed()),
    "target_edit": Row(
        part_of("kpi", target="target"),
        "kpi.edit",
        "kpi.edit",
        lambda w: aimed() | {"reason": "A slip", "version": w.target.version},
    ),
    "baseline_new": Row(
        row_of("kpi"),
        "kpi.edit",
        "kpi.edit",
        lambda w: {
            "start": "2019-12-01",
            "reason": "The desk works",
            **dict.fromkeys(("distinct", "cause", "wanted", "lasting"), "Yes: the desk"),
        },
    ),
    "phase_cancel": Row(
        part_of("kpi", phase="phase"), "kpi.edit", "kpi.edit", lambda w: {"reason": "A slip"}
    ),
    "figures": Row(area, "kpi.report", "kpi.report", lambda w: given(w, f"_{w.kpi.pk}")),
    "kpi_figure": Row(
        lambda w: {**row_of("kpi")(w), "start": "2019-12-01", "end": "2019-12-31"},
        "kpi.view",
        "kpi.report",
        lambda w: given(w, ""),
        declares="kpi.view",
    ),
    "figures_lock": Row(
        area,
        None,
        "kpi.lock",
        lambda w: {"period": "2019-12", "figure": f"{w.kpi.pk}:2019-12-01:2019-12-31:1"},
    ),
    "figures_unlock": Row(
        area,
        None,
        "kpi.lock",
        lambda w: {
            "kpi": w.kpi.pk,
            "start": w.approved.start,
            "end": w.approved.end,
            "reason": "Two came late",
        },
    ),
    "figures_due": Row(area, "kpi.report"),
    "figure_imports": Row(
        area, "kpi.edit", "kpi.edit", nowhere, post_answers=frozenset({200}), writes=False
    ),
    # What is in a file, and what becomes of it: tests/kpis/importing.
    "figure_import": Row(
        row_of("figure_import"),
        "kpi.edit",
        "kpi.edit",
        post_answers=frozenset({200}),
        writes=False,
    ),
    "figure_import_undo": Row(
        row_of("figure_import"),
        "kpi.edit",
        "kpi.edit",
        post_answers=frozenset({409}),
        writes=False,
    ),
    "packs": Row(
        area,
        "pack.view",
        "pack.request",
        lambda w: {"body": w.body.pk, "period": "2019-04-01"},
    ),
    "pack": Row(row_of("pack"), "pack.view"),
    "pack_progress": Row(row_of("pack"), "pack.view", shows=False),
    "pack_edition": Row(
        row_of("pack"), None, "pack.request", lambda w: {"reason": "A figure was wrong"}
    ),
    "pack_retry": Row(row_of("failed_pack"), None, "pack.request", writes=False),
    "pack_file": Row(
        lambda w: {"area": w.area.slug, "pk": w.pack.pk, "extension": "html"}, "pack.view"
    ),
    "paragraphs": Row(
        lambda w: {"area": w.area.slug, "body": w.body.slug, "period": "2019-10-01"},
        "pack.write",
        "pack.write",
        paragraphs,
    ),
    "messages": Row(area, "message.manage"),
    "message_resend": Row(
        row_of("failed_message"),
        None,
        "message.manage",
        lambda w: {"seen": w.failed_message.token},
    ),
    "message_delivered": Row(
        row_of("failed_message"),
        None,
        "message.manage",
        lambda w: {"seen": w.failed_message.token},
    ),
    "people": Row(area, "people.view"),
    "audit": Row(area, "audit.view"),
    "tokens": Row(area, "api.use"),
    "token_new": Row(
        area,
        "api.use",
        "api.use",
        lambda w: {"name": "Figures", "scope": "write", "days": 90, "password": PASSWORD},
        post_answers=frozenset({200}),
    ),
    "token_revoke": Row(row_of("admin_token"), None, "people.edit", declares="api.use"),
}
