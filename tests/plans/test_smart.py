"""The SMART check: what it asks about, and what it leaves in peace."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.smart import Advice, Draft, Measure, advise

SOUND = Draft(
    text="Report every month how many people were seen within one working day.",
    evidence_expected="The monthly report, and 85% seen within one working day.",
    lead="Information Lead",
    holder="Iain Reid",
    due=date(2020, 3, 31),
    timescale="March 2020",
    measures=(Measure("Contact within one working day", True, True),),
    plan_ends=date(2020, 12, 31),
)


def codes(draft: Draft) -> list[str]:
    return [advice.code for advice in advise(draft)]


def test_a_sound_action_is_left_in_peace() -> None:
    assert advise(SOUND) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Improve supervision.", "“improve” does"),
        ("Further develop the range of unpaid work placements", "“further develop” does"),
        ("STRENGTHEN the link with police where possible", "“strengthen” and “where possible” do"),
        ("Explore options", "“explore” does"),
        ("Improve the range, with better records", "“improve” does"),
    ],
)
def test_vague_words_are_quoted(text: str, words: str) -> None:
    (advice,) = advise(replace(SOUND, text=text))
    assert (advice.code, advice.field) == ("vague", "text")
    assert advice.sentence.startswith(f"{words} not say what will be different.")


@pytest.mark.parametrize(
    "text",
    [
        "Improve contact within one working day from 41% to 85%.",
        "Improve every case record before its review.",
        "Approve the improvement plan.",  # only whole words count
        "Recruit a service manager.",
    ],
)
def test_a_figure_or_another_word_is_not_vague(text: str) -> None:
    assert codes(replace(SOUND, text=text)) == []


@pytest.mark.parametrize(
    ("text", "codes_of", "words"),
    [
        ("Access to improved range of accredited programmes", ["vague", "no_verb"], "“Access to”"),
        ("Improved access to groups", ["vague", "no_verb"], "“Improved”"),
        ("Better use of records", ["vague", "no_verb"], "“Better”"),
        ("Reduction in missed visits", ["no_verb"], "“Reduction in”"),
        ("Availability of a women's group", ["no_verb"], "“Availability of”"),
    ],
)
def test_what_nobody_does_is_no_action_yet(text: str, codes_of: list[str], words: str) -> None:
    found = advise(replace(SOUND, text=text))
    assert [advice.code for advice in found] == codes_of
    assert found[-1].field == "text"
    assert found[-1].sentence.startswith(f"{words} is not yet something that somebody does.")


@pytest.mark.parametrize(
    "text",
    [
        "Access the training fund",
        "Publish the improved guide",
        "Increase the hours of the helpdesk",
        "Change to electronic records",
        "Use the new form",
        "Appoint to the new post of service manager",
        "Weekly management meetings to follow the plan",
        "Joint awareness session for social work and police",
        "Increased home visits: two a month for each person",  # a figure says how much
    ],
)
def test_what_somebody_does_is_left_in_peace_however_it_begins(text: str) -> None:
    assert codes(replace(SOUND, text=text)) == []


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("Review the policy and train the staff.", 2),
        ("Finish a review of training needs, then train practitioners.", 2),
        ("Audit the cases; report the results. Hold a session.", 3),
        ("• Write the guide\n• Publish the guide", 2),
        ("Improve the induction and also train staff", 2),
        ("Publish the guide. Also train staff in it.", 2),
        ("Further develop and improve supervision, and review training, ongoing", 2),
        ("Continue to develop the guide and train staff", 2),
        ("Further develop and improve supervision", 0),
        ("Review and also update the policy.", 0),
        ("Train staff and also, where needed, their managers.", 0),
        ("Review and update the policy.", 0),
        ("Improve and further develop the programme.", 0),
        ("Continue to strengthen, and to further develop, the programme.", 0),
        ("Develop further and embed the programme.", 0),
        ("Improve the programme and further develop the guide.", 2),
        ("Write the guide and then train staff.", 2),
        ("Develop, test and publish the guide.", 0),
        ("Train staff in use of LS/CMI and MAPPA.", 0),
        ("Ask people on orders, families and local communities what they think.", 0),
        ("Bring managers together each week to follow how the plan is going.", 0),
    ],
)
def test_several_actions_in_one_are_counted(text: str, many: int) -> None:
    found = [a for a in advise(replace(SOUND, text=text)) if a.code == "several"]
    assert [f"looks like {many} actions" in a.sentence for a in found] == ([True] if many else [])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Further develop and improve supervision, and review training, ongoing", "ongoing"),
        ("Hold two sessions a month, on-going.", "on-going"),
        ("Publish a newsletter from July 2019 onwards", "onwards"),
        ("Train all staff on a rolling basis.", "on a rolling basis"),
        ("Review ongoing cases in May 2020", ""),
        ("Publish the rolling programme of 12 months", ""),
        ("Agree who follows continuous improvement", ""),
    ],
)
def test_a_text_that_ends_without_an_end_is_pointed_out(text: str, word: str) -> None:
    found = [a for a in advise(replace(SOUND, text=text)) if a.code == "endless"]
    assert [a.sentence.startswith(f"“{word}” has no end. Say") for a in found] == [True] * bool(
        word
    )


NOTHING = ["", "  ", "n/a", "N/A.", "none", "TBC", "-", "as above", "None described."]
NOTHING += ["Better", "Improved outcomes.", "Things will be better", "It is done"]


@pytest.mark.parametrize("evidence", NOTHING)
def test_without_a_kpi_some_evidence_must_be_described(evidence: str) -> None:
    draft = replace(SOUND, evidence_expected=evidence, measures=())
    assert codes(draft) == ["no_measure"]
    for described in ("Nobody waits.", "Better plans", "90% better"):
        assert codes(replace(draft, evidence_expected=described)) == []
    assert codes(replace(draft, measures=SOUND.measures)) == []


@pytest.mark.parametrize(
    ("baseline", "target", "missing"),
    [
        (False, True, "has no baseline yet"),
        (True, False, "has no target yet"),
        (False, False, "has no baseline and no target yet"),
    ],
)
def test_a_kpi_without_baseline_or_target_cannot_show_it(
    baseline: bool, target: bool, missing: str
) -> None:
    half = Measure("Contact", baseline, target)
    draft = replace(SOUND, evidence_expected="", measures=(half,))
    (advice,) = advise(draft)
    assert advice.code == "half_measure" and f"“Contact” {missing}" in advice.sentence
    assert codes(replace(draft, measures=(half, Measure("Other", True, True)))) == []


def test_a_post_leads_and_somebody_holds_it() -> None:
    assert codes(replace(SOUND, lead="", holder="")) == ["no_lead"]
    (advice,) = advise(replace(SOUND, holder=""))
    assert advice == Advice(
        "not_held",
        "lead",
        "Nobody holds the post “Information Lead” today, so nobody will be reminded of it.",
    )


@pytest.mark.parametrize(
    ("timescale", "code", "words"),
    [
        ("July 2019 onwards", "no_end", "“onwards” has no end"),
        ("Ongoing", "no_end", "“Ongoing” has no end"),
        ("on-going", "no_end", "“on-going” has no end"),
        ("TBC", "no_date", "“TBC” is not a date"),
        ("to be agreed", "no_date", "“to be agreed” is not a date"),
        ("Board: 7 August CCG: Safer DIG:", "no_date", "“Board: 7 August CCG: Safer DIG:” could"),
        ("", "no_date", "can never be late"),
    ],
)
def test_words_that_are_no_date_are_quoted(timescale: str, code: str, words: str) -> None:
    (advice,) = advise(replace(SOUND, due=None, timescale=timescale))
    assert (advice.code, advice.field) == (code, "due")
    assert words in advice.sentence


def test_a_date_past_the_end_of_the_plan_names_both_days() -> None:
    late = replace(SOUND, due=date(2021, 1, 1))
    (advice,) = advise(late)
    assert advice.code == "after_plan"
    assert "1 January 2021" in advice.sentence and "31 December 2020" in advice.sentence
    assert codes(replace(late, due=date(2020, 12, 31))) == []
    assert codes(replace(late, plan_ends=None)) == []


words = st.text(max_size=200) | st.sampled_from(["improve", "ongoing", "tbc", "a and b, c; d. e"])
drafts = st.builds(
    Draft,
    text=words,
    evidence_expected=words,
    lead=words,
    holder=words,
    due=st.none() | st.dates(),
    timescale=words,
    measures=st.lists(st.builds(Measure, words, st.booleans(), st.booleans()), max_size=3),
    plan_ends=st.none() | st.dates(),
)


@given(drafts)
def test_whatever_is_written_gets_whole_sentences_at_known_fields(draft: Draft) -> None:
    for advice in advise(draft):
        assert advice.field in {"text", "evidence_expected", "kpis", "lead", "due"}
        assert advice.sentence[0] in "“" or advice.sentence[0].isupper()
        assert advice.sentence.endswith(".")


@given(drafts)
def test_what_is_advised_once_does_not_depend_on_the_other_fields(draft: Draft) -> None:
    """An action that is mended in one field is asked nothing new about another."""
    before = {a.code for a in advise(draft)}
    mended = replace(draft, due=SOUND.due, plan_ends=None)
    assert {a.code for a in advise(mended)} <= before


def test_a_long_text_is_read_in_a_short_time() -> None:
    """No rule looks again and again: 20,000 characters, the limit of the field."""
    advise(
        Draft(text="review, " * 2500, timescale="on " * 6000, evidence_expected="-" * 20_000 + "a")
    )


def test_each_verb_of_several_actions_in_one_is_named() -> None:
    text = "Improve the programme. Publish the guide. Review the policy."
    (advice,) = [a for a in advise(replace(SOUND, text=text)) if a.code == "several"]
    assert "3 actions in one: it says “improve”, “publish” and then “review”." in advice.sentence
