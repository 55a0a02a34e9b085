from django.urls import include, path

from plans.views import (
    actions,
    answers,
    comparison,
    coverage,
    drafting,
    findings,
    frameworks,
    inspection_parts,
    inspections,
    judgements,
    plans,
    recommendations,
    reconciliation,
    reminders,
    self_evaluation_file,
    self_evaluation_import,
    self_evaluations,
    submission,
    validation,
)

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/new/", drafting.plan_new, name="plan_new"),
    path("plans/<int:pk>/actions/new/", drafting.action_new, name="action_new"),
    path("findings/<int:pk>/actions/", answers.finding_answer, name="finding_answer"),
    path("key-messages/<int:pk>/actions/", answers.key_message_answer, name="key_message_answer"),
    path("actions/<int:pk>/", plans.action, name="action"),
    path("actions/<int:pk>/kpis/", actions.action_kpis, name="action_kpis"),
    path("actions/<int:pk>/update/", plans.action_update, name="action_update"),
    path("actions/<int:pk>/date/", plans.action_date, name="action_date"),
    path("actions/<int:pk>/verify/", plans.action_verify, name="action_verify"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("inspections/new/", inspections.inspection_new, name="inspection_new"),
    path("inspections/<int:pk>/edit/", inspections.inspection_edit, name="inspection_edit"),
    path(
        "inspections/<int:pk>/timetable/",
        inspection_parts.inspection_timetable,
        name="inspection_timetable",
    ),
    path("stages/<int:pk>/edit/", inspection_parts.stage_edit, name="stage_edit"),
    path(
        "inspections/<int:pk>/grades/",
        inspection_parts.inspection_grades,
        name="inspection_grades",
    ),
    path(
        "inspections/<int:pk>/messages/",
        inspection_parts.inspection_messages,
        name="inspection_messages",
    ),
    path(
        "inspections/<int:pk>/recommendations/new/",
        recommendations.recommendation_new,
        name="recommendation_new",
    ),
    path(
        "recommendations/<int:pk>/",
        include(
            [
                path("", recommendations.recommendation, name="recommendation"),
                path("edit/", recommendations.recommendation_edit, name="recommendation_edit"),
                path(
                    "response/",
                    recommendations.recommendation_response,
                    name="recommendation_response",
                ),
                path("actions/", answers.recommendation_answer, name="recommendation_answer"),
                path(
                    "decide/", recommendations.recommendation_decide, name="recommendation_decide"
                ),
                path(
                    "remove/", recommendations.recommendation_remove, name="recommendation_remove"
                ),
                path(
                    "reclassify/",
                    recommendations.recommendation_reclassify,
                    name="recommendation_reclassify",
                ),
            ]
        ),
    ),
    path(
        "self-evaluations/<int:pk>/coverage/",
        coverage.self_evaluation_coverage,
        name="self_evaluation_coverage",
    ),
    path("inspections/<int:pk>/coverage/", coverage.coverage, name="coverage"),
    path(
        "inspections/<int:pk>/counts/",
        reconciliation.inspection_reconcile,
        name="inspection_reconcile",
    ),
    path(
        "inspections/<int:pk>/reminders/",
        reminders.inspection_reminders,
        name="inspection_reminders",
    ),
    path("frameworks/", frameworks.frameworks, name="frameworks"),
    path("frameworks/<int:pk>/", frameworks.framework, name="framework"),
    path("frameworks/<int:pk>/wording/", frameworks.framework_wording, name="framework_wording"),
    path(
        "frameworks/<int:pk>/wording/<int:wording>/remove/",
        frameworks.framework_wording_remove,
        name="framework_wording_remove",
    ),
    path("self-evaluations/", self_evaluations.self_evaluations, name="self_evaluations"),
    path("self-evaluations/new/", self_evaluations.self_evaluation_new, name="self_evaluation_new"),
    path(
        "self-evaluations/import/",
        self_evaluation_import.self_evaluation_import,
        name="self_evaluation_import",
    ),
    path(
        "self-evaluations/<int:pk>/",
        include(
            [
                path("", self_evaluations.self_evaluation, name="self_evaluation"),
                path(
                    "assign/",
                    self_evaluations.self_evaluation_assign,
                    name="self_evaluation_assign",
                ),
                path(
                    "conclusion/",
                    self_evaluations.self_evaluation_conclusion,
                    name="self_evaluation_conclusion",
                ),
                path(
                    "submit/",
                    submission.self_evaluation_submit,
                    name="self_evaluation_submit",
                ),
                path("edit/", self_evaluations.self_evaluation_edit, name="self_evaluation_edit"),
                path(
                    "withdraw/",
                    submission.self_evaluation_withdraw,
                    name="self_evaluation_withdraw",
                ),
                path(
                    "take-back/",
                    submission.self_evaluation_take_back,
                    name="self_evaluation_take_back",
                ),
                path(
                    "validate/",
                    validation.self_evaluation_validate,
                    name="self_evaluation_validate",
                ),
                path(
                    "compare/", comparison.self_evaluation_compare, name="self_evaluation_compare"
                ),
                path(
                    "file/<slug:extension>/",
                    self_evaluation_file.self_evaluation_file,
                    name="self_evaluation_file",
                ),
                path("findings/", findings.findings, name="findings"),
                path(
                    "findings/<int:finding>/withdraw/",
                    findings.finding_withdraw,
                    name="finding_withdraw",
                ),
                path("elements/<int:element>/", judgements.judgement, name="judgement"),
                path(
                    "elements/<int:element>/write/",
                    judgements.judgement_write,
                    name="judgement_write",
                ),
                path(
                    "elements/<int:element>/pick/",
                    judgements.judgement_pick,
                    name="judgement_pick",
                ),
                path("sections/<int:section>/", judgements.overall, name="overall"),
                path(
                    "sections/<int:section>/write/",
                    judgements.overall_write,
                    name="overall_write",
                ),
            ]
        ),
    ),
]
