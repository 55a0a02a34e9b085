from django.urls import path

from kpis import views

urlpatterns = [
    path("kpis/", views.kpis, name="kpis"),
    path("kpis/<int:pk>/", views.kpi, name="kpi"),
    path("kpis/<int:pk>/chart.svg", views.kpi_chart, name="kpi_chart"),
]
