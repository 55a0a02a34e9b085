"""Every address of the API. A viewset's actions declare who may use them, or are refused."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from kpis.api.catalogue import Catalogue
from kpis.api.definitions import Kpis
from kpis.api.figures import Figures
from kpis.api.imports import FigureImports
from kpis.api.phases import Phases
from kpis.api.targets import Targets
from management.api.areas import Areas, Index, Me, Nowhere, Posts, Schema
from plans.api.actions import Actions
from plans.api.found import (
    Findings,
    Indicators,
    Inspections,
    KeyMessages,
    Recommendations,
    SelfEvaluations,
)
from plans.api.imports import PlanImports
from plans.api.keeping_up import CalendarFeed, Digest, HandOvers, SavedViews
from plans.api.plans import Plans
from plans.api.readings import Readings
from plans.api.rules import Rules
from plans.api.tasks import Tasks
from plans.api.trackers import Trackers

AREA = "areas/<slug:area>"
router = SimpleRouter(use_regex_path=False)
router.register("areas", Areas, "api_areas")
router.register(f"{AREA}/posts", Posts, "api_posts")
router.register(f"{AREA}/kpis", Kpis, "api_kpis")
router.register(f"{AREA}/figures", Figures, "api_figures")
router.register(f"{AREA}/figure-imports", FigureImports, "api_figure_imports")
router.register(f"{AREA}/kpi-catalogue", Catalogue, "api_kpi_catalogue")
router.register(f"{AREA}/targets", Targets, "api_targets")
router.register(f"{AREA}/phases", Phases, "api_phases")
router.register(f"{AREA}/plans", Plans, "api_plans")
router.register(f"{AREA}/actions", Actions, "api_actions")
router.register(f"{AREA}/tasks", Tasks, "api_tasks")
router.register(f"{AREA}/indicators", Indicators, "api_indicators")
router.register(f"{AREA}/inspections", Inspections, "api_inspections")
router.register(f"{AREA}/key-messages", KeyMessages, "api_key_messages")
router.register(f"{AREA}/recommendations", Recommendations, "api_recommendations")
router.register(f"{AREA}/self-evaluations", SelfEvaluations, "api_self_evaluations")
router.register(f"{AREA}/findings", Findings, "api_findings")
router.register(f"{AREA}/saved-views", SavedViews, "api_saved_views")
router.register(f"{AREA}/imports", PlanImports, "api_imports")
router.register(f"{AREA}/trackers", Trackers, "api_trackers")
router.register(f"{AREA}/hand-overs", HandOvers, "api_hand_overs")

# Of these there is one for each person, or for the area.
own_digest = Digest.as_view({"get": "retrieve", "put": "choose"}, detail=True)
own_feed = CalendarFeed.as_view({"get": "retrieve", "post": "renew", "delete": "end"})
rules = Rules.as_view({"get": "retrieve", "put": "choose"}, detail=True)

urlpatterns = [
    path("v1/", Index.as_view({"get": "retrieve"}), name="api_index"),
    path("v1/schema/", Schema.as_view(), name="api_schema"),
    path("v1/me/", Me.as_view({"get": "retrieve"}), name="api_me"),
    path("v1/", include(router.urls)),
    path(
        f"v1/{AREA}/kpis/<int:pk>/reading/",
        Readings.as_view({"get": "retrieve"}, detail=True),
        name="api_kpis-reading",
    ),
    path(f"v1/{AREA}/digest/", own_digest, name="api_digest"),
    path(f"v1/{AREA}/calendar-feed/", own_feed, name="api_feed"),
    path(f"v1/{AREA}/rules/", rules, name="api_rules"),
    re_path("", Nowhere.as_view(), name="api_nowhere"),
]
