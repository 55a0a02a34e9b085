from django.urls import path

from management import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("audit/", views.audit, name="audit"),
]
