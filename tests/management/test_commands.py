"""The operator's commands for areas and people, and the services below them."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from management import clock, services
from management.access import Role, System
from management.models import Area, AuditEvent, Holding, Membership, Post, User
from tests import factories

pytestmark = pytest.mark.django_db
OPERATOR = System("operator")


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def refusal(*arguments):
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    said = str(caught.value)
    assert "\n" not in said and "{" not in said and "[" not in said
    return said


ANGUS = ("create_area", "angus", "--name", "Angus", "--partnership", "Angus HSCP")


def test_an_area_is_made_by_the_operator_and_says_where_it_is():
    assert run(*ANGUS) == "Angus is there: /areas/angus/. Add people with add_member.\n"
    event = AuditEvent.objects.of_row(Area.objects.get()).get()
    assert (event.actor_name, event.verb) == ("operator: create_area", "create area")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "already exists"),
        ({1: "fife"}, "Area with this Name already exists."),
        ({1: "not a slug"}, "Enter a valid “slug” consisting of letters"),
        ({1: "fife", 3: ""}, "This field cannot be blank."),
        ({1: "fife", 3: "x" * 121}, "Ensure this value has at most 120 characters"),
    ],
)
def test_an_area_that_cannot_be_is_refused_in_a_sentence(changed, said):
    run(*ANGUS)
    arguments = [changed.get(place, value) for place, value in enumerate(ANGUS)]
    assert said in refusal(*arguments)
    assert Area.objects.count() == 1


def member(email="Morag.Reid@Example.org", area="angus", role="service_manager", name="Morag Reid"):
    return ("add_member", email, "--area", area, "--name", name, "--role", role)


def test_a_new_person_gets_an_account_without_a_password():
    run(*ANGUS)
    said = run(*member())
    assert said == (
        "Morag Reid: Service manager, Angus.\n"
        "They set a password from the sign-in page, by “I have forgotten my password”.\n"
    )
    person = User.objects.get()
    assert (person.email, person.has_usable_password()) == ("morag.reid@example.org", False)
    assert AuditEvent.objects.of_row(person).get().actor_name == "operator: add_member"


def test_somebody_who_is_there_gets_another_role_and_keeps_their_name_and_password():
    area = factories.area(slug="angus")
    person = factories.user(area, Role.INSPECTOR, email="morag.reid@example.org", name="Morag")
    run(*member(name="Another Name"))
    person.refresh_from_db()
    assert person.name == "Morag" and person.check_password(factories.PASSWORD)
    assert Membership.objects.filter(user=person).count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"area": "fife"}, "There is no area “fife”. There is: angus."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"name": ""}, "This field cannot be blank."),
        ({"role": "king"}, "invalid choice: 'king'"),
    ],
)
def test_a_member_that_cannot_be_is_refused_in_a_sentence(wrong, said):
    run(*ANGUS)
    with pytest.raises(CommandError, match=said.replace("?", r"\?")):
        run(*member(**wrong))
    assert not User.objects.exists() and not Membership.objects.exists()


def test_a_role_is_given_once_and_never_to_somebody_who_was_deactivated():
    run(*ANGUS)
    run(*member())
    assert refusal(*member()) == "This person already has this role here."
    User.objects.update(is_active=False)
    said = refusal(*member(role="inspector"))
    assert said == "morag.reid@example.org was deactivated and cannot be given a role."
    assert Membership.objects.count() == 1


def test_without_an_area_the_command_says_that_there_is_none():
    assert refusal(*member()) == "There is no area “angus”. There is: none yet."


# --- posts ---------------------------------------------------------------------------------------


def test_whoever_takes_up_a_post_ends_the_holding_before_theirs():
    area = factories.area()
    post = services.create_post(by=OPERATOR, area=area, title="Service Manager")
    first, second = factories.user(area), factories.user(area)
    services.appoint(by=OPERATOR, post=post, user=first, start=date(2019, 1, 1))
    services.appoint(by=OPERATOR, post=post, user=second, start=date(2019, 9, 30))
    earlier = Holding.objects.get(user=first)
    assert earlier.end == date(2019, 9, 29)
    for day, holder in [(date(2019, 9, 29), first), (date(2019, 9, 30), second)]:
        assert Holding.objects.current(on=day).get().user == holder
    assert AuditEvent.objects.of_row(earlier).first().verb == "appoint to post"


def test_a_post_cannot_be_left_before_it_is_taken_up_and_then_nothing_changes():
    area = factories.area()
    post = factories.post(area)
    holding = factories.holding(post, factories.user(area), start=date(2019, 9, 30))
    with pytest.raises(ValidationError, match="cannot be left before it is taken up"):
        services.appoint(by=OPERATOR, post=post, user=factories.user(area), start=date(2019, 9, 30))
    assert Holding.objects.get() == holding
    assert Holding.objects.get().end is None


def test_one_post_has_one_title_in_an_area():
    area = factories.area()
    services.create_post(by=OPERATOR, area=area, title="Service Manager")
    with pytest.raises(ValidationError, match="already has a post with this title"):
        services.create_post(by=OPERATOR, area=area, title="Service Manager")
    services.create_post(by=OPERATOR, area=area, title="Service Manager", organisation="Police")
    services.create_post(by=OPERATOR, area=factories.area(), title="Service Manager")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_changes_people_and_holders_and_nobody_makes_an_area(role):
    area = factories.area()
    post, person = factories.post(area), factories.user(area, role)
    deeds = (
        lambda: services.appoint(by=person, post=post, user=person, start=date(2019, 1, 1)),
        lambda: services.add_member(
            by=person, area=area, email="x@example.org", name="X", role=Role.ADMINISTRATOR
        ),
    )
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    for maker in (person, factories.user(area, Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            services.create_area(by=maker, slug="fife", name="Fife", partnership="Fife HSCP")
    assert not Holding.objects.exists() and Area.objects.count() == 1


@pytest.mark.parametrize("role", list(Role))
def test_a_post_is_made_by_those_who_need_one_for_an_action_and_by_an_administrator(role):
    area = factories.area()
    person = factories.user(area, role)
    if role in {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE, Role.ADMINISTRATOR}:
        assert services.create_post(by=person, area=area, title="Mine").area == area
        return
    with pytest.raises(PermissionDenied):
        services.create_post(by=person, area=area, title="Mine")
    assert not Post.objects.exists()


def test_a_post_is_not_given_to_somebody_of_another_area():
    post = factories.post(factories.area())
    stranger = factories.user(factories.area("elsewhere"))
    with pytest.raises(ValidationError, match="has no role in"):
        services.appoint(by=OPERATOR, post=post, user=stranger, start=date(2019, 9, 30))
    assert not post.holdings.exists()


def appointed(post="Team Manager", email="morag.reid@example.org", area="angus"):
    return ("appoint", email, "--area", area, "--post", post)


def test_a_post_is_given_to_one_person_after_the_other(today):
    run(*ANGUS)
    run(*member())
    with clock.hold(date(2020, 1, 10)):
        said = run(*appointed())
    assert said == "Morag Reid: Team Manager, Angus.\n"
    run(*member(email="b@example.org", name="Ben Orr"))
    run(*appointed(" team manager ", "B@example.org"))
    assert Post.objects.get().title == "Team Manager"
    assert [(h.user.name, h.end) for h in Holding.objects.order_by("pk")] == [
        ("Morag Reid", date(2020, 1, 14)),
        ("Ben Orr", None),
    ]


def test_an_appointment_that_cannot_be_is_refused_in_a_sentence_and_makes_no_post():
    run(*ANGUS)
    assert refusal(*appointed(area="fife")) == "There is no area “fife”. There is: angus."
    assert "Nobody has the address morag.reid@example.org" in refusal(*appointed())
    factories.user(factories.area(), Role.INSPECTOR, email="morag.reid@example.org")
    assert "has no role in Angus" in refusal(*appointed())
    assert not Post.objects.exists()
