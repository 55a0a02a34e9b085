"""What was found, what was agreed, and what has been done about it."""

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
from plans.models.plans import (
    Action as Action,
)
from plans.models.plans import (
    DateChange as DateChange,
)
from plans.models.plans import (
    Evidence as Evidence,
)
from plans.models.plans import (
    FindingLink as FindingLink,
)
from plans.models.plans import (
    KeyMessageLink as KeyMessageLink,
)
from plans.models.plans import (
    KpiLink as KpiLink,
)
from plans.models.plans import (
    Plan as Plan,
)
from plans.models.plans import (
    RecommendationLink as RecommendationLink,
)
from plans.models.plans import (
    Support as Support,
)
from plans.models.plans import (
    Update as Update,
)
from plans.models.plans import (
    Verification as Verification,
)
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
from plans.scales import Grade as Grade
from plans.scales import Rating as Rating
from plans.scales import Scale as Scale
