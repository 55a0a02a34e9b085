"""Which KPI each action should move, with how the action stands."""

from typing import Any, Self

from django.db.models import F, OuterRef, Subquery

from management.querysets import OwnedQuerySet
from plans.states import PlanState
from plans.statuses import Status


class KpiLinkQuerySet(OwnedQuerySet):
    def promised(self) -> Self:
        """Of plans that were approved: a draft promises nothing yet."""
        return self.exclude(action__plan__state=PlanState.DRAFT)

    def standing(self) -> Any:
        """Of each link, in the order of plans: `kpi_id`, `action_id`, `lag` and `expected`, the
        action's `reference`, `status`, `plan_id`, `plan` (its title), and `completed`: the day of
        the verification that stands, None without one."""
        updates: Any = self.model._meta.get_field("action").related_model
        updates = updates._meta.get_field("updates").related_model._default_manager
        verified = updates.filter(
            action=OuterRef("action"), status=Status.COMPLETE, action__status=Status.COMPLETE
        )
        return self.order_by("action__plan", "action__sequence").values(
            "kpi_id",
            "action_id",
            "lag",
            "expected",
            reference=F("action__reference"),
            status=F("action__status"),
            plan_id=F("action__plan_id"),
            plan=F("action__plan__title"),
            completed=Subquery(verified.order_by("-on", "-pk").values("on")[:1]),
        )
