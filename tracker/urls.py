"""All routes. Each declares its policy (`management.access`), or is refused."""

from allauth.account import views as account
from django.urls import include, path, re_path

from tracker import views

handler500 = "tracker.views.server_error"

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
    # Not path(): it would part the two at the last hyphen, and the key has hyphens itself.
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("api/", include("tracker.api")),
    path("areas/<slug:area>/", views.area, name="area"),
    path("areas/<slug:area>/", include("plans.urls")),
    path("areas/<slug:area>/", include("kpis.urls")),
    path("areas/<slug:area>/", include("governance.urls")),
    path("areas/<slug:area>/", include("management.urls")),
]
