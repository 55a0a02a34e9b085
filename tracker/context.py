"""What every page needs: the area, its navigation, and whether the clock is held."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from management import clock

FRAMEWORK_PAGES = {"frameworks", "framework", "framework_wording", "framework_wording_remove"}
SELF_EVALUATION_PAGES = {
    "self_evaluations",
    "self_evaluation",
    "self_evaluation_new",
    "self_evaluation_import",
    "self_evaluation_assign",
    "self_evaluation_conclusion",
    "self_evaluation_submit",
    "self_evaluation_take_back",
    "self_evaluation_edit",
    "self_evaluation_withdraw",
    "self_evaluation_validate",
    "self_evaluation_compare",
    "self_evaluation_coverage",
    "judgement",
    "judgement_write",
    "judgement_pick",
    "overall",
    "overall_write",
    "findings",
    "finding_answer",
    "finding_withdraw",
}
INSPECTION_PAGES = {
    "inspections",
    "inspection",
    "inspection_new",
    "inspection_edit",
    "inspection_grades",
    "inspection_messages",
    "inspection_timetable",
    "key_message_answer",
    "stage_edit",
    "recommendation",
    "recommendation_answer",
    "recommendation_new",
    "recommendation_edit",
    "recommendation_response",
    "recommendation_decide",
    "recommendation_reclassify",
    "recommendation_remove",
    "coverage",
    "inspection_reconcile",
    "inspection_reminders",
}
PLAN_PAGES = {
    "keeping_up",
    "plan_imports",
    "plan_import",
    "plan_import_undo",
    "feed_renew",
    "feed_revoke",
    "hand_overs",
    "hand_over",
    "actions",
    "bulk",
    "saved_views",
    "saved_view_edit",
    "plans",
    "plan",
    "plan_new",
    "plan_edit",
    "plan_approve",
    "plan_submit",
    "plan_begin",
    "plan_close",
    "tracker_upload",
    "tracker_preview",
    "rules",
    "action",
    "action_kpis",
    "action_new",
    "action_update",
    "action_date",
    "action_verify",
    "action_reopen",
    "action_history",
    "update_correct",
    "note_add",
    "date_answer",
    "date_take_back",
    "evidence_add",
    "evidence_withdraw",
    "evidence_file",
    "action_edit",
    "action_remove",
    "action_withdraw",
    "action_supersede",
    "smart_check",
    "action_smart_check",
    "action_blockers",
    "task_new",
    "task_edit",
    "task_drop",
    "task_done",
    "task_reopen",
}
KPI_PAGES = {
    "kpis",
    "kpi",
    "kpi_catalogue",
    "kpi_new",
    "kpi_edit",
    "kpi_retire",
    "target_new",
    "target_edit",
    "baseline_new",
    "phase_cancel",
    "figures",
    "figures_lock",
    "figures_unlock",
    "figures_due",
    "kpi_figure",
    "figure_imports",
    "figure_import",
    "figure_import_undo",
    "kpi_compare",
    "kpi_disclosure",
    "kpi_public",
}
# Section: its route, the deed that shows it, and the routes that belong to it.
SECTIONS = [
    ("Home", "area", "area.view", {"area"}),
    ("My actions", "my_actions", "action.update", {"my_actions"}),
    ("Plans", "plans", "plan.view", PLAN_PAGES),
    ("Inspections", "inspections", "inspection.view", INSPECTION_PAGES | FRAMEWORK_PAGES),
    ("Self-evaluations", "self_evaluations", "self_evaluation.view", SELF_EVALUATION_PAGES),
    ("KPIs", "kpis", "kpi.view", KPI_PAGES),
    ("Packs", "packs", "pack.view", {"packs", "pack", "pack_edition", "paragraphs"}),
    ("People", "people", "people.view", {"people"}),
    ("Audit trail", "audit", "audit.view", {"audit"}),
    ("Messages", "messages", "message.manage", {"messages"}),
]


def page(request: HttpRequest) -> dict[str, Any]:
    """`area`, `nav` (only what the person may open) and `clock_held` for the base template."""
    # A request that is refused before anybody is looked up has an error page too.
    area, user = getattr(request, "area", None), getattr(request, "user", None)
    context: dict[str, Any] = {"area": area, "clock_held": clock.held(), "nav": []}
    if area is not None and user is not None and user.is_authenticated:
        name = request.resolver_match.view_name if request.resolver_match else ""
        context["nav"] = [
            {"label": label, "url": reverse(route, args=[area.slug]), "current": name in routes}
            for label, route, deed, routes in SECTIONS
            if user.may(deed, area)
        ]
    return context
