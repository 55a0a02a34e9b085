"""Rows of actions, and of the findings that they answer, in the tables of a paper. Pure."""

from collections.abc import Iterator

from governance import changed, wording
from governance.content import ActionRow, Change, Coverage, PackContent
from governance.render.blocks import Cell, Row, lines, one_line

BRIEF = 70  # characters


def named(action: ActionRow) -> Cell:
    return (one_line(action.reference), *lines(action.text))


def brief(action: ActionRow) -> Cell:
    """The reference and the beginning of the text, which the appendix has in full."""
    text = one_line(action.text)
    if len(text) > BRIEF:
        text = f"{text[:BRIEF].rsplit(' ', 1)[0]} …"
    return (one_line(action.reference), *lines(text))


def evidence(action: ActionRow) -> Cell:
    return tuple(one_line(e) for e in action.evidence if e.strip()) or ("None held.",)


def completed(action: ActionRow) -> Row:
    on = wording.day(action.completed_on, "Date not recorded")
    return Row((brief(action), lines(action.lead), (on,), evidence(action)))


def overdue(action: ActionRow, content: PackContent) -> Row:
    return Row(
        (
            brief(action),
            lines(action.lead),
            tuple(wording.due(action, content)),
            (f"{action.days_overdue:,}",),
            lines(wording.update(action, "Nothing has been reported.")),
        )
    )


def moved(action: ActionRow) -> Row:
    return Row(
        (
            brief(action),
            (wording.day(action.original_due, "No date"),),
            (wording.day(action.due, "No date"),),
            lines(wording.moved(action)),
            tuple(one_line(wording.move(m)) for m in action.moves),
        )
    )


def change_rows(content: PackContent) -> Iterator[Row]:
    """The recorded changes, kind by kind."""
    there = {action.reference: action for action in content.actions}
    kind = None
    for item in content.changes:
        if item.kind != kind:
            kind = item.kind
            yield Row(((one_line(kind),),), group=True)
        yield Row(
            (
                _changed(item, there.get(item.action)),
                (wording.day(item.on),),
                tuple(line for text in changed.what(item) for line in lines(text)),
                tuple(line for text in changed.why(item) for line in lines(text)),
            )
        )


def _changed(item: Change, action: ActionRow | None) -> Cell:
    if action is not None:
        return brief(action)
    return (one_line(item.action) or "The plan",)


def covered(item: Coverage, within: str) -> Row:
    """A part that is of another kind than what it stands within says so."""
    done = f"{item.completed:,} of {len(item.actions):,}" if item.actions else "0"
    actions = ", ".join(item.actions) or "None"
    cells = (
        lines(item.reference),
        (*(lines(item.kind) if item.kind != within else ()), *lines(item.text)),
        (one_line(actions),),
        (done,),
        (one_line(item.state),),
    )
    return Row(cells, indent=item.level)


def plan_rows(content: PackContent) -> Iterator[Row]:
    """The plan as the board reads it: grouped by quality indicator, four cells for each action."""
    groups: dict[tuple[str, str, str], list[ActionRow]] = {}
    for action in content.actions:
        groups.setdefault((action.question, action.indicator_code, action.indicator), []).append(
            action
        )
    for (question, code, indicator), members in groups.items():
        title = one_line(f"{question} {code} {indicator}") or "No quality indicator"
        yield Row(((title,),), group=True)
        yield from (Row((_what(a), _who(a), _when(a, content), _proof(a))) for a in members)


def _what(action: ActionRow) -> Cell:
    said = list(named(action))
    if action.key_messages:
        said.append(f"Key messages: {', '.join(one_line(k) for k in action.key_messages)}")
    if action.recommendations:
        said.append(
            f"Areas for improvement: {', '.join(one_line(k) for k in action.recommendations)}"
        )
    if action.illustrative:
        said.append("Illustrative")
    return tuple(said)


def _who(action: ActionRow) -> Cell:
    lead = one_line(action.lead) or "Nobody"
    return (
        f"Lead: {lead}",
        *(f"Supporting: {one_line(s)}" for s in action.supporting if s.strip()),
    )


def _when(action: ActionRow, content: PackContent) -> Cell:
    plan_words = one_line(action.timescale)
    own = wording.own_word(action.word, action.colour)
    said = [
        f"In the plan: {plan_words}" if plan_words else "",
        f"Due: {wording.day(action.due, 'no date')}",
        wording.moved(action),
        f"Status: {one_line(wording.status(action))}",
        f"The area’s word: {one_line(own)}" if own else "",
        f"{action.percent}% done" if action.percent is not None else "",
        wording.overdue(action, content),
        *lines(wording.update(action)),
        f"Decided: {one_line(action.decision)}" if action.decision else "",
    ]
    return tuple(s for s in said if s)


def _proof(action: ActionRow) -> Cell:
    held = [f"Held: {one_line(e)}" for e in action.evidence if e.strip()]
    return (*(lines(action.evidence_expected) or ("None described",)), *held)
