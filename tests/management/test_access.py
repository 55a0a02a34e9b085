"""The permission table, the people whom it serves, and what they can see at all."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from management import access
from management.access import DEEDS, PUBLIC, Role, System
from management.models import Area, AuditEvent, Membership, Post, User
from plans.models import Action, Plan
from tests import factories

# Written by hand, and apart from access.DEEDS: a change of who may do what is made twice.
# SM service manager, PL performance lead, HS head of service, BM board member, IN inspector,
# AD administrator.
TABLE = """
                        SM  PL  HS  BM  IN  AD
    area.view           yes yes yes yes yes yes
    plan.view           yes yes yes yes yes yes
    inspection.view     yes yes yes yes yes yes
    kpi.view            yes yes yes yes yes yes
    action.update       yes yes yes -   -   -
    action.update_any   -   yes yes -   -   -
    action.verify       -   -   yes -   -   -
    action.note         yes yes yes -   -   -
    date.approve        -   yes yes -   -   -
    plan.edit           -   yes yes -   -   -
    plan.approve        -   -   yes -   -   -
    plan.close          -   yes yes -   -   -
    rules.edit          -   yes yes -   -   -
    post.create         -   yes yes -   -   yes
    inspection.edit     -   yes yes -   -   -
    inspection.draft    yes yes yes -   -   -
    recommendation.decide - yes yes -   -   -
    framework.view      yes yes yes yes yes yes
    framework.word      -   yes yes -   -   -
    self_evaluation.view yes yes yes yes yes -
    self_evaluation.write yes yes yes - -   -
    self_evaluation.edit - yes yes -   -   -
    self_evaluation.validate - - yes -  yes -
    kpi.edit            -   yes yes -   -   -
    kpi.report          yes yes yes -   -   -
    kpi.lock            -   yes yes -   -   -
    pack.view           yes yes yes yes -   yes
    pack.write          yes yes yes -   -   -
    pack.request        -   yes yes -   -   -
    people.view         -   -   yes -   -   yes
    people.edit         -   -   -   -   -   yes
    audit.view          -   -   -   -   -   yes
    message.manage      -   -   -   -   -   yes
    api.use             yes yes yes yes yes yes
"""
ROLES = [
    Role.SERVICE_MANAGER,
    Role.PERFORMANCE_LEAD,
    Role.HEAD_OF_SERVICE,
    Role.BOARD_MEMBER,
    Role.INSPECTOR,
    Role.ADMINISTRATOR,
]
EXPECTED = {
    (line.split()[0], role): answer == "yes"
    for line in TABLE.strip().splitlines()[1:]
    for role, answer in zip(ROLES, line.split()[1:], strict=True)
}


def test_the_table_here_has_every_deed_and_every_role() -> None:
    assert {deed for deed, _ in EXPECTED} == set(DEEDS)
    assert {role for _, role in EXPECTED} == set(Role)


@pytest.mark.django_db
def test_each_role_may_do_what_the_table_says_in_its_own_area_and_nothing_elsewhere() -> None:
    mine, theirs = factories.area(), factories.area()
    wrong = []
    for role in Role:
        person = factories.user(mine, role)
        for deed in DEEDS:
            if person.may(deed, mine) is not EXPECTED[deed, role]:
                wrong.append(f"{role} {deed}")
            if person.may(deed, theirs):
                wrong.append(f"{role} {deed} in another area")
    assert wrong == []


@pytest.mark.django_db
def test_two_roles_may_do_what_either_may_and_each_only_in_its_area() -> None:
    here, there = factories.area(), factories.area()
    person = factories.user(here, Role.ADMINISTRATOR)
    factories.membership(here, person, Role.HEAD_OF_SERVICE)
    factories.membership(there, person, Role.INSPECTOR)
    assert person.may("people.edit", here) and person.may("action.verify", here)
    assert person.may("plan.view", there)
    assert not person.may("people.edit", there)
    assert not person.may("action.verify", there)


@pytest.mark.django_db
def test_a_person_who_has_left_may_do_and_see_nothing() -> None:
    area = factories.area()
    person = factories.user(area, Role.HEAD_OF_SERVICE, is_active=False)
    assert not any(person.may(deed, area) for deed in DEEDS)
    assert not Area.objects.visible_to(person).exists()
    assert not Membership.objects.visible_to(person).exists()


@pytest.mark.django_db
def test_a_person_without_a_role_may_do_and_see_nothing() -> None:
    area = factories.area()
    person = factories.user()
    assert not any(person.may(deed, area) for deed in DEEDS)
    assert not Area.objects.visible_to(person).exists()


def test_the_program_itself_may_do_every_deed_by_its_own_name() -> None:
    night = System("the night job")
    assert all(night.may(deed, Area(pk=1)) for deed in DEEDS)
    assert (night.actor_id, night.actor_name) == (None, "the night job")


@pytest.mark.django_db
def test_require_refuses_with_a_sentence() -> None:
    area = factories.area()
    person = factories.user(area, Role.BOARD_MEMBER)
    access.require(person, "plan.view", area)
    with pytest.raises(PermissionDenied, match="Your role does not allow this"):
        access.require(person, "plan.edit", area)


@pytest.mark.django_db
def test_a_deed_that_nobody_has_named_is_an_error_and_no_permission() -> None:
    area = factories.area()
    person = factories.user(area, Role.HEAD_OF_SERVICE)
    with pytest.raises(KeyError):
        person.may("plan.destroy", area)
    with pytest.raises(LookupError, match=r"plan\.destroy"):
        access.policy("plan.destroy")


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Area, Post, Plan, Action, Membership, AuditEvent])
def test_each_person_sees_the_rows_of_their_own_areas_alone(model: Any) -> None:
    here, there, nowhere = factories.area(), factories.area(), factories.area()
    for area in (here, there, nowhere):
        factories.plan(area, actions=1)
    one = factories.user(here, Role.INSPECTOR)
    two = factories.user(here, Role.SERVICE_MANAGER)
    factories.membership(there, two, Role.BOARD_MEMBER)

    def areas(user: Any) -> set[int]:
        field = "pk" if model is Area else "area_id"
        return set(model.objects.visible_to(user).values_list(field, flat=True))

    assert areas(one) == {here.pk}
    assert areas(two) == {here.pk, there.pk}
    assert areas(AnonymousUser()) == set()
    assert areas(factories.user()) == set()


@pytest.mark.django_db
def test_what_belongs_to_no_area_is_not_in_anybodys_trail() -> None:
    person = factories.user(factories.area(), Role.ADMINISTRATOR)
    factories.framework()
    assert AuditEvent.objects.filter(table_name="plans_framework", area_id=None).exists()
    seen = AuditEvent.objects.visible_to(person)
    assert not seen.filter(table_name="plans_framework").exists()


# --- the policy of a page --------------------------------------------------------------------


@pytest.fixture
def routes(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.management.routes"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_a_page_without_a_policy_is_refused_to_everybody(
    client: Any, routes: None, method: str
) -> None:
    assert getattr(client, method)("/undeclared").status_code == 403
    client.force_login(factories.user(factories.area(), Role.ADMINISTRATOR))
    response = getattr(client, method)("/undeclared")
    assert response.status_code == 403
    assert b"nobody may see this" not in response.content


@pytest.mark.django_db
def test_a_page_of_a_library_without_a_line_in_the_table_is_refused(
    client: Any, routes: None
) -> None:
    """Sign-up is one of allauth's own routes, and not in LIBRARY_ROUTES."""
    assert client.get("/allauth/signup/").status_code == 403
    assert client.get("/allauth/login/").status_code == 200


@pytest.mark.django_db
def test_a_session_ends_for_a_person_who_is_deactivated(client: Any, routes: None) -> None:
    area = factories.area()
    person = factories.user(area, Role.ADMINISTRATOR)
    page = f"/rename-signed-in/{factories.post(area).pk}"
    client.force_login(person)
    assert client.get(page).status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    response = client.get(page)
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_library_route_declares_a_policy_that_exists() -> None:
    known = {PUBLIC, access.SIGNED_IN, *DEEDS}
    assert set(access.LIBRARY_ROUTES.values()) <= known
