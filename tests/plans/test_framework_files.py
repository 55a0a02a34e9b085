"""Frameworks and wording as files: what is read, and what is said of a mistake."""

import time
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import wording_file
from plans.form.content import (
    ElementAnswer,
    ElementLayout,
    Form,
    Layout,
    SectionAnswer,
    SectionLayout,
)
from plans.framework_file import BadFramework, read
from plans.scales import points
from plans.services.frameworks import FOLDER, shipped

SMALL = """
code = "small"
title = "Small"
scale = "six-point"
[[sections]]
code = "1"
name = "One"
question = "What?"
indicators = [{ code = "1.1", name = "First" }]
"""


def refusal(text: str) -> str:
    with pytest.raises(BadFramework) as caught:
        read(text, "small.toml")
    said = str(caught.value)
    assert said.startswith("small.toml")
    assert "\n" not in said
    return said


def test_what_is_left_out_has_a_sensible_value():
    facts = read(SMALL, "small.toml")
    assert (facts.version, facts.source, facts.points, facts.outcomes, facts.steps) == (
        *(1, "", (), (), ()),
    )
    (section,) = facts.sections
    assert (section.overall, section.tools, section.national) == (False, False, ())
    (indicator,) = section.indicators
    assert (indicator.graded, indicator.key_factors) == (False, ())


def test_everything_that_a_file_can_say_is_read():
    facts = read(
        SMALL.replace("[[sections]]", 'version = 3\noutcomes = ["Homes"]\n[[sections]]')
        + """
overall = true
tools = true
national = { "Weak" = 3, "Excellent" = 29 }
[[scale_points]]
label = "Weak"
meaning = "Not much."
obliges = "Act."
[[steps]]
week = 24
weekday = "Friday"
at = "noon"
name = "Comments"
inspectorate = "Waits."
service = "Writes."
""",
        "small.toml",
    )
    assert (facts.version, facts.outcomes) == (3, ("Homes",))
    assert facts.sections[0].overall and facts.sections[0].tools
    assert facts.sections[0].national == ((1, 0), (2, 3), (3, 0), (4, 0), (5, 0), (6, 29))
    assert [vars(p) for p in facts.points] == [
        {"value": 2, "meaning": "Not much.", "obliges": "Act."}
    ]
    assert [vars(s) for s in facts.steps] == [
        {
            "week": 24,
            "weekday": 4,
            "at": "noon",
            "name": "Comments",
            "inspectorate": "Waits.",
            "service": "Writes.",
        }
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "Small"', "title = ", "is not a TOML file"),
        ('title = "Small"', "", "small.toml: “title” is missing."),
        ('title = "Small"', 'title = " "', "small.toml: “title” is empty."),
        ('title = "Small"', "title = 5", "“title” must be text in quotation marks."),
        ('title = "Small"', f'title = "{"x" * 201}"', "“title” is longer than 200 characters."),
        ('title = "Small"', 'title = "a\\u0000b"', "“title” holds a character that is not text."),
        ('"small"', '"Small One"', "“code” must be small letters, digits and hyphens, at most 60."),
        ('"small"', f'"{"x" * 61}"', "at most 60."),
        ('"six-point"', '"five-point"', "“scale” must be one of six-point, four-point."),
        ('scale = "six-point"', 'scale = "six-point"\nversion = "2"', "must be a whole number."),
        ('scale = "six-point"', 'scale = "six-point"\nversion = 0', "versions and weeks count fro"),
        ('scale = "six-point"', 'scale = "six-point"\nversion = -1', "must be from 0 to 32767."),
        ('scale = "six-point"', 'scale = "six-point"\nversoin = 2', "“versoin” is not known here."),
        ('scale = "six-point"', 'scale = "six-point"\noutcomes = "x"', "must be a list of texts."),
        (
            'scale = "six-point"',
            'scale = "six-point"\noutcomes = [1]',
            "every one of “outcomes”",
        ),
        ("[[sections]]", "[sections]", "“sections” must be a list of tables."),
        ("[[sections]]", "sections = [1]\n[[other]]", "small.toml, sections 1 must be a table."),
        ('question = "What?"', "", "small.toml, sections 1: “question” is missing."),
        ('question = "What?"', 'question = "What?"\noverall = "yes"', "must be true or false."),
        ('question = "What?"', 'question = "?"\nnational = 5', "“national” must be a table."),
        (
            'question = "What?"',
            'question = "?"\nnational = {"Fine" = 5}',
            "“Fine” is not known",
        ),
        ('{ code = "1.1", name = "First" }', "", "has no indicator: give at least one section"),
        ('name = "First"', 'name = ""', "small.toml, sections 1, indicators 1: “name” is empty."),
        ('code = "1.1"', 'code = "1.1.1.1.1.1.1"', "“code” is longer than 12 characters."),
        ("[{ code", '[{ code = "1.1", name = "Again" }, { code', "more than one indicator 1.1."),
        ('"First" }', f'"First", key_factors = ["{"x" * 201}"] }}', "“key_factors” is longer than"),
    ],
)
def test_a_mistake_is_named_with_its_place(old, new, said):
    assert old in SMALL
    assert said in refusal(SMALL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[sections]]\ncode="1"\nname="b"\nquestion="c"', "more than one section 1."),
        ('[[scale_points]]\nlabel="Fine"\nmeaning="b"', "“label” must be one of Unsatisfactory, "),
        ('[[scale_points]]\nlabel="Weak"', "small.toml, scale_points 1: “meaning” is missing."),
        (
            '[[scale_points]]\nlabel="Weak"\nmeaning="b"\n' * 2,
            "more than one meaning of the point 2.",
        ),
        ('[[steps]]\nname="b"', "small.toml, steps 1: “week” is missing."),
        ('[[steps]]\nweek=0\nname="b"', "versions and weeks count from 1."),
        ('[[steps]]\nweek=1\nname="b"\nweekday="Sunday"', "must be one of Monday, Tuesday, Wed"),
        ('[[steps]]\nweek=1\nname="b"\nday="Monday"', "small.toml, steps 1: “day” is not known"),
        ("a = " + "[" * 5000, "is nested too deeply."),
        ("a." * 401 + "a = 1", "line 10, has more than 400 full stops"),
    ],
)
def test_a_mistake_in_what_is_added_is_named_with_its_place(more, said):
    assert said in refusal(SMALL + more)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "Small"', "title = 2020-01-15", "“title” must be text in quotation marks."),
        ("[[sections]]", "since = 2020-01-15\n[[sections]]", "“since” is not known here."),
        ("[[sections]]", f"version = {'1' * 5000}\n[[sections]]", "a number of too many digits."),
    ],
)
def test_a_value_of_another_kind_is_named(old, new, said):
    assert said in refusal(SMALL.replace(old, new, 1))


def test_a_mark_before_the_text_is_no_mistake():
    assert read("\ufeff" + SMALL, "small.toml") == read(SMALL, "small.toml")


# Parts of names, on what Python alone takes for several lines; below a long name; in many lines.
LONG_NAMES = {
    "lines of Unicode": ("x." * 390 + '"\u2028".') * 100 + "x = 1",
    "other lines of Unicode": ("x." * 390 + '"\x85".') * 100 + "x = 1",
    "below a long name": "[h" + ".a" * 400 + "]\n" + "\n".join(f"x{n}=1" for n in range(90_000)),
    "many long names": "\n".join(f"x{n}" + ".a" * 400 + "=1" for n in range(1_000)),
    "many names": "\n".join(f"x{n}" + ".a" * 20 + "=1" for n in range(30_000)),
}


@pytest.mark.parametrize("text", LONG_NAMES.values(), ids=LONG_NAMES)
def test_no_file_keeps_the_reader_busy(text):
    start = time.process_time()
    assert "full stops" in refusal(text)
    assert time.process_time() - start < 1


def test_a_long_text_of_short_sentences_is_read():
    line = "A sentence has eighty characters or so, and then its full stop, like this one. " * 200
    facts = words('framework = "small"\n[exemplar]\n1.1 = [' + f'"{line}",\n' * 60 + "]")
    assert len(facts.exemplars["1.1"]) == 60


def test_many_exemplars_are_counted_in_no_time():
    start = time.process_time()
    with pytest.raises(BadFramework, match="more than 2,000 texts"):
        words('framework = "small"\n[exemplar]\n1.1 = [' + '"x",' * 240_000 + "]")
    assert time.process_time() - start < 4


def test_a_mark_of_another_layout_leaves_the_content_the_same():
    assert read(SMALL, "a").sha256 == read("# A note\n" + SMALL, "b").sha256
    assert read(SMALL, "a").sha256 != read(SMALL.replace("First", "1st"), "a").sha256


# --- the frameworks that are shipped -------------------------------------------------------------

FRAMEWORKS = {facts.code: facts for facts in shipped()}
every_framework = pytest.mark.parametrize("code", FRAMEWORKS)


def indicators(code: str):
    return [i for section in FRAMEWORKS[code].sections for i in section.indicators]


def test_four_frameworks_are_shipped_each_in_the_file_of_its_code():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(FRAMEWORKS)
    assert set(FRAMEWORKS) == {
        *("inspection-2019", "community-justice-2023", "self-evaluation-2024", "review-2025"),
    }


@every_framework
def test_each_names_its_source_and_explains_every_point_of_its_scale(code):
    facts = FRAMEWORKS[code]
    assert "Care Inspectorate, " in facts.source
    assert sorted(p.value for p in facts.points) == [value for value, _ in points(facts.scale)]
    if facts.scale == "six-point":
        obliges = {p.value: p.obliges for p in facts.points}
        assert obliges[1].startswith("Action is required, urgently")
        assert obliges[2].startswith("Action is required, as a priority")


@every_framework
def test_labels_are_short_and_no_two_are_the_same(code):
    labels = [i.name for i in indicators(code)]
    assert max(Counter(labels).values()) == 1
    assert all(len(label.split()) <= 9 for label in labels)
    for indicator in indicators(code):
        assert len(set(indicator.key_factors)) == len(indicator.key_factors)


def test_the_inspection_of_2019_has_nine_indicators_and_grades_five():
    assert [i.code for i in indicators("inspection-2019")] == [
        *("1.1", "2.1", "5.1", "5.2", "5.3", "5.4", "6.1", "6.4", "9.4"),
    ]
    graded = [i.code for i in indicators("inspection-2019") if i.graded]
    assert graded == ["1.1", "2.1", "5.2", "5.3", "9.4"]


def test_the_weeks_of_an_inspection_have_their_days():
    steps = {s.week: s for s in FRAMEWORKS["inspection-2019"].steps}
    assert list(steps) == [1, 5, 8, 11, 12, 13, 14, 15, 17, 18, 19, 20, 22, 24, 27, 28]
    assert {week: s.weekday for week, s in steps.items() if s.weekday} == {11: 2}
    assert steps[11].at == "12 noon"
    names = {week: steps[week].name for week in (11, 13, 24, 27, 28)}
    assert names == {
        11: "Self-evaluation due",
        13: "File reading",
        24: "Comments on the draft due",
        27: "Embargoed copy",
        28: "Publication",
    }


def test_the_guide_of_2023_has_five_questions_ten_areas_and_nine_outcomes():
    facts = FRAMEWORKS["community-justice-2023"]
    assert [s.code for s in facts.sections] == [str(n) for n in range(1, 11)]
    assert len({s.question for s in facts.sections[:9]}) == 5
    assert facts.sections[9].indicators == ()
    assert [i.code for i in indicators(facts.code)] == [
        *("1.1", "2.1", "2.2", "2.3", "3.1", "4.1", "5.1", "5.2", "5.3", "5.4"),
        *("6.1", "6.2", "6.3", "6.4", "7.1", "7.2", "8.1", "8.2", "8.3"),
        *("9.1", "9.2", "9.3", "9.4"),
    ]
    assert all(2 <= len(i.key_factors) <= 3 for i in indicators(facts.code))
    assert len(facts.outcomes) == 9


def test_the_self_evaluation_of_2024_has_three_sections_of_four_and_five_drivers():
    facts = FRAMEWORKS["self-evaluation-2024"]
    assert {s.code: len(s.indicators) for s in facts.sections} == {
        "1a": 4,
        "1b": 4,
        "1c": 4,
        "2": 5,
    }
    assert [s.code for s in facts.sections if s.overall and s.tools] == ["1a", "1b", "1c"]
    assert [i.code for i in indicators(facts.code)][-5:] == ["2.1", "2.2", "2.3", "2.4", "2.5"]
    assert all(i.key_factors for i in facts.sections[3].indicators)


def test_the_national_counts_are_those_of_all_32_services():
    sections = FRAMEWORKS["self-evaluation-2024"].sections
    counts = {s.code: [count for _, count in s.national] for s in sections if s.national}
    # From “Not at all” up.
    assert counts == {"1a": [0, 15, 15, 2], "1b": [1, 17, 13, 1], "1c": [1, 21, 10, 0]}
    assert {sum(numbers) for numbers in counts.values()} == {32}


def test_the_review_of_2025_is_one_indicator_with_two_key_factors():
    (indicator,) = indicators("review-2025")
    assert (indicator.code, len(indicator.key_factors)) == ("6.4", 2)


def test_the_example_in_the_documentation_can_be_loaded():
    page = (Path(FOLDER).parent.parent / "docs" / "frameworks.md").read_text()
    framework, wording = (part.split("```")[0] for part in page.split("```toml")[1:])
    facts = read(framework, "our-guide.toml")
    assert {*tomllib.loads(framework)} <= {*vars(facts), "scale_points"}
    assert wording_file.read(wording.encode(), "wording.toml").framework == "self-evaluation-2024"


# --- wording -------------------------------------------------------------------------------------


def words(text: str) -> wording_file.WordingFacts:
    return wording_file.read(text.encode(), "w.toml")


def test_official_texts_and_exemplars_are_read_by_code():
    facts = words(
        'framework = "small"\n[official]\n"1.1" = " One "\n"1a.1" = """\nTwo\n\nlines"""\n'
        '[exemplar]\n"1.1" = ["Good", "Better"]\n"1a.1" = "Best"\n'
    )
    assert facts.framework == "small"
    assert facts.official == {"1.1": "One", "1a.1": "Two\n\nlines"}
    assert facts.exemplars == {"1.1": ("Good", "Better"), "1a.1": ("Best",)}


def test_a_code_without_quotation_marks_is_understood():
    facts = words('framework = "small"\n[official]\n5.2 = "One"\n1a.1 = "Two"\n')
    assert facts.official == {"5.2": "One", "1a.1": "Two"}


def test_a_file_of_windows_is_read():
    facts = wording_file.read(
        '\ufeffframework = "small"\r\n[official]\r\n"1.1" = """One\r\nTwo"""\r\n'.encode(), "w.toml"
    )
    assert facts.official == {"1.1": "One\nTwo"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "w.toml: “framework” is missing."),
        ('framework = "small"', "w.toml has neither “[official]” nor “[exemplar]” with a text"),
        ('framework = "small"\n[official]', "has neither “[official]” nor “[exemplar]”"),
        ('framework = "small"\n[offical]\n"1" = "x"', "w.toml: “offical” is not known here."),
        ('framework = "small"\nofficial = "x"', "w.toml: “official” must be a table."),
        ('framework = "small"\n[official]\n"1.1" = 5', "w.toml, official, 1.1 must be text in quo"),
        ('framework = "small"\n[official]\n"1.1" = ["x"]', "w.toml, official, 1.1 must be text"),
        ('framework = "small"\n[official]\n"1.1" = " "', "w.toml, official, 1.1 is empty."),
        ('framework = "small"\n[exemplar]\n"1.1" = ["x", 5]', "w.toml, exemplar, 1.1 must be"),
        (
            'framework = "small"\n[official]\n1.1 = "x"\n"1.1" = "y"',
            "1.1 stands there twice.",
        ),
        (
            'framework = "small"\n[official]\n1.1 = "x\\u0007"',
            "holds a character that is not text.",
        ),
        (f'framework = "small"\n[official]\n1.1 = "{"x" * 20_001}"', "longer than 20,000 charact"),
        ('framework = "small"\n[official]\n1.1.1.1.1.1 = "x"', "is nested too deeply."),
        ("a." * 401 + "a = 1", "w.toml, line 1, has more than 400 full stops: break the line"),
        ("a = " + "[" * 5000, "w.toml is nested too deeply."),
        ("framework", "w.toml is not a TOML file"),
        ('framework = "small"\n#' + "x" * 1_000_000, "w.toml is larger than 1 MB."),
        (
            'framework = "small"\n[exemplar]\n1.1 = [' + '"x",\n' * 2_001 + "]",
            "w.toml has more than 2,000 texts.",
        ),
    ],
)
def test_a_mistake_in_a_wording_file_is_named(text, said):
    with pytest.raises(BadFramework) as caught:
        words(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "official"),
    [
        ("1a.1 A label", ""),
        ("A LABEL", ""),
        ("1a.1 A label\nSound\nUsed", ""),
        ("1a.1. We have an official text", "We have an official text"),
        ("1A.1 – An official text\nof two lines", "An official text\nof two lines"),
        ("1a.10 words", "1a.10 words"),
        ("Leadership\nCharacterised by:\n· Time\n· Money", "Leadership"),
        ("Leadership\n• Time\n- Money", "Leadership"),
        ("1. First of all\n2. Then", "1. First of all\n2. Then"),
        ("", ""),
    ],
)
def test_the_official_text_is_taken_out_of_the_statement_of_a_form(statement, official):
    element = ElementLayout("1a.1", "A label", ("Sound", "Used"))
    section = SectionLayout("1a", "One", "What?", False, False, (element,))
    form = Form("", (SectionAnswer("1a", (ElementAnswer("1a.1", statement=statement),)),))
    facts = wording_file.of_form(form, Layout("", (), (section,)), "small", "w", evidence=False)
    assert facts.official == ({"1a.1": official} if official else {})


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_is_too_strange_to_be_refused_in_a_sentence(content):
    with pytest.raises(BadFramework):
        wording_file.read(content, "w.toml")
