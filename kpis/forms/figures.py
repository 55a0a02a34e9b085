"""Forms of figures: those of one period across all KPIs, and one figure with its break-down."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from kpis.models import Indicator, Observation, Vintage
from kpis.services.checking import Held, Outcome
from kpis.services.figures import Entry
from kpis.services.of_period import Row, words_of
from kpis.typed import Misread, typed
from management import clock
from management.days import day_text
from management.fields import optional_day

NONE_DUE, NO_FIGURE = "none_due", "no_figure"
SHORT, LONG = 60, 2_000  # characters
# Where the sentences of a service on an entry stand in a form.
PLACES = {"numerator": "number", "value": "number", "period": "number", "denominator": "out_of"}
PLACES |= {"vintage": "state", "note": "note", "reason": "reason", "source": "source"}
MORE = 4  # empty lines for parts
WHY_NONE = "Say why there is no figure."


class Line:
    """The fields of one figure within a form, by the end of their names."""

    def __init__(self, form: forms.Form, end: str, indicator: Indicator, name: str) -> None:
        self.form, self.end, self.indicator, self.name = form, end, indicator, name

    def __contains__(self, what: str) -> bool:
        return f"{what}{self.end}" in self.form.fields

    def __getitem__(self, what: str) -> Any:
        """The bound field. Raises KeyError where the line has none of the kind."""
        return self.form[f"{what}{self.end}"]

    def add(self, what: str, field: forms.Field) -> None:
        field.label = f"{field.label}{self.name}"
        self.form.fields[f"{what}{self.end}"] = field

    def said(self, what: str) -> Any:
        value = self.form.cleaned_data.get(f"{what}{self.end}", "")
        return value.strip() if isinstance(value, str) else value

    def refuse(self, what: str, sentence: str) -> None:
        """Put the sentence at the field, that of the whole, or the number, whichever there is."""
        names = (f"{what}{self.end}", what, f"number{self.end}")
        self.form.add_error(next(name for name in names if name in self.form.fields), sentence)

    def touched(self) -> bool:
        fields = ("number", "out_of", "state", "note", "reason")
        return any(f"{what}{self.end}" in self.form.changed_data for what in fields)


def _numbers(line: Line, *, out_of: bool, counts: bool) -> None:
    mode = "numeric" if counts else "decimal"
    line.add("number", _line("Number", mode))
    if out_of:
        line.add("out_of", _line("Out of", "numeric"))


def _line(label: str, mode: str = "", size: int = SHORT) -> forms.CharField:
    # A person may write 85% or “n/a”: the keyboard is offered, nothing is enforced.
    attrs = {"autocomplete": "off"} | ({"inputmode": mode} if mode else {})
    return forms.CharField(
        label=label, required=False, max_length=size, widget=forms.TextInput(attrs=attrs)
    )


def _edition(read: int) -> forms.IntegerField:
    """The edition that was read; whoever says none has read of no figure."""
    return forms.IntegerField(initial=read, min_value=0, required=False, widget=forms.HiddenInput)


def _states(row: Row) -> list[tuple[str, str]]:
    found = [(Vintage.PROVISIONAL.value, "Provisional")]
    if row.period.end < clock.today():
        found.insert(0, (Vintage.FINAL.value, "Final"))
        if row.stands is not None:
            found.append((Vintage.RESTATED.value, "Restated"))
    return [*found, (NONE_DUE, "None was due"), (NO_FIGURE, "No figure (say why)")]


def _state(row: Row) -> str:
    """What is chosen at first: how the figure stands that is there."""
    ended = row.period.end < clock.today()
    if row.stands is None or not ended:
        return Vintage.FINAL if ended else Vintage.PROVISIONAL
    return str(row.stands.vintage)


def _figure(line: Line, row: Row) -> dict[str, Any] | None:
    """The facts of the entry; None after a refusal."""
    number, out_of, state, note = map(line.said, ("number", "out_of", "state", "note"))
    state = state or _state(row)
    ended = row.period.end < clock.today()
    settled = Vintage.FINAL if ended else Vintage.PROVISIONAL
    if state in {NONE_DUE, NO_FIGURE} and (number or out_of):
        label = dict(_states(row))[state]
        line.refuse("state", f"You chose “{label}”, and gave a number as well.")
        return None
    if state == NONE_DUE:
        return {"numerator": 0, "denominator": 0, "vintage": settled, "note": note}
    if state == NO_FIGURE or (not number and not out_of and row.stands is None):
        if state != NO_FIGURE:
            line.refuse("number", "Give the figure, or say that there is none.")
        elif not note:
            line.refuse("note", WHY_NONE)
        return {"vintage": settled, "note": note}
    if not number and not out_of and row.stands is not None:
        stands = row.stands
        counts = {name: getattr(stands, name) for name in ("numerator", "denominator", "value")}
        return {**counts, "vintage": state, "note": note or stands.note}
    return _typed(line, row, number, out_of, state, note)


def _typed(
    line: Line, row: Row, number: str, out_of: str, state: str, note: str
) -> dict[str, Any] | None:
    try:
        found = typed(number, out_of, unit=row.indicator.unit, counts=row.counts)
    except Misread as error:
        line.refuse(error.field, str(error))
        return None
    note = note or found.note
    if found.is_nothing and not note:
        line.refuse("note", WHY_NONE)
    return {
        "numerator": found.numerator,
        "denominator": found.denominator,
        "value": found.value,
        "vintage": found.vintage or state,
        "note": note,
    }


class FiguresForm(forms.Form):
    """What forms with figures share: what is doubtful, and what somebody else gave meanwhile."""

    seen = forms.CharField(required=False, max_length=SHORT, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial: dict[str, Any] = {}
        self.entries: list[Entry] = []
        self.lines: dict[tuple[Any, ...], Line] = {}
        self.doubts: list[tuple[Line, str]] = []
        self.stale: list[tuple[str, str, str]] = []

    def hold(self, held: Held) -> None:
        """Show why nothing was recorded; what was typed stays."""
        sent: Any = self.data
        data = sent.copy()
        for outcome in held.outcomes:
            line = self.lines[outcome.entry.place]
            if outcome.changed:
                entry = outcome.entry
                name = f"{entry.split}: {entry.part}" if entry.part else str(entry.indicator)
                self.stale.append((name, _given(outcome), _typed_words(entry)))
                data[f"edition{line.end}"] = str(outcome.stands.edition if outcome.stands else 0)
            for name, sentence in outcome.errors.items():
                line.refuse(PLACES.get(name, "number"), sentence)
            self.doubts += [(line, text) for text in outcome.doubts]
        data["seen"] = held.mark
        self.data = data


def _given(outcome: Outcome) -> str:
    one = outcome.stands
    if one is None:
        return ""
    note = f". {one.note}" if one.note else ""
    return (
        f"{words_of(one)}, {one.get_vintage_display().lower()}, given by {one.entered_by} on "
        f"{day_text(timezone.localtime(one.entered_at).date())}{note}"
    )


def _typed_words(entry: Entry) -> str:
    one = Observation(
        indicator=entry.indicator,
        numerator=entry.numerator,
        denominator=entry.denominator,
        value=entry.value,
        vintage=entry.vintage,
    )
    note = f". {entry.note}" if entry.note else ""
    return f"{words_of(one)}, {one.get_vintage_display().lower()}{note}"


class PeriodForm(FiguresForm):
    """The figures of the KPIs whose periods end together. A line left alone says nothing."""

    def __init__(self, data: Any = None, *, rows: Sequence[Row]) -> None:
        super().__init__(data)
        self.rows: list[tuple[Row, Line]] = []
        for row in rows:
            line = Line(self, f"_{row.indicator.pk}", row.indicator, f", {row.indicator.code}")
            self.rows.append((row, line))
            # What was typed before it was approved is not lost, though it cannot be saved.
            if row.locked and not self._typed_into(line):
                continue
            _numbers(line, out_of=row.out_of, counts=row.counts)
            # A KPI that was defined since the form was opened sends nothing at all.
            state = forms.ChoiceField(
                label="It is",
                choices=_states(row),
                initial=_state(row),
                required=False,
                show_hidden_initial=True,
            )
            line.add("state", state)
            line.add("note", _line("Note", size=LONG))
            if row.stands is not None:
                line.add("reason", _line("Why it changes", size=LONG))
            line.add("edition", _edition(row.edition))

    def _typed_into(self, line: Line) -> bool:
        return any(self.data.get(f"{what}{line.end}", "").strip() for what in ("number", "out_of"))

    def clean(self) -> None:
        for row, line in self.rows:
            if "number" not in line or not line.touched():
                continue
            facts = _figure(line, row)
            if facts is None:
                continue
            reason, read = line.said("reason"), line.said("edition") or 0
            entry = Entry(row.indicator, row.period, **facts, reason=reason, read=read)
            self.entries.append(entry)
            self.lines[entry.place] = line
        known = {f"number{line.end}" for _, line in self.rows}
        lost = [n for n in self.data if n.startswith("number_") and self.data[n].strip()]
        if number := len(set(lost) - known):
            self.add_error(
                None,
                f"{number} of the figures that you typed cannot be given here any more: the KPI is "
                "retired, or its owner is another post now.",
            )
        if not self.errors and not self.entries:
            self.add_error(None, "No figure was given yet. Every line is as it was.")


class FigureForm(FiguresForm):
    """One figure, with the parts of one break-down where `split` is not None."""

    def __init__(
        self,
        data: Any = None,
        *,
        row: Row,
        split: str | None = None,
        parts: Sequence[Observation] = (),
    ) -> None:
        super().__init__(data)
        self.row, self.parts, self.breakdown = row, list(parts), split
        self.whole = Line(self, "", row.indicator, "")
        self._whole()
        self.part_lines: list[Line] = []
        if split is not None:
            self._parts()

    def _whole(self) -> None:
        row, line = self.row, self.whole
        _numbers(line, out_of=row.out_of, counts=row.counts)
        choices = _states(row)
        line.add("state", forms.ChoiceField(label="It is", choices=choices))
        line.add("note", _line("Note", size=LONG))
        line.add("source", _line("Source", size=LONG))
        if row.stands is not None or self.parts:
            line.add("reason", _line("Why it changes", size=LONG))
        line.add("edition", _edition(row.edition))
        self.initial["state"] = _state(row)
        self.initial["source"] = row.indicator.source
        if (stands := row.stands) is not None:
            self.initial |= _shown(stands, "")
            self.initial |= {"note": stands.note, "source": stands.source}
            if stands.denominator == 0:
                self.initial |= {"state": NONE_DUE, "number": "", "out_of": ""}
            elif stands.numerator is None and stands.value is None:
                self.initial["state"] = NO_FIGURE

    def _parts(self) -> None:
        if not self.breakdown:
            name = _line("Name of the break-down")
            name.help_text = "For example “Team”, “Reason late” or “Requirement”."
            self.fields["split"] = name
        sent = sum(1 for name in self.data if name.startswith("part_"))
        for at in range(min(max(len(self.parts) + MORE, sent), 200)):
            line = Line(self, f"_{at}", self.row.indicator, f", part {at + 1}")
            stands = self.parts[at] if at < len(self.parts) else None
            line.add("part", _line("Part", size=120))
            _numbers(line, out_of=self.row.out_of, counts=self.row.counts)
            line.add("edition", _edition(stands.edition if stands else 0))
            if stands is not None:
                self.initial |= {f"part_{at}": stands.part, **_shown(stands, line.end)}
            self.part_lines.append(line)

    def clean(self) -> None:
        facts = _figure(self.whole, self.row)
        reason, source = self.whole.said("reason"), self.whole.said("source")
        told = {"reason": reason, "source": source}
        if facts is not None:
            self._give(self.whole, **facts, **told, read=self.whole.said("edition") or 0)
        vintage = facts["vintage"] if facts else Vintage.FINAL
        split = self.breakdown or self.cleaned_data.get("split", "").strip()
        for line in self.part_lines:
            self._part(line, split, {**told, "vintage": vintage})
        if self.part_lines and not split and any(e.part for e in self.entries):
            self.add_error("split", "Say what the parts are: teams, reasons, requirements.")

    def _part(self, line: Line, split: str, told: Mapping[str, Any]) -> None:
        part, number, out_of = map(line.said, ("part", "number", "out_of"))
        if not (part or number or out_of):
            return
        if not part:
            line.refuse("part", "Whose figure is this? Name the part.")
            return
        if any(part == entry.part for entry in self.entries):
            line.refuse("part", f"“{part}” is there twice.")
            return
        try:
            found = typed(number, out_of, unit=self.row.indicator.unit, counts=self.row.counts)
        except Misread as error:
            line.refuse(error.field, str(error))
            return
        names = ("numerator", "denominator", "value")
        facts: dict[str, Any] = {name: getattr(found, name) for name in names}
        # What a part has for itself stands as it is where the whole alone is put otherwise.
        stands = next((one for one in self.parts if one.part == part), None)
        if stands is not None and all(getattr(stands, n) == v for n, v in facts.items()):
            told = {**told, "vintage": stands.vintage, "source": stands.source, "reason": ""}
        self._give(line, **facts, **told, split=split, part=part, read=line.said("edition") or 0)

    def _give(self, line: Line, **facts: Any) -> None:
        entry = Entry(self.row.indicator, self.row.period, **facts)
        self.entries.append(entry)
        self.lines[entry.place] = line


def _shown(one: Observation, end: str) -> dict[str, str]:
    """The numbers as the two fields have them."""
    number = one.numerator if one.numerator is not None else one.value
    out_of = "" if one.denominator is None else str(one.denominator)
    text = "" if number is None else f"{number:f}" if one.value is not None else str(number)
    if one.value is not None:
        text = text.rstrip("0").rstrip(".")
        text += "%" if one.indicator.unit == "percentage" else ""
    return {f"number{end}": text, f"out_of{end}": out_of}


class StoodForm(forms.Form):
    """As it stood on a day."""

    on = optional_day("As it stood on", "For example 31 3 2020. Empty: as it stands now.")
