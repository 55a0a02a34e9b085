"""What the headings in common use say of their columns, and the signature that they leave."""

import pytest

from plans.sheets.fields import Field, Sure, by_heading, signature

F = Field


@pytest.mark.parametrize(
    ("heading", "field", "sure"),
    [
        ("Quality Indicators", F.INDICATOR, Sure.CERTAIN),
        ("QI", F.INDICATOR, Sure.CERTAIN),
        ("Actions for improvement", F.ACTION, Sure.CERTAIN),
        ("ACTION(S) REQUIRED:", F.ACTION, Sure.CERTAIN),
        ("What are we going to do?", F.ACTION, Sure.CERTAIN),
        ("Improvement Action (SMART)", F.ACTION, Sure.LIKELY),
        ("Responsible", F.RESPONSIBLE, Sure.CERTAIN),
        ("Lead officer(s)", F.RESPONSIBLE, Sure.CERTAIN),
        ("Action\u00a0 owner", F.RESPONSIBLE, Sure.CERTAIN),
        ("Owner", F.RESPONSIBLE, Sure.CERTAIN),
        ("Responsible officer / lead", F.RESPONSIBLE, Sure.LIKELY),
        ("Supporting officers", F.SUPPORTING, Sure.CERTAIN),
        ("Timescales/Review\n(progress)", F.TIMESCALE, Sure.CERTAIN),
        ("Target date", F.TIMESCALE, Sure.CERTAIN),
        ("Due", F.TIMESCALE, Sure.CERTAIN),
        ("Action due date", F.TIMESCALE, Sure.LIKELY),
        ("Revised target date", F.REVISED, Sure.CERTAIN),
        ("Evidence of improvement", F.EVIDENCE, Sure.CERTAIN),
        ("How will we know?", F.EVIDENCE, Sure.CERTAIN),
        ("Outcomes", F.EVIDENCE, Sure.LIKELY),
        ("RAG", F.STATUS, Sure.CERTAIN),
        ("B.R.A.G. status", F.STATUS, Sure.LIKELY),
        ("BRAG status", F.STATUS, Sure.CERTAIN),
        ("Comments", F.PROGRESS, Sure.CERTAIN),
        ("Update Q3", F.PROGRESS, Sure.LIKELY),
        ("Progress update – October 2019", F.PROGRESS, Sure.LIKELY),
        ("% complete", F.PERCENT, Sure.CERTAIN),
        ("Progress (%)", F.PERCENT, Sure.CERTAIN),
        ("Key message(s)", F.MESSAGES, Sure.CERTAIN),
        ("Ref", F.REFERENCE, Sure.CERTAIN),
        ("No.", F.REFERENCE, Sure.CERTAIN),
        ("#", F.REFERENCE, Sure.CERTAIN),
        ("Priority", F.NOTHING, Sure.CERTAIN),
        ("Recommendation", F.NOTHING, Sure.CERTAIN),
        ("Date completed", F.NOTHING, Sure.CERTAIN),
        ("Latest update on", F.NOTHING, Sure.CERTAIN),
        ("Latest update by", F.NOTHING, Sure.CERTAIN),
        ("Timescale (start)", F.NOTHING, Sure.LIKELY),
        ("Timescale from", F.NOTHING, Sure.LIKELY),
        ("Timescale Finish", F.TIMESCALE, Sure.LIKELY),
        ("Start and end date", F.TIMESCALE, Sure.LIKELY),
        ("Finish", F.TIMESCALE, Sure.CERTAIN),
        ("Date agreed", F.NOTHING, Sure.CERTAIN),
        ("RAG key", F.NOTHING, Sure.LIKELY),
        ("Meaning", F.NOTHING, Sure.CERTAIN),
        ("Kategorie", F.NOTHING, Sure.NONE),
        ("", F.NOTHING, Sure.NONE),
        ("Actions " * 20, F.NOTHING, Sure.NONE),
    ],
)
def test_headings_of_real_plans_are_known(heading: str, field: Field, sure: Sure) -> None:
    found, how_sure, why = by_heading(heading)
    assert (found, how_sure) == (field, sure) and why


def test_headings_that_are_written_differently_have_one_signature() -> None:
    once = signature(["Ref", "Actions for improvement", "Timescales/Review (progress)"])
    assert once == signature(
        ["REF.", " Actions\nfor improvement:", "Timescales / review – progress"]
    )
    assert once != signature(["Actions for improvement", "Ref", "Timescales/Review (progress)"])
    assert len(once) == 64
