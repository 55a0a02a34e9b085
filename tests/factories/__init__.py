"""Rows for tests: each function makes one with sensible defaults, and returns it.

They write past the services, as the test's own actor, so that a test of a service starts from rows
that no service has touched.
"""

from tests.factories.found import (
    decision,
    evaluation,
    finding,
    inspection,
    judgement,
    key_message,
    overall,
    reclassification,
    recommendation,
    reminder,
    self_evaluation,
    stage,
    tool,
)
from tests.factories.frameworks import (
    framework,
    furnish,
    key_factor,
    national_count,
    national_outcome,
    quality_indicator,
    scale_point,
    section,
    self_evaluation_form,
    step,
    wording,
)
from tests.factories.kpis import kpi, observation, target
from tests.factories.packs import body, frozen, meeting, pack, paragraph, rendition
from tests.factories.people import MOMENT, PASSWORD, area, holding, membership, post, user
from tests.factories.plans import action, date_change, evidence, plan, update, verification
from tests.factories.worlds import World, world

__all__ = [
    "MOMENT",
    "PASSWORD",
    "World",
    "action",
    "area",
    "body",
    "date_change",
    "decision",
    "evaluation",
    "evidence",
    "finding",
    "framework",
    "frozen",
    "furnish",
    "holding",
    "inspection",
    "judgement",
    "key_factor",
    "key_message",
    "kpi",
    "meeting",
    "membership",
    "national_count",
    "national_outcome",
    "observation",
    "overall",
    "pack",
    "paragraph",
    "plan",
    "post",
    "quality_indicator",
    "reclassification",
    "recommendation",
    "reminder",
    "rendition",
    "scale_point",
    "section",
    "self_evaluation",
    "self_evaluation_form",
    "stage",
    "step",
    "target",
    "tool",
    "update",
    "user",
    "verification",
    "wording",
    "world",
]
