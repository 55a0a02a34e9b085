"""The SMART check of an action: what about it is not yet specific, measured, owned and dated.

It advises in sentences and gives no score: good actions are written by people who are asked good
questions. The tests of each rule come from document 004, Appendix B, and `domain.md`, Plans.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from management.days import day_text


@dataclass(frozen=True)
class Measure:
    """A KPI that the action should move."""

    name: str
    has_baseline: bool
    has_target: bool


@dataclass(frozen=True)
class Draft:
    """An action as it is written so far. `holder` is who holds the lead post today, or empty."""

    text: str = ""
    evidence_expected: str = ""
    lead: str = ""
    holder: str = ""
    due: date | None = None
    timescale: str = ""
    measures: Sequence[Measure] = ()
    plan_ends: date | None = None


@dataclass(frozen=True)
class Advice:
    """One thing to look at. `code` names the rule and `field` the place; both stay the same."""

    code: str
    field: str
    sentence: str


# Words that promise a direction and no result, unless a figure stands beside them.
VAGUE = (
    *("further develop", "continue to develop", "develop further", "further improve"),
    *("improve", "enhance", "strengthen", "optimise", "maximise", "promote", "embed", "explore"),
    *("raise awareness", "build on", "work towards", "look at", "look into", "seek to", "aim to"),
    *("consider", "support the development of", "make better", "do better", "as appropriate"),
    *("where appropriate", "where possible", "if possible", "as required", "as necessary"),
)
# Where an action begins with how things will be, these say no more than the words above.
_HOPED = re.compile(
    r"\b(improved|enhanced|strengthened|increased|better|greater|stronger"
    r"|more (?:effective|robust))\b",
    re.IGNORECASE,
)
# What is not done by anybody, at the beginning of an action.
_STATE = re.compile(
    r"(access to|(?:availability|awareness|quality|use|understanding) of"
    r"|improvements? (?:in|to)|(?:increase|reduction) in|improved|enhanced|strengthened|increased"
    r"|reduced|better|greater|stronger|more (?:effective|robust))\s",
    re.IGNORECASE,
)
_VAGUE = re.compile(rf"\b({'|'.join(sorted(VAGUE, key=len, reverse=True))})\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d|\b(?:all|every|each|none|half|weekly|monthly|quarterly|daily)\b", re.I)
_OPEN_ENDED = re.compile(
    r"\b(on-?going|onwards?|continuous(?:ly)?|continual(?:ly)?|rolling|as required|as and when"
    r"|until further notice|no end date|business as usual)\b",
    re.IGNORECASE,
)
# Of a text only what it ends with: “Review ongoing cases in May” has an end.
_GOES_ON = re.compile(
    r"\b(on-?going|onwards?|continuously|continually|until further notice"
    r"|on an? (?:on-?going|rolling|continuous) basis)[\s.;)]*\Z",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"\b(t\.?b\.?[acd]|to be (?:agreed|confirmed|decided|determined)|not known|unknown)\b\.?",
    re.IGNORECASE,
)
_NOTHING = {
    *("", "n a", "na", "none", "nil", "as above", "see above", "tba", "tbc", "tbd", "t b c"),
    "none described",  # what pages and files say where nothing is
}
# Alone, these say that something will be better and not how anyone will see it.
_HOPES = {
    *("better", "best", "good", "improve", "improves", "improved", "improving", "improvement"),
    *("improvements", "enhance", "enhanced", "enhancement", "strengthened", "stronger", "more"),
    *("increase", "increased", "positive", "effective", "effectiveness", "progress", "change"),
    *("changes", "changed", "quality", "outcome", "outcomes", "result", "results", "done"),
    *("complete", "completed", "success", "successful", "things", "much", "very", "a", "an"),
    *("the", "and", "or", "of", "in", "for", "to", "with", "will", "be", "been", "is", "are"),
    *("has", "have", "it", "they", "this", "that"),
}
# What an action's part begins with. "Review and update the policy" is one piece of work, "review
# the policy and train the staff" is two.
VERBS = (
    *("agree", "appoint", "arrange", "ask", "audit", "bring", "build", "carry", "check", "collect"),
    *("commission", "complete", "consult", "create", "deliver", "design", "develop", "draft"),
    *("embed", "ensure", "establish", "evaluate", "finish", "hold", "identify", "implement"),
    *("improve", "increase", "introduce", "investigate", "launch", "make", "meet", "monitor"),
    *("offer", "open", "organise", "pilot", "prepare", "present", "produce", "provide", "publish"),
    *("recruit", "reduce", "refresh", "report", "review", "revise", "roll out", "run", "send"),
    *("set up", "share", "start", "strengthen", "survey", "test", "track", "train", "undertake"),
    *("update", "use", "widen", "work with", "write"),
)
_VERB = rf"(?:{'|'.join(map(re.escape, VERBS))})"
_STARTS_WITH_VERB = re.compile(
    rf"(?:(?:then|also|to|further|continue to) ){{0,2}}({_VERB})\b", re.IGNORECASE
)
_BREAK = re.compile(r"(?:[;•\n]|\.\s|,?\s+and\s+(?:then\s+)?|,\s+then\s+|,\s+)")
# Two verbs with one object: “improve and further develop the programme” is one piece of work.
_PAIR = re.compile(
    rf"\b({_VERB})(?: further)?(?:,?\s+and\s+|,\s+)(?:(?:also|to|further|continue to)\s+){{0,2}}"
    rf"{_VERB}\b",
    re.IGNORECASE,
)


def advise(draft: Draft) -> list[Advice]:
    """Everything to look at in the draft, in the order of the letters: S, M, A, T."""
    return [advice for rule in _RULES for advice in rule(draft)]


def _vague(draft: Draft) -> Iterator[Advice]:
    if not draft.text.strip():
        yield Advice("no_text", "text", "Say what will be done.")
    elif not _FIGURE.search(draft.text):
        words = list(dict.fromkeys(found.lower() for found in _promised(draft.text)))
        if words:
            quoted = " and ".join(f"“{word}”" for word in words[:3])
            says = "do" if len(words) > 1 else "does"
            yield Advice(
                "vague",
                "text",
                f"{quoted} {says} not say what will be different. "
                "Say what will be done, or how much of what will change.",
            )


def _promised(text: str) -> list[str]:
    """The vague words. “Publish the improved guide” says what is done, “Improved guide” not."""
    return _VAGUE.findall(text) + (_HOPED.findall(text) if _STATE.match(text.strip()) else [])


def _undone(draft: Draft) -> Iterator[Advice]:
    state = _STATE.match(draft.text.strip())
    if state and not _FIGURE.search(draft.text):
        yield Advice(
            "no_verb",
            "text",
            f"“{state[1]}” is not yet something that somebody does. "
            "Begin with what will be done, such as “Offer”, “Train” or “Publish”.",
        )


def _several(draft: Draft) -> Iterator[Advice]:
    starts = [found[1].lower() for part in _parts(draft.text) if (found := _verb_of(part))]
    if len(starts) > 1:
        *before, last = (f"“{start}”" for start in starts)
        yield Advice(
            "several",
            "text",
            f"This looks like {len(starts)} actions in one: it says {', '.join(before)} and "
            f"then {last}. Give each its own post and date, or make them its steps.",
        )


def _parts(text: str) -> list[str]:
    joined = text
    while (shorter := _PAIR.sub(r"\1", joined)) != joined:
        joined = shorter
    return [part.strip() for part in _BREAK.split(joined) if part and part.strip()]


def _verb_of(part: str) -> re.Match[str] | None:
    return _STARTS_WITH_VERB.match(part)


def _endless(draft: Draft) -> Iterator[Advice]:
    if goes_on := _GOES_ON.search(draft.text):
        yield Advice(
            "endless",
            "text",
            f"“{goes_on[1]}” has no end. Say what will be there once it is done; what goes on "
            "after that is everyday work.",
        )


def _measured(draft: Draft) -> Iterator[Advice]:
    if _described(draft.evidence_expected) or any(
        m.has_baseline and m.has_target for m in draft.measures
    ):
        return
    if not draft.measures:
        yield Advice(
            "no_measure",
            "evidence_expected",
            "Nothing says how anyone will see that it worked. Link a KPI that has a baseline and a "
            "target, or describe the evidence of improvement.",
        )
        return
    for measure in draft.measures:
        wanted = {"baseline": measure.has_baseline, "target": measure.has_target}
        missing = " and no ".join(word for word, there in wanted.items() if not there)
        yield Advice(
            "half_measure",
            "kpis",
            f"The KPI “{measure.name}” has no {missing} yet, so it cannot show that this worked. "
            "Add what is missing, or describe the evidence of improvement.",
        )


def _described(evidence: str) -> bool:
    said = re.sub(r"[\W_]+", " ", evidence).strip().lower()
    return said not in _NOTHING and not _HOPES.issuperset(said.split())


def _owned(draft: Draft) -> Iterator[Advice]:
    if not draft.lead:
        yield Advice("no_lead", "lead", "Nobody is accountable. Name one post that leads it.")
    elif not draft.holder:
        yield Advice(
            "not_held",
            "lead",
            f"Nobody holds the post “{draft.lead}” today, so nobody will be reminded of it.",
        )


def _dated(draft: Draft) -> Iterator[Advice]:
    if draft.due is None:
        open_ended = _OPEN_ENDED.search(draft.timescale)
        undecided = _UNDECIDED.search(draft.timescale)
        if open_ended:
            yield Advice(
                "no_end",
                "due",
                f"“{open_ended[0]}” has no end. Give the date by which it will be seen to work; "
                "what goes on after that is everyday work.",
            )
        elif undecided:
            yield Advice("no_date", "due", f"“{undecided[0]}” is not a date. Give the due date.")
        elif draft.timescale.strip():
            yield Advice(
                "no_date",
                "due",
                f"“{_short(draft.timescale)}” could not be read as one due date. Give the date.",
            )
        else:
            yield Advice("no_date", "due", "There is no due date, so it can never be late.")
    elif draft.plan_ends is not None and draft.due > draft.plan_ends:
        yield Advice(
            "after_plan",
            "due",
            f"It is due on {day_text(draft.due)}, after the plan ends on "
            f"{day_text(draft.plan_ends)}. Move one of them, or say where it will go on.",
        )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


_RULES: tuple[Callable[[Draft], Iterator[Advice]], ...] = (
    _vague,
    _undone,
    _several,
    _endless,
    _measured,
    _owned,
    _dated,
)
