"""Questions that can be asked of plans, actions and what inspections found."""

from plans.querysets.actions import ActionQuerySet, PlanQuerySet
from plans.querysets.found import (
    STOOD_BY,
    EvaluationQuerySet,
    FoundQuerySet,
    FrameworkQuerySet,
    InspectionQuerySet,
    JudgedQuerySet,
    RecommendationQuerySet,
    ReminderQuerySet,
    SelfEvaluationQuerySet,
)
from plans.querysets.joined import choices, links_of
from plans.querysets.links import KpiLinkQuerySet
from plans.querysets.lists import ActionListQuerySet
from plans.querysets.tasks import TaskQuerySet
from plans.querysets.thread import UndoableQuerySet

__all__ = [
    "STOOD_BY",
    "ActionListQuerySet",
    "ActionQuerySet",
    "EvaluationQuerySet",
    "FoundQuerySet",
    "FrameworkQuerySet",
    "InspectionQuerySet",
    "JudgedQuerySet",
    "KpiLinkQuerySet",
    "PlanQuerySet",
    "RecommendationQuerySet",
    "ReminderQuerySet",
    "SelfEvaluationQuerySet",
    "TaskQuerySet",
    "UndoableQuerySet",
    "choices",
    "links_of",
]
