"""What was found, what was agreed, and what has been done about it."""

from plans.models.actions import Action as Action
from plans.models.actions import Dependency as Dependency
from plans.models.actions import FindingLink as FindingLink
from plans.models.actions import KeyMessageLink as KeyMessageLink
from plans.models.actions import KpiLink as KpiLink
from plans.models.actions import RecommendationLink as RecommendationLink
from plans.models.actions import Support as Support
from plans.models.actions import Task as Task
from plans.models.entries import Entry as Entry
from plans.models.frameworks import (
    Framework as Framework,
)
from plans.models.frameworks import (
    KeyFactor as KeyFactor,
)
from plans.models.frameworks import (
    NationalCount as NationalCount,
)
from plans.models.frameworks import (
    NationalOutcome as NationalOutcome,
)
from plans.models.frameworks import (
    QualityIndicator as QualityIndicator,
)
from plans.models.frameworks import (
    ScalePoint as ScalePoint,
)
from plans.models.frameworks import (
    Section as Section,
)
from plans.models.frameworks import (
    Step as Step,
)
from plans.models.frameworks import (
    Wording as Wording,
)
from plans.models.inspections import (
    Decision as Decision,
)
from plans.models.inspections import (
    Evaluation as Evaluation,
)
from plans.models.inspections import (
    Inspection as Inspection,
)
from plans.models.inspections import (
    KeyMessage as KeyMessage,
)
from plans.models.inspections import (
    Reclassification as Reclassification,
)
from plans.models.inspections import (
    Recommendation as Recommendation,
)
from plans.models.inspections import (
    Reminder as Reminder,
)
from plans.models.inspections import (
    Stage as Stage,
)
from plans.models.plans import Plan as Plan
from plans.models.plans import PlanMove as PlanMove
from plans.models.plans import Rules as Rules
from plans.models.plans import StatusWord as StatusWord
from plans.models.self_evaluations import (
    Finding as Finding,
)
from plans.models.self_evaluations import (
    Judgement as Judgement,
)
from plans.models.self_evaluations import (
    Overall as Overall,
)
from plans.models.self_evaluations import (
    SelfEvaluation as SelfEvaluation,
)
from plans.models.self_evaluations import (
    Tool as Tool,
)
from plans.models.thread import Acceptance as Acceptance
from plans.models.thread import DateAnswer as DateAnswer
from plans.models.thread import DateChange as DateChange
from plans.models.thread import DateRequest as DateRequest
from plans.models.thread import Evidence as Evidence
from plans.models.thread import EvidenceWithdrawal as EvidenceWithdrawal
from plans.models.thread import HandedOver as HandedOver
from plans.models.thread import HandOver as HandOver
from plans.models.thread import Note as Note
from plans.models.thread import Residual as Residual
from plans.models.thread import Revision as Revision
from plans.models.thread import Update as Update
from plans.models.thread import Verification as Verification
from plans.models.working import ColumnMap as ColumnMap
from plans.models.working import Digest as Digest
from plans.models.working import Feed as Feed
from plans.models.working import ImportedRow as ImportedRow
from plans.models.working import PlanImport as PlanImport
from plans.models.working import SavedView as SavedView
from plans.scales import Grade as Grade
from plans.scales import Rating as Rating
from plans.scales import Scale as Scale
