"""Every address of the API, by hand: where it is, which deed each method asks for, what is sent.

One that is not here fails `test_every_route_has_a_row_here_and_every_row_a_route`. The deeds are
those of the hand-written table in tests/management/test_access.py.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from management import store
from management.access import PUBLIC, SIGNED_IN, Role
from plans.services.advising import standing_advice
from plans.services.plans import mark_of
from tests.access.routes import Where, area, defined, nowhere, part_of, row_of
from tests.factories import World
from tests.plans.importing.helpers import table

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
USUAL = {"GET": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}


@dataclass(frozen=True)
class ApiRow:
    """`deeds` names the deed of each method that there is; `body` is what somebody who may would
    send, and `answers` what they are answered where it is not the usual."""

    where: Where
    deeds: dict[str, str]
    body: Where = nowhere
    answers: dict[str, int] = field(default_factory=dict)
    # The row of the world that is changed, where a change must say what it has read.
    changes: str | None = None
    # The route whose ETag says what was read, where no version counts what is changed.
    etag: str = ""
    # The role whose person alone has the row; for everybody else it is not there.
    owner: Role | None = None
    # Methods that change nothing for who has nothing of the kind.
    idle: frozenset[str] = frozenset()
    # Whether the body is sent as a form with a file, and not as JSON.
    multipart: bool = False
    # Whether the address names no row of the area: it is the same in every area.
    shared: bool = False
    # Whether a GET tells texts of its area, so that they must be there for who may see it.
    shows: bool = True

    def answer(self, method: str) -> int:
        return self.answers.get(method) or USUAL[method]


def step(row: str, deed: str, body: Where, method: str = "POST") -> ApiRow:
    """Something that is done to one row, which is answered as it stands then."""
    return ApiRow(row_of(row), {method: deed}, body, {method: 200}, changes=row)


def answered(rows: str, row: str) -> ApiRow:
    """Which actions answer one of these rows."""
    return ApiRow(
        row_of(row),
        {"PUT": "plan.edit"},
        lambda w: {"actions": [w.done_action.pk]},
        etag=f"api_{rows}-detail",
    )


def over(method: str, body: Where) -> ApiRow:
    """Something that cannot be done to a plan's file any more."""
    row = row_of("plan_import")
    return ApiRow(row, {method: "plan.edit"}, body, {method: 400}, changes="plan_import")


def over_with_figures(method: str, body: Where) -> ApiRow:
    """Something that cannot be done to a file with figures any more."""
    row = row_of("figure_import")
    return ApiRow(row, {method: "kpi.edit"}, body, {method: 400}, changes="figure_import")


def figure_file(world: World) -> dict[str, Any]:
    data = f"KPI,Period,Number,Out of\n{world.kpi.code},Apr-19,41,60\n".encode()
    return {"file": SimpleUploadedFile("figures.csv", data)}


def plan_file(world: World) -> dict[str, Any]:
    data = table({"Lead": world.lead.title})
    return {"framework": world.framework.pk, "file": SimpleUploadedFile("plan.csv", data)}


def tracker_file(world: World) -> dict[str, Any]:
    data = store.read(world.tracker.sha256)
    return {"plan": world.plan.pk, "file": SimpleUploadedFile("tracker.xlsx", data)}


def indicator(world: World) -> dict[str, Any]:
    return {"area": world.area.slug, "pk": world.action.indicator_id}


def approval(world: World) -> dict[str, Any]:
    plan = world.draft_plan
    advice = [{**one._asdict(), "reason": "Agreed so"} for one in standing_advice(plan)]
    return {"mark": mark_of(plan.actions.all()), "accepted": advice}


def closing(world: World) -> dict[str, Any]:
    rows = list(world.ending_plan.actions.all())
    homes = [{"action": row.pk, "home": "Service plan"} for row in rows if row.is_open]
    told = {"body": "The board", "on": "2020-01-10", "minute_reference": "item 4"}
    return {"mark": mark_of(rows), "homes": homes, **told}


def recounted(world: World) -> dict[str, Any]:
    counts = {"numerator": 43, "denominator": 60, "edition": 1, "reason": "Two came late"}
    return {"kpi": world.kpi.pk, "period": "2019-12", **counts}


def new_action(world: World) -> dict[str, Any]:
    return {
        "plan": world.plan.pk,
        "reference": "N1",
        "text": "A new action",
        "indicator": world.action.indicator_id,
        "lead": world.lead.pk,
        "original_due": "2020-06-30",
        "evidence_expected": "A report",
    }


API_ROUTES: dict[str, ApiRow] = {
    "api_nowhere": ApiRow(
        nowhere,
        dict.fromkeys(METHODS, PUBLIC),
        answers=dict.fromkeys(METHODS, 404),
        shows=False,
    ),
    "api_index": ApiRow(nowhere, {"GET": SIGNED_IN}, shows=False),
    "api_schema": ApiRow(nowhere, {"GET": SIGNED_IN}, shows=False),
    "api_me": ApiRow(nowhere, {"GET": SIGNED_IN}),
    "api_areas-list": ApiRow(nowhere, {"GET": SIGNED_IN}),
    "api_areas-detail": ApiRow(area, {"GET": "area.view"}),
    "api_posts-list": ApiRow(
        area, {"GET": "area.view", "POST": "post.create"}, lambda w: {"title": "A new post"}
    ),
    "api_posts-detail": ApiRow(row_of("lead"), {"GET": "area.view"}),
    "api_kpis-list": ApiRow(area, {"GET": "kpi.view", "POST": "kpi.edit"}, lambda w: defined("N1")),
    "api_kpis-detail": ApiRow(
        row_of("kpi"),
        {"GET": "kpi.view", "PATCH": "kpi.edit"},
        lambda w: {"name": "Another name"},
        changes="kpi",
    ),
    "api_kpis-reading": ApiRow(row_of("kpi"), {"GET": "kpi.view"}),
    "api_kpis-retire": step("kpi", "kpi.edit", lambda w: {"on": "2020-01-14", "reason": "No"}),
    "api_kpis-keep": step("retired_kpi", "kpi.edit", lambda w: {"reason": "Needed"}),
    "api_kpi_catalogue-list": ApiRow(area, {"GET": "kpi.view"}, shows=False),
    "api_kpi_catalogue-detail": ApiRow(
        lambda w: {**area(w), "entry": "orders-completed"},
        {"GET": "kpi.view"},
        shared=True,
        shows=False,
    ),
    "api_figures-list": ApiRow(
        area,
        {"GET": "kpi.view", "POST": "kpi.report"},
        lambda w: {"figures": [recounted(w)]},
    ),
    "api_figures-detail": ApiRow(row_of("figure"), {"GET": "kpi.view"}),
    "api_figures-approve": ApiRow(
        area,
        {"POST": "kpi.lock"},
        lambda w: {"figures": [{"kpi": w.kpi.pk, "period": "2019-12", "edition": 1}]},
        {"POST": 200},
    ),
    "api_figures-reopen": ApiRow(
        area,
        {"POST": "kpi.lock"},
        lambda w: {"kpi": w.kpi.pk, "period": "2019-11", "reason": "One came late"},
        {"POST": 200},
    ),
    "api_figures-locks": ApiRow(area, {"GET": "kpi.view"}),
    "api_figures-due": ApiRow(area, {"GET": "kpi.report"}, shows=False),
    "api_targets-list": ApiRow(
        area,
        {"GET": "kpi.view", "POST": "kpi.edit"},
        lambda w: {"kpi": w.kpi.pk, "value": "85", "start": "2020-01-01", "source": "The board"},
    ),
    "api_targets-detail": ApiRow(
        row_of("target"),
        {"GET": "kpi.view", "PATCH": "kpi.edit"},
        lambda w: {"value": "86", "reason": "A slip"},
        changes="target",
    ),
    "api_phases-list": ApiRow(
        area,
        {"GET": "kpi.view", "POST": "kpi.edit"},
        lambda w: {
            "kpi": w.kpi.pk,
            "start": "2019-12-01",
            "reason": "The desk works",
            **dict.fromkeys(("distinct", "cause", "wanted", "lasting"), "Yes: the desk"),
        },
    ),
    "api_phases-detail": ApiRow(row_of("phase"), {"GET": "kpi.view"}),
    "api_phases-take-back": ApiRow(
        row_of("phase"), {"POST": "kpi.edit"}, lambda w: {"reason": "A slip"}
    ),
    "api_plans-list": ApiRow(
        area,
        {"GET": "plan.view", "POST": "plan.edit"},
        lambda w: {"title": "A new plan", "agreed_on": "2020-01-14"},
    ),
    "api_plans-detail": ApiRow(
        row_of("plan"),
        {"GET": "plan.view", "PATCH": "plan.edit"},
        lambda w: {"source": "A board paper"},
        changes="plan",
    ),
    "api_plans-reading": ApiRow(row_of("draft_plan"), {"GET": "plan.view"}, shows=False),
    "api_plans-file": ApiRow(lambda w: {**row_of("plan")(w), "kind": "json"}, {"GET": "plan.view"}),
    "api_plans-approve": step("draft_plan", "plan.approve", approval),
    "api_plans-submit": step("approved_plan", "plan.edit", lambda w: {"on": "2020-01-14"}),
    "api_plans-begin": step("submitted_plan", "plan.edit", lambda w: {"text": "Begun"}),
    "api_plans-close": step("ending_plan", "plan.close", closing),
    "api_actions-list": ApiRow(area, {"GET": "plan.view", "POST": "plan.edit"}, new_action),
    "api_actions-detail": ApiRow(
        row_of("spare_action"),
        {"GET": "plan.view", "PATCH": "plan.edit", "DELETE": "plan.edit"},
        lambda w: {"text": "Other words"},
        changes="spare_action",
    ),
    "api_actions-update-of": step(
        "action", "action.update", lambda w: {"status": "at_risk", "text": "Later"}
    ),
    "api_actions-move-date": step(
        "action", "action.update", lambda w: {"new": "2020-06-30", "reason": "The partner"}
    ),
    "api_actions-answer-date": step(
        "action",
        "date.approve",
        lambda w: {"request": w.date_request.pk, "agreed": False, "text": "No"},
    ),
    # Only whoever asked takes a date back: tests/plans/test_due_date_pages.py.
    "api_actions-take-back-date": ApiRow(
        row_of("action"),
        {"POST": "action.update"},
        lambda w: {"request": w.date_request.pk, "reason": "Not needed"},
        {"POST": 400},
        changes="action",
        shows=False,
    ),
    "api_actions-evidence": ApiRow(
        row_of("action"),
        {"GET": "plan.view", "POST": "action.update"},
        lambda w: {"description": "Minutes"},
        {"POST": 200},
        changes="action",
    ),
    "api_actions-add-file": ApiRow(
        row_of("action"),
        {"POST": "action.update"},
        lambda w: {"description": "Minutes", "file": SimpleUploadedFile("m.txt", b"Minutes")},
        {"POST": 200},
        changes="action",
        multipart=True,
    ),
    "api_actions-file": ApiRow(part_of("action", evidence="evidence_file"), {"GET": "plan.view"}),
    "api_actions-history": ApiRow(row_of("action"), {"GET": "plan.view"}),
    "api_actions-list-file": ApiRow(
        lambda w: {**area(w), "kind": "csv"}, {"GET": "plan.view"}, shared=True
    ),
    "api_actions-withdraw-evidence": step(
        "action", "action.update", lambda w: {"evidence": w.evidence_file.pk, "reason": "Wrong"}
    ),
    "api_actions-note": step("action", "action.note", lambda w: {"text": "A word"}),
    "api_actions-verify": step("done_action", "action.verify", lambda w: {"note": "Seen"}),
    "api_actions-send-back": step("done_action", "action.verify", lambda w: {"note": "Missing"}),
    "api_actions-reopen": step(
        "finished_action", "action.verify", lambda w: {"reason": "The register was of 2018"}
    ),
    "api_actions-withdraw": step(
        "action", "plan.edit", lambda w: {"reason": "No", "decision": "Board, item 3"}
    ),
    "api_actions-supersede": step(
        "action", "plan.edit", lambda w: {"successor": w.done_action.pk, "reason": "Wider"}
    ),
    "api_actions-blockers": step(
        "action", "action.update", lambda w: {"blockers": []}, method="PUT"
    ),
    "api_actions-kpis": step("action", "plan.edit", lambda w: {"kpis": []}, method="PUT"),
    "api_actions-key-messages": step(
        "action", "plan.edit", lambda w: {"key_messages": []}, method="PUT"
    ),
    "api_tasks-list": ApiRow(
        area,
        {"GET": "plan.view", "POST": "action.update"},
        lambda w: {"action": w.action.pk, "text": "A new task"},
    ),
    "api_tasks-detail": ApiRow(
        row_of("task"),
        {"GET": "plan.view", "PATCH": "action.update"},
        lambda w: {"text": "Other words"},
        changes="task",
    ),
    "api_tasks-finish": step("task", "action.update", nowhere),
    "api_tasks-reopen": step("done_task", "action.update", nowhere),
    "api_tasks-drop": step("task", "action.update", lambda w: {"reason": "No"}),
    "api_indicators-list": ApiRow(area, {"GET": "framework.view"}, shows=False),
    "api_indicators-detail": ApiRow(indicator, {"GET": "framework.view"}, shared=True, shows=False),
    "api_inspections-list": ApiRow(area, {"GET": "inspection.view"}),
    "api_inspections-detail": ApiRow(row_of("inspection"), {"GET": "inspection.view"}),
    "api_recommendations-list": ApiRow(area, {"GET": "inspection.view"}),
    "api_recommendations-detail": ApiRow(row_of("recommendation"), {"GET": "inspection.view"}),
    "api_recommendations-actions": answered("recommendations", "recommendation"),
    "api_key_messages-list": ApiRow(area, {"GET": "inspection.view"}),
    "api_key_messages-detail": ApiRow(row_of("key_message"), {"GET": "inspection.view"}),
    "api_key_messages-actions": answered("key_messages", "key_message"),
    "api_self_evaluations-list": ApiRow(area, {"GET": "self_evaluation.view"}),
    "api_self_evaluations-detail": ApiRow(
        row_of("self_evaluation"), {"GET": "self_evaluation.view"}
    ),
    "api_findings-list": ApiRow(area, {"GET": "self_evaluation.view"}),
    "api_findings-detail": ApiRow(row_of("finding"), {"GET": "self_evaluation.view"}),
    "api_findings-actions": answered("findings", "finding"),
    "api_saved_views-list": ApiRow(
        area,
        {"GET": "plan.view", "POST": "plan.view"},
        lambda w: {"name": "Late ones", "page": "actions", "query": "status=overdue"},
        shows=False,
    ),
    "api_saved_views-detail": ApiRow(
        row_of("saved_view"),
        {"GET": "plan.view", "PATCH": "plan.view", "DELETE": "plan.view"},
        lambda w: {"name": "Late ones"},
        owner=Role.SERVICE_MANAGER,
    ),
    "api_hand_overs-list": ApiRow(area, {"GET": "plan.view"}),
    "api_hand_overs-detail": ApiRow(row_of("hand_over"), {"GET": "plan.view"}),
    "api_actions-bulk": ApiRow(
        area,
        {"POST": "action.update"},
        lambda w: {
            "deed": "note",
            "text": "A word",
            "actions": [{"id": w.action.pk, "version": w.action.version}],
        },
        {"POST": 200},
    ),
    "api_digest": ApiRow(
        area,
        {"GET": "area.view", "PUT": "area.view"},
        lambda w: {"day": 1, "overdue": True, "due_soon": False, "waiting": False},
        etag="api_digest",
        shows=False,
    ),
    "api_feed": ApiRow(
        area,
        {"GET": "action.update", "POST": "action.update", "DELETE": "action.update"},
        answers={"DELETE": 204},
        shows=False,
        idle=frozenset({"DELETE"}),
    ),
    "api_figure_imports-list": ApiRow(
        area, {"GET": "kpi.edit", "POST": "kpi.edit"}, figure_file, multipart=True
    ),
    "api_figure_imports-detail": ApiRow(row_of("figure_import"), {"GET": "kpi.edit"}),
    # It was taken in, too long ago to be undone.
    "api_figure_imports-reading": over_with_figures(
        "PUT", lambda w: {"names": [{"name": "x", "kpi": w.kpi.pk}]}
    ),
    "api_figure_imports-take-in": over_with_figures("POST", lambda w: {"mark": "x"}),
    "api_figure_imports-throw-away": over_with_figures("POST", nowhere),
    "api_figure_imports-undo": over_with_figures("POST", nowhere),
    "api_imports-list": ApiRow(
        area, {"GET": "plan.edit", "POST": "plan.edit"}, plan_file, multipart=True
    ),
    "api_imports-detail": ApiRow(
        row_of("plan_import"),
        {"GET": "plan.edit", "PATCH": "plan.edit"},
        lambda w: {"agreed_on": "2019-09-17"},
        {"PATCH": 400},  # it was taken in
        changes="plan_import",
    ),
    # It was taken in, too long ago to be undone.
    "api_imports-columns": over(
        "PUT", lambda w: {"tables": [{"signature": "x", "fields": ["text"]}]}
    ),
    "api_imports-names": over("PUT", lambda w: {"names": [{"name": "x", "answer": "new"}]}),
    "api_imports-take-in": over("POST", lambda w: {"mark": "x"}),
    "api_imports-throw-away": over("POST", nowhere),
    "api_imports-undo": over("POST", nowhere),
    "api_trackers-list": ApiRow(
        area, {"GET": "action.update", "POST": "action.update"}, tracker_file, multipart=True
    ),
    "api_trackers-detail": ApiRow(row_of("tracker"), {"GET": "action.update"}),
    "api_trackers-take-in": step("tracker", "action.update", lambda w: {"mark": w.tracker_mark}),
    "api_rules": ApiRow(
        area,
        {"GET": "plan.view", "PUT": "rules.edit"},
        lambda w: {"late": "first", "colours": "status", "words": []},
        etag="api_rules",
    ),
}


def declared(callback: Any) -> dict[str, str | None]:
    """What a route of the API itself says: method by method; None where it has forgotten to."""
    actions = getattr(callback, "actions", None) or {name: name for name in callback.cls.deeds}
    return {
        method.upper(): callback.cls.deeds.get(action)
        for method, action in actions.items()
        if method != "head" or not hasattr(callback, "actions")
    }
