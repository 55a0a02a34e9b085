"""Loading frameworks and wording: the services and the operator's command."""

from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from management.access import DEEDS, Role, System
from management.models import AuditEvent
from plans.framework_file import read
from plans.models import Framework, QualityIndicator, ScalePoint, Step, Wording
from plans.services import frameworks as services
from plans.services.wording import Loaded, load_wording
from tests import factories

pytestmark = pytest.mark.django_db
OPERATOR = System("operator")
SMALL = """
code = "small"
title = "Small"
scale = "four-point"
outcomes = ["Homes"]
[[scale_points]]
label = "Fully"
meaning = "All of it."
[[sections]]
code = "1a"
name = "One"
question = "What?"
overall = true
tools = true
national = { "Fully" = 2, "Mostly" = 30 }
indicators = [
  { code = "1a.1", name = "First", key_factors = ["Sound", "Used"] },
  { code = "1a.2", name = "Second" },
]
[[sections]]
code = "2"
name = "Two"
question = "How?"
indicators = [{ code = "2.1", name = "Driver", graded = true }]
[[steps]]
week = 11
weekday = "Wednesday"
name = "Self-evaluation due"
"""


def load(text=SMALL):
    return services.load_framework(by=OPERATOR, facts=read(text, "small.toml"))


def run(*arguments):
    out = StringIO()
    call_command("load_frameworks", *arguments, stdout=out)
    return out.getvalue()


# --- the loader -----------------------------------------------------------------------------------


def test_a_framework_is_entered_whole_and_in_its_order():
    framework, new = load()
    assert new
    first, second = framework.sections.all()
    assert (str(first), first.overall, first.tools) == ("1a One", True, True)
    assert (str(second), second.overall, second.tools) == ("2 Two", False, False)
    assert [str(i) for i in framework.indicators.all()] == [
        *("1a.1 First", "1a.2 Second", "2.1 Driver"),
    ]
    assert [i.graded for i in framework.indicators.all()] == [False, False, True]
    assert [str(k) for k in framework.indicators.first().key_factors.all()] == ["Sound", "Used"]
    assert [(c.value, c.count) for c in first.national.all()] == [(4, 2), (3, 30), (2, 0), (1, 0)]
    assert [str(o) for o in framework.outcomes.all()] == ["1. Homes"]
    assert ScalePoint.objects.get().in_words == "All of it."
    assert (Step.objects.get().week, Step.objects.get().weekday) == (11, 2)
    event = AuditEvent.objects.of_row(framework).get()
    assert (event.actor_name, event.verb, event.area_id) == ("operator", "load framework", None)


def test_loading_again_changes_nothing():
    framework, _ = load()
    before = AuditEvent.objects.count()
    assert load("# another layout\n" + SMALL) == (framework, False)
    assert AuditEvent.objects.count() == before


def test_a_changed_file_with_the_same_number_is_refused_with_the_number_to_give():
    load()
    load("version = 4\n" + SMALL)
    with pytest.raises(ValidationError, match="already loaded with other content") as caught:
        load(SMALL.replace("Driver", "Engine"))
    assert "“version = 5”" in caught.value.message
    assert not QualityIndicator.objects.filter(name="Engine").exists()


def test_a_new_version_stands_beside_the_old_one():
    old, _ = load()
    new, entered = load("version = 2\n" + SMALL.replace("Driver", "Engine"))
    assert entered and new.pk != old.pk
    assert old.indicators.get(code="2.1").name == "Driver"
    assert new.indicators.get(code="2.1").name == "Engine"
    assert services.latest("small") == new
    assert list(Framework.objects.newest()) == [new]


def test_a_framework_that_is_not_loaded_is_said_to_be_so():
    with pytest.raises(Framework.DoesNotExist, match="The framework small is not loaded"):
        services.latest("small")


def test_the_form_of_a_framework_has_its_labels_and_the_wording_of_one_area_only():
    framework, _ = load()
    mine, other = factories.area(), factories.area()
    first = framework.indicators.first()
    factories.wording(mine, first, text="Official")
    factories.wording(mine, first, text="An exemplar", kind=Wording.Kind.EXEMPLAR)
    factories.wording(other, first, text="Not mine")
    layout = services.layout_of(framework, mine)
    assert layout.title == "Small"
    assert layout.points == ((1, "Not at all"), (2, "Partially"), (3, "Mostly"), (4, "Fully"))
    assert [(s.code, s.overall, s.tools) for s in layout.sections] == [
        ("1a", True, True),
        ("2", False, False),
    ]
    first_element, second_element = layout.sections[0].elements
    assert (first_element.code, first_element.label) == ("1a.1", "First")
    assert first_element.key_factors == ("Sound", "Used")
    assert (first_element.wording, second_element.wording) == ("Official", "")


def test_the_form_takes_few_queries_however_large_the_framework(django_assert_max_num_queries):
    run()
    framework, area = services.latest("community-justice-2023"), factories.area()
    with django_assert_max_num_queries(4):
        services.layout_of(framework, area)


# --- the command ----------------------------------------------------------------------------------


def test_the_shipped_frameworks_are_loaded_and_loading_again_is_harmless():
    assert run().splitlines() == [
        "community-justice-2023, version 1: loaded.",
        "inspection-2019, version 1: loaded.",
        "review-2025, version 1: loaded.",
        "self-evaluation-2024, version 1: loaded.",
    ]
    before = AuditEvent.objects.count()
    assert run().count("already there.") == 4
    assert AuditEvent.objects.count() == before


def test_a_framework_of_ones_own_is_loaded_from_its_file(tmp_path):
    (tmp_path / "small.toml").write_text(SMALL)
    assert run(str(tmp_path / "small.toml")) == "small, version 1: loaded.\n"
    assert [f.code for f in Framework.objects.all()] == ["small"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"\xff\xfe", "is not a text file in UTF-8."),
        (b"code = ", "bad.toml is not a TOML file"),
        (b'code = "bad"', "bad.toml: “scale” is missing."),
        (SMALL.replace("First", "1st").encode(), "Version 1 of small is already loaded with other"),
    ],
)
def test_one_bad_file_stops_all_with_a_sentence_and_nothing_is_entered(tmp_path, content, said):
    load()
    before = AuditEvent.objects.count()
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(SMALL.replace('"small"', '"good"'))
    if content is not None:
        bad.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run(str(good), str(bad))
    assert said in str(caught.value)
    assert AuditEvent.objects.count() == before


# --- wording --------------------------------------------------------------------------------------


@pytest.fixture
def framework():
    return load()[0]


@pytest.fixture
def lead():
    return factories.user(factories.area(), Role.PERFORMANCE_LEAD, name="The lead")


def area_of(person):
    return next(iter(person.areas_by_id.values()))


def word(person, framework, official=None, exemplars=None, **facts):
    return load_wording(
        by=person,
        area=facts.get("area") or area_of(person),
        framework=framework,
        official=official or {},
        exemplars=exemplars or {},
        file_name="words.toml",
    )


def texts(kind):
    return list(Wording.objects.filter(kind=kind).values_list("indicator__code", "text"))


def test_wording_is_entered_with_who_and_from_what_and_is_recorded(framework, lead):
    done = word(lead, framework, {"1a.1": "Official"}, {"1a.1": ["Good", "Better"], "2.1": ["X"]})
    assert done == Loaded(official=1, exemplars=3, same=0)
    assert done.in_words == "1 official text loaded, 3 exemplars added, 0 already there."
    assert texts("official") == [("1a.1", "Official")]
    assert texts("exemplar") == [("1a.1", "Good"), ("1a.1", "Better"), ("2.1", "X")]
    row = Wording.objects.get(kind="official")
    assert (row.file_name, row.loaded_by, row.area) == ("words.toml", "The lead", area_of(lead))
    event = AuditEvent.objects.of_row(row).get()
    assert (event.actor_name, event.verb, event.reason) == (
        *("The lead", "load wording", "words.toml"),
    )


def test_loading_again_replaces_official_texts_and_adds_only_new_exemplars(framework, lead):
    word(lead, framework, {"1a.1": "Old", "2.1": "Stays"}, {"1a.1": ["Good"]})
    done = word(lead, framework, {"1a.1": "New"}, {"1a.1": ["Good", "Better", "Better"]})
    assert done == Loaded(official=1, exemplars=1, same=2)
    assert texts("official") == [("1a.1", "New"), ("2.1", "Stays")]
    assert texts("exemplar") == [("1a.1", "Good"), ("1a.1", "Better")]


def test_a_code_that_the_framework_does_not_have_is_refused_with_those_it_has(framework, lead):
    with pytest.raises(ValidationError) as caught:
        word(lead, framework, {"1a.1": "Official", "9.9": "Strange"}, {"7.7": ["Stranger"]})
    assert caught.value.messages == ["Small has no 7.7, 9.9. Its codes are: 1a.1, 1a.2, 2.1."]
    assert not Wording.objects.exists()


@pytest.mark.parametrize("role", [r for r in Role if not DEEDS["framework.word"] & {r}])
def test_others_may_not_load_wording(framework, role):
    with pytest.raises(PermissionDenied):
        word(factories.user(factories.area(), role), framework, {"1a.1": "Official"})


def test_nobody_loads_wording_for_another_area(framework, lead):
    with pytest.raises(PermissionDenied):
        word(lead, framework, {"1a.1": "Official"}, area=factories.area())
    assert not Wording.objects.exists()
