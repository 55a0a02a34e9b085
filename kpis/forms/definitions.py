"""Forms of what a KPI is: its definition, its end, its targets, where its series begins anew."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from kpis.definition import COUNTED, MOST_PLACES, QUESTIONS
from kpis.imports.figures import Means, figure
from kpis.models import ChartChoice, Direction, Frequency, Indicator, Target, Unit
from kpis.periods import Period
from kpis.services.definitions import FIXED, counted_otherwise
from management.fields import (
    SHORT,
    ReasonForm,
    VersionedReasonForm,
    choose,
    day_field,
    line_field,
    required_text,
    row_of,
    text_field,
    version_field,
)
from management.models import Post

SAME, OTHERWISE = "same", "otherwise"


class IndicatorForm(forms.Form):
    """A KPI."""

    code = line_field(
        "Code",
        "By which people name it, as in “K3”. The next free one is filled in.",
        "Give it a code.",
        30,
    )
    name = line_field("Name", "A few plain words.", "Give it a name.", 200)
    meaning = required_text(
        "What it tells",
        "In a sentence, for somebody who does not know the service.",
        "Say what it tells, in a sentence.",
    )
    numerator = text_field("Counted", "The number above the line: what is counted.", rows=2)
    denominator = text_field(
        "Out of", "The number below the line: out of how many. Empty for a plain count.", rows=2
    )
    exclusions = text_field("Left out", "What counts in neither of the two.", rows=2)
    clock_rule = text_field(
        "Clock",
        "From what to what time runs, and whether in working days or calendar days.",
        rows=2,
    )
    source = required_text(
        "Source",
        "The system or publication that the figures come from. Figures of two sources are two "
        "KPIs, never one line.",
        "Say where its figures come from.",
    )
    unit = forms.ChoiceField(label="Unit", choices=Unit.choices)
    decimals = forms.TypedChoiceField(
        label="Decimals",
        help_text="With how many its figures are shown. They are kept whole.",
        choices=[(number, str(number)) for number in range(MOST_PLACES + 1)],
        coerce=int,
    )
    direction = forms.ChoiceField(label="Direction", choices=Direction.choices)
    frequency = forms.ChoiceField(label="Reported", choices=Frequency.choices)
    chart = forms.ChoiceField(
        label="Chart",
        help_text="By its figures: the chart that they bear, from a run chart on.",
        choices=ChartChoice.choices,
    )
    owner = forms.TypedChoiceField(
        label="Owner",
        help_text="The post that reports its figures. Whoever holds the post can enter them.",
        required=False,
        empty_value=None,
    )
    measure = line_field(
        "Measure (optional)",
        "What is measured, whatever the source, in a few words. KPIs of one measure are shown side "
        "by side.",
        "",
        60,
    )
    outcomes = text_field("National outcomes (optional)", "Those that it bears on, one on a line.")
    standards = text_field("National standards (optional)", "One on a line.")

    GROUPS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("What it is", ("code", "name", "meaning")),
        ("What is counted", tuple(COUNTED)),
        ("How it is read", ("unit", "decimals", "direction", "frequency", "chart")),
        ("Where it belongs", ("owner", "measure", "outcomes", "standards")),
    )

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {post.pk: post for post in posts}
        nobody: list[tuple[Any, str]] = [("", "No post yet")]
        choose(self, "owner", nobody + [(pk, str(post)) for pk, post in offered.items()])
        owner: Any = self.fields["owner"]
        owner.coerce = row_of(offered)

    def clean_measure(self) -> str:
        """“Orders completed” is orders-completed, like the words of the catalogue."""
        return slugify(self.cleaned_data["measure"])[:60]

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields that there are, under their headings."""
        found = [
            (heading, [self[name] for name in names if name in self.fields])
            for heading, names in self.GROUPS
        ]
        return [(heading, fields) for heading, fields in found if fields]


class IndicatorEditForm(IndicatorForm):
    """Another definition of a KPI.

    Where figures are there (`own`: their periods; `fixed`: whether there is any, be it another
    area's), unit and frequency are closed, and whoever puts otherwise what is counted is asked what
    that means for the series.
    """

    meant = forms.ChoiceField(
        label="What does this change mean?",
        widget=forms.RadioSelect,
        choices=[
            (SAME, "The same is counted, in other words: the series goes on"),
            (OTHERWISE, "Something else is counted, from a period on: the series begins anew"),
        ],
        error_messages={"required": "Say whether the same is counted in other words."},
    )
    counts_from = forms.TypedChoiceField(
        label="Counted otherwise from",
        help_text="Only where something else is counted. Nothing is compared across this period.",
        required=False,
        empty_value=None,
        coerce=date.fromisoformat,
    )
    reason = forms.CharField(
        label="Reason",
        help_text="Kept with what was counted until then, for whoever reads the figures later.",
        max_length=SHORT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why: whoever reads the figures later will ask."},
    )
    version = version_field()

    ASKED = ("meant", "counts_from", "reason")
    # Asked beside the fields that have been changed.
    GROUPS = (
        *IndicatorForm.GROUPS[:2],
        ("You change what is counted", ASKED),
        *IndicatorForm.GROUPS[2:],
    )

    def __init__(
        self, *args: Any, indicator: Indicator, own: Sequence[Period], fixed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.fields["code"].help_text = "By which people name it."
        self.closed = tuple(FIXED) if fixed else ()
        self.asks = bool(own) and bool(self.changed())
        for name in (*self.closed, *(() if self.asks else self.ASKED)):
            del self.fields[name]
        self.order_fields([name for _, names in self.GROUPS for name in names])
        if self.asks:
            choose(self, "counts_from", [("", "Choose a period"), *_later(own)])
        if self.asks and "meant" not in self.data:
            changed = ", ".join(f"“{COUNTED[name]}”" for name in COUNTED if name in self.changed())
            self.fields["meant"].error_messages["required"] = (
                f"There are figures, and you have changed {changed}. Say whether the same is "
                "counted in other words."
            )

    def changed(self) -> set[str]:
        """Which fields, as they were typed, say that something else is counted."""
        sent = {name: str(self.data[name]) for name in COUNTED if name in self.data}
        return counted_otherwise(self.indicator, sent)

    def clean(self) -> None:
        """What was typed is said where it cannot be taken, and not dropped."""
        for name in self.closed:
            stands = str(getattr(self.indicator, name))
            if self.data.get(name, stands) != stands:
                label = self.base_fields[name].label
                self.add_error(
                    None,
                    f"Figures have come in meanwhile: “{label}” stays as it was. The rest can be "
                    "saved.",
                )
        sent = self.cleaned_data
        meant = sent.pop("meant", None)
        if meant == SAME:
            sent["counts_from"] = None
        elif (
            meant == OTHERWISE and not sent.get("counts_from") and "counts_from" not in self.errors
        ):
            self.add_error("counts_from", "Choose the first period that is counted otherwise.")


def _later(own: Sequence[Period]) -> list[tuple[str, str]]:
    """Those after the first, and the next that is to come; newest first."""
    after = [own[-1].next()] if own[-1].whole_months else []
    return [(p.start.isoformat(), p.label) for p in reversed([*own[1:], *after])]


class RetireForm(VersionedReasonForm):
    """From when on no figure is expected."""

    on = day_field("Last day", "Give the last day for which a figure is expected.")

    field_order = ("on", "reason")


class TargetFigure(forms.CharField):
    """A value as people write it (85, 85%, 1,234.5), in the KPI's unit."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, indicator: Indicator, **kwargs: Any) -> None:
        self.indicator = indicator
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """Raises ValidationError with what would be read."""
        said = figure(super().clean(value))
        if said.fault:
            raise ValidationError(said.fault)
        if said.means is Means.NOTHING:
            return None
        if said.means or said.out_of is not None or said.mark or said.value is None:
            raise ValidationError("Write one number, such as 85 or 92.5.")
        if said.share and self.indicator.unit != Unit.PERCENTAGE:
            raise ValidationError("This KPI is no percentage: leave out the per cent sign.")
        return said.value


class TargetForm(forms.Form):
    """What a KPI should reach, from a day on."""

    kind = forms.ChoiceField(
        label="Kind",
        widget=forms.RadioSelect,
        choices=Target.Kind.choices,
        initial=Target.Kind.TARGET,
        error_messages={"required": "Say whether it is the area’s target or a national standard."},
    )
    start = day_field(
        "From", "Give the first day on which it holds: it is read against periods from then on."
    )
    none = forms.BooleanField(label="There is no target from this day on", required=False)
    source = line_field(
        "Set by",
        "Who set it, and where that is written: “HSCP Board 20 11 2019, item 7”.",
        "Say who set it, and where that is written.",
        SHORT,
    )

    field_order = ("kind", "value", "none", "start", "source")

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = Unit(indicator.unit)
        said = "As a percentage" if unit == Unit.PERCENTAGE else f"In the KPI’s unit ({unit.label})"
        self.fields["value"] = TargetFigure(
            indicator, label="Value", help_text=f"{said}, for example 85.", required=False
        )
        self.order_fields(self.field_order)

    def clean(self) -> None:
        """An empty value is a decision, and no slip."""
        sent = self.cleaned_data
        none, value = sent.pop("none", False), sent.get("value")
        if "value" in self.errors:
            return
        if value is None and not none:
            self.add_error("value", "Give the value, or tick that there is none from this day on.")
        elif value is not None and none:
            self.add_error("none", "Either a value or none: clear one of the two.")


class TargetEditForm(TargetForm, VersionedReasonForm):
    """What was set, put right."""

    field_order = ("value", "none", "start", "source", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class BaselineForm(ReasonForm):
    """From when on centre and limits are worked out anew, by which periods, and why."""

    start = forms.TypedChoiceField(
        label="Begins with",
        help_text="The first period of the new baseline.",
        coerce=date.fromisoformat,
        error_messages={"required": "Choose the period with which it begins."},
    )
    end = forms.TypedChoiceField(
        label="Ends with",
        help_text="Centre and limits are worked out from the periods up to this one, and stay "
        "there for those that follow.",
        required=False,
        empty_value=None,
        coerce=date.fromisoformat,
    )
    distinct = text_field(QUESTIONS["distinct"], "What can be seen, and from when on.", rows=2)
    cause = text_field(QUESTIONS["cause"], "Name it, and when it happened.", rows=2)
    wanted = text_field(QUESTIONS["wanted"], "Who wanted it, and why.", rows=2)
    lasting = text_field(QUESTIONS["lasting"], "What keeps it in place.", rows=2)

    field_order = ("start", "end", "reason", *QUESTIONS)

    def __init__(self, *args: Any, own: Sequence[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "In a sentence: the chart shows it."
        newest = list(reversed(own))
        starts = [(p.start.isoformat(), p.label) for p in newest]
        ends = [(p.end.isoformat(), p.label) for p in newest]
        choose(self, "start", [("", "Choose a period"), *starts])
        choose(self, "end", [("", "Every period from then on"), *ends])

    @property
    def first_part(self) -> list[Any]:
        """What is asked of every baseline."""
        return [self[name] for name in ("start", "end", "reason")]

    @property
    def questions(self) -> list[Any]:
        """What is asked of one that does not begin with the first figure."""
        return [self[name] for name in QUESTIONS]

    def facts(self) -> dict[str, Any]:
        """As the service takes it."""
        sent = self.cleaned_data
        answers = {name: sent[name] for name in QUESTIONS}
        return {name: sent[name] for name in ("start", "end", "reason")} | {"answers": answers}
