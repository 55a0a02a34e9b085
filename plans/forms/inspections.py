"""Forms of an inspection: its facts, timetable, grades and key messages."""

from collections.abc import Iterable
from typing import Any

from django import forms

from management.fields import (
    choose,
    count_field,
    day_field,
    optional_day,
    row_of,
    text_field,
    version_field,
)
from plans.models import Framework, Inspection, QualityIndicator
from plans.scales import Grade
from plans.services.inspections import MESSAGES, Given

SPARE = 3  # empty key messages below those that are there
FIRST = 6


class InspectionForm(forms.Form):
    """An inspection at any point: only notified, or already published."""

    title = forms.CharField(
        label="Title",
        help_text="For example “Justice social work in West Dunbartonshire, 2019”.",
        max_length=200,
        error_messages={"required": "Give it a title by which people will know it."},
    )
    inspectorate = forms.CharField(
        label="Who inspects",
        help_text="For example “Care Inspectorate”.",
        max_length=120,
        error_messages={"required": "Name the inspectorate."},
    )
    kind = forms.ChoiceField(label="Kind", choices=Inspection.Kind.choices)
    follows = forms.TypedChoiceField(
        label="Inspection that it follows",
        help_text="Only for a progress review: its grades are shown beside the first ones.",
        required=False,
        empty_value=None,
    )
    framework = forms.TypedChoiceField(
        label="Framework",
        help_text="What it grades by. The timetable comes from it too, where it has one.",
        error_messages={"required": "Choose the framework that it grades by."},
    )
    notified_on = optional_day(
        "Notified on", "For example 1 11 2018. The weeks of the timetable count from here."
    )
    notified_text = forms.CharField(
        label="Notified, in the report's words (optional)",
        help_text="Where the report gives only a month: “November 2018”.",
        max_length=60,
        required=False,
    )
    published_on = optional_day(
        "Published on",
        "Leave it empty until the report is out: until then, only the service sees the inspection.",
    )
    plan_due_on = optional_day(
        "Improvement plan due on", "Left empty, it is six weeks after publication."
    )
    records_read = count_field("Records read (optional)")
    records_in_all = count_field("Records in all (optional)")
    records_period = forms.CharField(
        label="Period of the records (optional)",
        help_text="For example “November 2016 to October 2018”.",
        max_length=120,
        required=False,
    )
    people_met = count_field("People met (optional)")
    scope = text_field("Scope (optional)", "What was looked at, and under which law.")
    source = text_field("Source (optional)", "The document in which all this stands.", rows=2)

    def __init__(
        self,
        *args: Any,
        frameworks: Iterable[Framework],
        earlier: Iterable[Inspection],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer("framework", [("", "Choose one")], frameworks)
        self.offer("follows", [("", "None")], earlier)

    def offer(self, name: str, first: list[tuple[Any, str]], rows: Iterable[Any]) -> None:
        offered = {row.pk: row for row in rows}
        choose(self, name, first + [(pk, row.title) for pk, row in offered.items()])
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (declared above)
        field.coerce = row_of(offered)


class InspectionEditForm(InspectionForm):
    version = version_field()


class StageForm(forms.Form):
    """When a step of the timetable is, and when it was done."""

    on = day_field("Date", "Give the date of this step.")
    at = forms.CharField(
        label="Time (optional)", help_text="For example “12 noon”.", max_length=40, required=False
    )
    done_on = optional_day("Done on", "Leave it empty until it is done.")
    version = version_field()


class GradesForm(forms.Form):
    """A grade and its rationale for each quality indicator that is offered."""

    version = version_field()

    def __init__(self, *args: Any, indicators: Iterable[QualityIndicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = list(indicators)
        for indicator in self.indicators:
            self.fields[f"grade_{indicator.pk}"] = forms.TypedChoiceField(
                label=f"Grade of {indicator}",
                choices=[("", "Not graded"), *Grade.choices],
                coerce=int,
                empty_value=None,
                required=False,
            )
            self.fields[f"rationale_{indicator.pk}"] = text_field(
                f"Why {indicator.code} was graded so, in short", rows=2
            )

    def table(self) -> list[tuple[QualityIndicator, Any, Any]]:
        return [(i, self[f"grade_{i.pk}"], self[f"rationale_{i.pk}"]) for i in self.indicators]

    def clean(self) -> None:
        known = {f"grade_{indicator.pk}" for indicator in self.indicators}
        if any(name.startswith("grade_") and name not in known for name in self.data):
            self.add_error(None, "A grade was sent for an indicator of another framework.")

    def grades(self) -> list[Given]:
        sent = self.cleaned_data
        return [Given(i, sent[f"grade_{i.pk}"], sent[f"rationale_{i.pk}"]) for i in self.indicators]


class MessagesForm(forms.Form):
    """The key messages by number, with some empty ones below them."""

    version = version_field()

    def __init__(self, *args: Any, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = {name.removeprefix("text_") for name in self.data if name.startswith("text_")}
        known = [*numbers, *(n for n in range(1, MESSAGES + 1) if str(n) in sent)]
        last = min(max([FIRST - SPARE, *known]) + SPARE, MESSAGES)
        self.numbers = range(1, last + 1)
        for number in self.numbers:
            self.fields[f"text_{number}"] = text_field(f"KM{number}", rows=2)

    def texts(self) -> dict[int, str]:
        return {number: self.cleaned_data[f"text_{number}"] for number in self.numbers}
