"""What a critical friend would ask: one sentence for each weakness, and none without one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.challenge import Challenge, Element, Measure, Section, challenge, of_element, repeats

LABELS = {1: "Not at all", 2: "Partially", 3: "Mostly", 4: "Fully"}
FOUR = Measure(LABELS, {})
SIX = Measure(
    {1: "Unsatisfactory", 2: "Weak", 3: "Adequate", 4: "Good", 5: "Very good", 6: "Excellent"},
    {1: "Action is required, urgently.", 2: "Action is required."},
)
SOUND = Element(
    "1a.1", 3, evidence="Reports", kinds=("data", "documents"), improvements="More reports"
)
LONG = "We read ten files every quarter and tell each team what was found in them."
codes = st.sampled_from(["1a.1", "1a.2", "2.1"])
texts = st.text(max_size=60)
elements = st.builds(
    Element,
    code=codes,
    rating=st.none() | st.sampled_from(list(LABELS)),
    evidence=texts,
    kinds=st.lists(st.sampled_from(["data", "documents"]), unique=True).map(tuple),
    improvements=texts,
    exemplars=st.lists(texts, max_size=2).map(tuple),
    last=texts,
)
sections = st.builds(
    Section,
    code=st.just("1a"),
    elements=st.lists(elements, max_size=4).map(tuple),
    asks=st.booleans(),
    rating=st.none() | st.sampled_from(list(LABELS)),
    rationale=texts,
    last=texts,
)


def changed(**facts: object) -> Element:
    return Element(**{**vars(SOUND), **facts})


def test_a_sound_element_is_not_challenged() -> None:
    assert of_element(SOUND, FOUR) == []
    assert of_element(Element("1a.1", None), FOUR) == []


@pytest.mark.parametrize(
    ("element", "measure", "sentence"),
    [
        (changed(evidence="", kinds=()), FOUR, "“Mostly” and no evidence is given"),
        (changed(kinds=()), FOUR, "No kind of source is named"),
        (changed(kinds=("data",)), FOUR, "of one kind (data)"),
        (changed(evidence="", kinds=("views of people",)), FOUR, "of one kind (views of people)"),
        (changed(improvements=" "), FOUR, "What stands between it and “Fully”?"),
        (changed(rating=2, improvements=""), SIX, "Action is required. What has to change?"),
        (changed(evidence=LONG, exemplars=("Other", LONG)), FOUR, "stands in an exemplar"),
        (changed(evidence=LONG, last=LONG), FOUR, "unchanged from last time"),
    ],
)
def test_each_weakness_is_one_sentence(element: Element, measure: Measure, sentence: str) -> None:
    (asked,) = of_element(element, measure)
    assert sentence in asked


def test_the_lowest_rating_needs_no_evidence_and_the_highest_nothing_to_improve() -> None:
    assert of_element(changed(rating=1, evidence="", kinds=()), FOUR) == []
    assert of_element(changed(rating=4, improvements=""), FOUR) == []


@pytest.mark.parametrize(
    ("rating", "sentence"),
    [(4, "above every part of it: the highest is “Mostly”"), (1, "below every part"), (3, None)],
)
def test_an_overall_rating_outside_its_parts_is_challenged(
    rating: int, sentence: str | None
) -> None:
    parts = (SOUND, changed(code="1a.2", rating=2))
    section = Section("1a", parts, asks=True, rating=rating, rationale="Because")
    asked = challenge((section,), "First this", FOUR)
    assert [c.where for c in asked] == (["1a overall"] if sentence else [])
    assert all(sentence and sentence in c.text for c in asked)


def test_an_overall_rating_wants_a_rationale_and_the_whole_wants_a_priority() -> None:
    section = Section("1a", (SOUND,), asks=True, rating=3)
    assert challenge((section,), "", FOUR) == (
        Challenge("1a overall", "The overall rating “Mostly” has no rationale."),
        Challenge("Whole", "No priority is named. Of all that could be better, what comes first?"),
    )


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("All is in place", "ALL – is in\nplace!", True),
        ("None yet", "None yet", False),
        ("", "", False),
        (f"New words.\n{LONG}", f"Before it. {LONG} After it.", True),
        (f"We say: {LONG} And more.", LONG, True),
        ("We read ten files", f"{LONG}", False),
        (LONG.replace("ten", "twenty"), LONG, False),
    ],
)
def test_wording_repeats_when_it_is_the_same_or_holds_a_whole_paragraph(
    text: str, other: str, same: bool
) -> None:
    assert repeats(text, other) is same


@given(
    st.lists(st.sampled_from(LONG.split()), min_size=8, max_size=30),
    st.sampled_from([" ", "  ", ", ", " – "]),
    texts,
)
def test_new_dress_hides_no_repeated_paragraph(words: list[str], between: str, more: str) -> None:
    mine = between.join(words).upper()
    assert repeats(f"{more}\n{mine}", " ".join(words))
    assert repeats(" ".join(words), f"{more}\n{mine}")


@given(texts, texts)
def test_repetition_does_not_depend_on_which_comes_first(one: str, other: str) -> None:
    assert repeats(one, other) == repeats(other, one)


@given(st.lists(sections, max_size=3).map(tuple), texts)
def test_every_challenge_names_its_place_and_asks_in_whole_sentences(
    given: tuple[Section, ...], priorities: str
) -> None:
    places = {"Whole"} | {s.where for s in given} | {e.code for s in given for e in s.elements}
    for asked in challenge(given, priorities, FOUR):
        assert asked.where in places
        assert asked.text[0].isupper() and asked.text[-1] in ".?"


@given(elements)
def test_more_evidence_never_adds_a_challenge_about_evidence(element: Element) -> None:
    fuller = Element(**{**vars(element), "kinds": ("data", "documents", "observation")})
    assert len(of_element(fuller, FOUR)) <= len(of_element(element, FOUR))
