"""The sentences of “Did it work?”: what can be concluded, what it stands on, and what cannot. Pure.

Never “no change” and never a cause: only what the figures show beside what was done.
"""

from collections.abc import Sequence

from kpis.reading import Chart, Figure, Measure, is_better
from kpis.sentences import Style, because
from kpis.spc import xmr
from kpis.spc.numbers import known, signs
from kpis.spc.xmr import Mark
from management.days import day_text
from plans.contradictions import listed
from plans.effects import Judgement, Outcome, When, in_a_row

NO_PROOF = "This does not by itself prove the cause."
# How often a lasting change of one sigma shows after a baseline of 12 (section 4).
SELDOM = (
    "no sign is not “no change”, for a change no larger than the usual ups and downs shows within "
    "12 figures in less than half of all cases"
)


def said(found: Judgement, measure: Measure, style: Style) -> tuple[str, ...]:
    """The conclusion in one sentence or two, then what it stands on and what else must be known."""
    told = (_conclusion(found, measure, style), _basis(found, style), *_beside(found))
    return tuple(filter(None, told))


def in_short(found: Judgement, measure: Measure, style: Style) -> tuple[str, ...]:
    """The same without what it stands on, for papers that show the chart beside it."""
    return (_conclusion(found, measure, style), *_beside(found))


def _conclusion(found: Judgement, measure: Measure, style: Style) -> str:
    if found.outcome == Outcome.UNLINKED:
        return "No action is linked to this KPI, so nothing can be said of what moved it."
    if found.outcome == Outcome.OPEN:
        return f"{_complete(found)} There is nothing to judge yet."
    if found.outcome == Outcome.WAITING:
        return _waiting(found)
    words = {
        Outcome.FEW: _few,
        Outcome.REDEFINED: _redefined,
        Outcome.NO_SIGN: _no_sign,
    }.get(found.outcome, _changed)
    return words(found, measure, style)


def _complete(found: Judgement) -> str:
    """How many of them are complete, and by when."""
    linked, complete = len(found.linked), found.complete
    if not complete:
        one = f"The linked action, {found.linked[0].reference}, is not complete."
        return one if linked == 1 else f"0 of {linked} linked actions are complete."
    days = sorted(action.completed for action in complete if action.completed)
    by = f"by {days[-1]:%b %Y}"
    if linked == 1:
        return f"The linked action, {complete[0].reference}, was complete {by}."
    if len(complete) == linked:
        return f"All {linked} linked actions were complete {by}."
    return (
        f"{len(complete)} of {linked} linked actions {'was' if len(complete) == 1 else 'were'} "
        f"complete {by}."
    )


def _waiting(found: Judgement) -> str:
    effect = min(action.effect for action in found.complete if action.effect)
    latest = (
        f"the latest figure is of {found.latest.period.label}"
        if found.latest
        else ("no figure has been reported")
    )
    return (
        f"{_complete(found)} The first effect is expected from {day_text(effect)}, and {latest}: "
        "there is nothing to judge yet."
    )


def _expected(found: Judgement) -> str:
    """In Oct 2019; from Oct 2019 to Jan 2020."""
    if found.first is None or found.last is None:
        return ""
    if found.first == found.last:
        return f"in {found.first.label}"
    return f"from {found.first.label} to {found.last.label}"


def _changed(found: Judgement, measure: Measure, style: Style) -> str:
    phase = found.phase
    mark = phase.mark if phase else None
    if phase is None or mark is None or found.began is None:
        raise AssertionError("A change is told only of figures that signal one.")
    better = is_better(mark.high, measure.direction)
    way = "" if better is None else f" for the {'better' if better else 'worse'}"
    kind = "a real change" if found.lasting else "a sign of a change"
    shown = because(phase, _row(found, mark), style, "earlier ")
    began = phase.figures[found.began].period.label
    if found.when == When.EXPECTED:
        when = "at the time one would expect"
        if not found.lasting:
            when += ", which has yet to last"
        tail = NO_PROOF
    elif found.when == When.BEFORE:
        when = f"which began in {began}, before an effect could be expected ({_expected(found)})"
        tail = _sooner(found, phase.figures[found.began])
    else:
        when = f"which began in {began}, later than was expected ({_expected(found)})"
        tail = "Something else may have brought it about, or the actions take longer to show."
    shown = _capital(f"{_until(found)}{shown}")
    return f"{_complete(found)} {shown}: {kind}{way}, {when}. {tail}"


def _sooner(found: Judgement, began: Figure) -> str:
    """Of a change that began too soon. The day of completion is that of its verification: the work
    itself was done before."""
    part = "may or may not have had a part"
    if any(action.completed and action.completed <= began.period.end for action in found.complete):
        return f"The change began sooner than was expected; what was done by then {part}."
    they = "they were" if len(found.complete) > 1 else "it was"
    return f"The change began before {they} verified as complete; work done earlier {part}."


def _row(found: Judgement, mark: Mark) -> Mark:
    """Of a change that lasts: the row of figures on one side says more than the latest of them."""
    phase = found.phase
    if phase is None or not found.lasting:
        return mark
    side = 1 if mark.high else -1
    there = [one for one in signs(phase.values, phase.centre)[found.began :] if one is not None]
    return Mark(xmr.Cause.SHIFT, mark.high) if set(there) == {side} else mark


def _no_sign(found: Judgement, measure: Measure, style: Style) -> str:
    there = _many(found.after)
    faded = _faded(found, measure)
    shown = _capital(f"{_until(found)}no sign of change")
    return (
        f"{_complete(found)} {shown} in the {there} since an effect was expected "
        f"({_expected(found)}).{faded} That would be enough to see a large change; {SELDOM}."
    )


def _faded(found: Judgement, measure: Measure) -> str:
    """A sign that was there since, and is no more."""
    if found.phase is None or found.first is None:
        return ""
    signs = [
        (figure, mark)
        for figure, mark in zip(found.phase.figures, found.phase.marks, strict=True)
        if mark and figure.period.start >= found.first.start
    ]
    if not signs:
        return ""
    figure, mark = signs[-1]
    better = is_better(mark.high, measure.direction)
    way = "" if better is None else f" for the {'better' if better else 'worse'}"
    return (
        f" There was a sign of a change{way} up to {figure.period.label}; the latest figures do "
        "not bear it out."
    )


def _few(found: Judgement, measure: Measure, style: Style) -> str:
    if found.why:
        return (
            f"{_complete(found)} Nothing can be concluded from before and after: "
            f"{_many(found.base)} from before an effect was expected ({_expected(found)}), "
            f"{len(found.after)} since. {found.why}{_direction(found, measure, style)}"
        )
    row = in_a_row(found.phase.chart) if found.phase else 0
    faded = _faded(found, measure)
    signals = "the latest of which does not signal" if faded else "none of which signals"
    until = _until(found)
    shown = _capital(f"{until}too few figures to say") if until else "Too early to say"
    return (
        f"{_complete(found)} {shown}: {_many(found.after)} since an effect was expected "
        f"({_expected(found)}), {signals} a change; {row} in a row on one side of the "
        f"earlier level would.{faded}"
    )


def _direction(found: Judgement, measure: Measure, style: Style) -> str:
    """Of yearly figures, that will hardly ever be enough: which way they went, and no more."""
    before, after = (known(f.value for f in part) for part in (found.base, found.after))
    if not measure.yearly or not before or not after:
        return ""
    return (
        f" The last yearly figure before was {style.show(before[-1])} "
        f"({found.base[-1].period.label}), the latest is {style.show(after[-1])} "
        f"({found.after[-1].period.label}): a direction, and no finding."
    )


def _redefined(found: Judgement, measure: Measure, style: Style) -> str:
    since = f"{found.cut.start:%b %Y}" if found.cut else ""
    return (
        f"{_complete(found)} What is counted changed in {since}, so before and after the effect "
        f"that was expected {_expected(found)} cannot be compared: {_many(found.base)} before and "
        f"{len(found.after)} since count the same. {found.why}"
    )


def _cut_later(found: Judgement) -> bool:
    """Whether what is counted changed since an effect was expected."""
    return bool(found.cut and found.first and found.cut.start > found.first.start)


def _until(found: Judgement) -> str:
    """Up to which figure it is said, where what is counted changed since."""
    if found.phase is None or not _cut_later(found):
        return ""
    return f"up to {found.phase.figures[-1].period.label} (what is counted changed then), "


def _basis(found: Judgement, style: Style) -> str:
    """What the conclusion stands on."""
    if found.phase is None or not found.base:
        return ""
    span = f"{found.base[0].period.label} to {found.base[-1].period.label}"
    centre = "median" if found.phase.chart == Chart.RUN else "mean"
    level = "" if found.phase.centre is None else f", {centre} {style.show(found.phase.centre)}"
    return (
        f"Compared: {_many(found.base)} before ({span}{level}) with {len(found.after)} since. "
        f"{found.phase.chart}; centre{'' if found.phase.chart == Chart.RUN else ' and limits'} "
        "frozen on the figures before."
    )


def _beside(found: Judgement) -> list[str]:
    """What was left out, and what has yet to show."""
    told = []
    if found.cut and found.outcome != Outcome.REDEFINED and found.first:
        side = "from then on" if _cut_later(found) else "from before"
        told.append(
            f"What is counted changed in {found.cut.start:%b %Y} ({found.cut.why.rstrip('.')}): "
            f"figures {side} are left out."
        )
    still = [action.reference for action in found.complete if action not in found.due]
    if still and found.due:
        has = "has" if len(still) == 1 else "have"
        told.append(
            f"{listed(still)} {has} yet to show: an effect is expected later than the latest "
            "figure."
        )
    return told


def _many(figures: Sequence[Figure]) -> str:
    return f"{len(figures)} figure{'' if len(figures) == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
