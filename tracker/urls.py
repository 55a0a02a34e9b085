"""All routes. Each declares its policy (`management.access`), or is refused."""

from allauth.account import views as account
from django.urls import include, path

from tracker import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path(
        "accounts/password/reset/done/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "accounts/password/reset/key/<uidb36>-<key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("areas/<slug:area>/", views.area, name="area"),
    path("areas/<slug:area>/", include("plans.urls")),
    path("areas/<slug:area>/", include("kpis.urls")),
    path("areas/<slug:area>/", include("governance.urls")),
    path("areas/<slug:area>/", include("management.urls")),
]
