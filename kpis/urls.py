"""Addresses of what a KPI is, and of its figures, below an area."""

from django.urls import path

from kpis.views import definitions, figures, imports

urlpatterns = [
    path("kpis/catalogue/", definitions.kpi_catalogue, name="kpi_catalogue"),
    path("kpis/new/", definitions.kpi_new, name="kpi_new"),
    path("kpis/<int:pk>/edit/", definitions.kpi_edit, name="kpi_edit"),
    path("kpis/<int:pk>/retire/", definitions.kpi_retire, name="kpi_retire"),
    path("kpis/<int:pk>/targets/new/", definitions.target_new, name="target_new"),
    path("kpis/<int:pk>/targets/<int:target>/", definitions.target_edit, name="target_edit"),
    path("kpis/<int:pk>/baselines/new/", definitions.baseline_new, name="baseline_new"),
    path(
        "kpis/<int:pk>/phases/<int:phase>/take-back/",
        definitions.phase_cancel,
        name="phase_cancel",
    ),
    path("figures/", figures.figures, name="figures"),
    path("figures/approve/", figures.figures_lock, name="figures_lock"),
    path("figures/open/", figures.figures_unlock, name="figures_unlock"),
    path("figures/due/", figures.figures_due, name="figures_due"),
    path("figures/files/", imports.figure_imports, name="figure_imports"),
    path("figures/files/<int:pk>/", imports.figure_import, name="figure_import"),
    path("figures/files/<int:pk>/undo/", imports.figure_import_undo, name="figure_import_undo"),
    path("kpis/<int:pk>/figures/<slug:start>/<slug:end>/", figures.kpi_figure, name="kpi_figure"),
]
