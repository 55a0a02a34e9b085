from django.urls import path

from governance import views

urlpatterns = [
    path("packs/", views.packs, name="packs"),
    path("packs/<int:pk>/", views.pack, name="pack"),
    path("packs/<int:pk>/progress/", views.pack_progress, name="pack_progress"),
    path("packs/<int:pk>/edition/", views.pack_edition, name="pack_edition"),
    path("packs/<int:pk>/retry/", views.pack_retry, name="pack_retry"),
    path("packs/<int:pk>/files/<slug:extension>/", views.pack_file, name="pack_file"),
    path("packs/<slug:body>/<slug:period>/paragraphs/", views.paragraphs, name="paragraphs"),
]
