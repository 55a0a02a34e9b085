from django.urls import path

from management import views
from management.api import pages

urlpatterns = [
    path("people/", views.people, name="people"),
    path("audit/", views.audit, name="audit"),
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/send-again/", views.message_resend, name="message_resend"),
    path("messages/<int:pk>/delivered/", views.message_delivered, name="message_delivered"),
    path("tokens/", pages.tokens, name="tokens"),
    path("tokens/new/", pages.token_new, name="token_new"),
    path("tokens/<int:pk>/revoke/", pages.token_revoke, name="token_revoke"),
]
