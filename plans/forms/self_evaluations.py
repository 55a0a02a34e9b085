"""Forms of self-evaluations: starting, assigning, writing, submitting."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms

from management.fields import LONG, SHORT, choose, day_field, row_of, text_field
from management.models import User
from plans import scales
from plans.models import Framework, ScalePoint, Tool
from plans.models.self_evaluations import Judged


class PeriodForm(forms.Form):
    """What a self-evaluation is called, and the period that it looks at."""

    title = forms.CharField(
        label="Title",
        help_text="For example “Self-evaluation 2019-20”.",
        max_length=200,
        error_messages={"required": "Give it a title by which people will know it."},
    )
    start = day_field("First day of the period", "Give the first day of the period.")
    end = day_field("Last day of the period", "Give the last day of the period.")


class EditForm(PeriodForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class FrameworkField(forms.TypedChoiceField):
    """One of the frameworks that are handed to the form, by key."""

    def __init__(self) -> None:
        super().__init__(
            label="Framework",
            widget=forms.RadioSelect,
            error_messages={"required": "Choose the framework that it follows."},
        )

    def offer(self, frameworks: Iterable[Framework]) -> None:
        offered = {framework.pk: framework for framework in frameworks}
        self.choices = [(pk, framework.title) for pk, framework in offered.items()]
        self.coerce = row_of(offered)


class StartForm(PeriodForm):
    framework = FrameworkField()
    field_order = ("framework", "title", "start", "end")

    def __init__(self, *args: Any, frameworks: Iterable[Framework], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["framework"]
        assert isinstance(field, FrameworkField)  # noqa: S101  (declared above)
        field.offer(frameworks)


class AssignForm(forms.Form):
    """One choice of a person for each element and section."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, rows: Iterable[Judged], people: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [("", "Nobody yet"), *((pk, p.name) for pk, p in self.people.items())]
        self.rows = list(rows)
        for row in self.rows:
            asked = row.contributor
            gone = (
                [(str(asked.pk), asked.name)] if asked and str(asked.pk) not in self.people else []
            )
            self.fields[name_of(row)] = forms.ChoiceField(
                label=f"Who writes {row}",
                choices=choices + gone,
                required=False,
                show_hidden_initial=True,  # so that a choice of somebody else's is left alone
            )

    def table(self) -> list[tuple[Judged, Any]]:
        return [(row, self[name_of(row)]) for row in self.rows]

    def wanted(self, kind: type) -> dict[int, User | None]:
        """The person chosen for each row of that kind where another choice was made."""
        return {
            row.pk: self.people.get(self.cleaned_data[name_of(row)])
            for row in self.rows
            if isinstance(row, kind) and name_of(row) in self.changed_data
        }


def name_of(row: Judged) -> str:
    """The name of a row's fields in a form of many rows: judgement-7."""
    return f"{row._meta.model_name}-{row.pk}"


class RatedForm(forms.Form):
    """A rating on the framework's scale, each point with what it means."""

    rating = forms.TypedChoiceField(
        label="Rating", widget=forms.RadioSelect, required=False, coerce=int, empty_value=None
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, scale: str, points: Iterable[ScalePoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meanings = {point.value: point.in_words for point in points}
        choices: list[tuple[Any, str]] = [("", "Not rated yet")]
        for value, label in reversed(scales.points(scale)):
            meaning = meanings.get(value, "")
            choices.append((value, f"{label}: {meaning}" if meaning else label))
        choose(self, "rating", choices)


class JudgementForm(RatedForm):
    """One element: how it stands, what shows it, and what follows."""

    evidence = text_field("Evidence", "What shows that this is the right rating.", 8, LONG)
    data = text_field("Data", "Figures: which, of what period, from which system.", 2)
    documents = text_field("Documents", "Reports, procedures, minutes: title and date.", 2)
    views = text_field(
        "Views of people", "What people under supervision, staff or partners said.", 2
    )
    observation = text_field("Observation", "What somebody saw: who, what and when.", 2)
    strengths = text_field("Strengths", "One on each line.", 4)
    improvements = text_field("Areas for improvement", "One on each line.", 4)
    ambition = text_field("How good can we be?", "What the next step up would look like.", 3)
    field_order = ("rating",)


class OverallForm(RatedForm):
    """The overall rating of a section."""

    rationale = text_field(
        "Rationale", "Why this rating, with evidence that no element has named.", 6, LONG
    )
    field_order = ("rating",)


class ToolForm(forms.Form):
    name = forms.CharField(
        label="Tool or system",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    reach = forms.ChoiceField(label="Local, national or external", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "reach", list(Tool.Reach.choices))


ToolFormSet = forms.formset_factory(ToolForm, extra=2, max_num=100, absolute_max=200)


class PickForm(forms.Form):
    """What each sentence of the evidence is: nothing, a strength, or an area for improvement."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    CHOICES = (
        ("", "Neither"),
        ("strengths", "Strength"),
        ("improvements", "Area for improvement"),
    )

    def __init__(self, *args: Any, sentences: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # By what they say, not by their place: a choice stays with its sentence.
        self.sentences = {
            f"s{hashlib.sha256(text.encode()).hexdigest()[:16]}": text for text in sentences
        }
        for name, text in self.sentences.items():
            self.fields[name] = forms.ChoiceField(
                label=text, choices=self.CHOICES, required=False, widget=forms.RadioSelect
            )

    def table(self) -> list[Any]:
        return [self[name] for name in self.sentences]

    def picked(self, kind: str) -> list[str]:
        return [text for name, text in self.sentences.items() if self.cleaned_data[name] == kind]


class ConclusionForm(forms.Form):
    capacity = text_field(
        "Capacity for improvement, and what stands in its way",
        "What makes the service able to get better, and what hinders it.",
        8,
        LONG,
    )
    priorities = text_field(
        "Priorities", "The few things that come first, one on each line. Each can be a finding.", 5
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SubmitForm(forms.Form):
    """`challenges_read` is asked for only where there is something to read.

    `revision` says which content was on the page.
    """

    challenges_read = forms.BooleanField(
        label="I have read the questions above, and the self-evaluation stands",
        error_messages={"required": "Say that you have read the questions above."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asked:
            del self.fields["challenges_read"]


class ValidateForm(forms.Form):
    """The validator's own rating of every row, and the reasons.

    It begins empty: a rating that stands there already is a rating that is not made. `asked` are
    the rows that must be rated, once the validator says that the whole is `complete`.
    """

    validated_for = forms.CharField(
        label="Whose view this is (optional)",
        help_text="Only where it is not your own, for example “Care Inspectorate”.",
        max_length=150,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        rows: Iterable[Judged],
        asked: Iterable[Judged],
        scale: str,
        complete: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.complete, asked = list(rows), complete, list(asked)
        points: list[tuple[Any, str]] = [("", "Choose"), *reversed(scales.points(scale))]
        for row in self.rows:
            name = name_of(row)
            self.fields[f"{name}-rating"] = forms.TypedChoiceField(
                label=f"Your rating of {row}",
                choices=points,
                coerce=int,
                empty_value=None,
                required=complete and row in asked,
                error_messages={"required": "Choose a rating."},
            )
            self.fields[f"{name}-reason"] = forms.CharField(
                label=f"Reason, where you rate {row.code} otherwise",
                required=False,
                max_length=SHORT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> None:
        for row in self.rows if self.complete else ():
            rating = self.cleaned_data.get(f"{name_of(row)}-rating")
            reason = self.cleaned_data.get(f"{name_of(row)}-reason", "")
            if rating is not None and rating != row.rating and not reason.strip():
                self.add_error(f"{name_of(row)}-reason", "Say why your rating differs.")

    def table(self) -> list[tuple[Judged, Any, Any]]:
        return [
            (row, self[f"{name_of(row)}-rating"], self[f"{name_of(row)}-reason"])
            for row in self.rows
        ]

    def views(self, kind: type) -> dict[int, tuple[int | None, str]]:
        return {
            row.pk: (
                self.cleaned_data[f"{name_of(row)}-rating"],
                self.cleaned_data[f"{name_of(row)}-reason"],
            )
            for row in self.rows
            if isinstance(row, kind)
        }


class FindingForm(forms.Form):
    """One line that is to become a finding, or all of them."""

    everything = forms.BooleanField(required=False)
    kind = forms.CharField(required=False)
    text = forms.CharField(required=False, strip=False)
    indicator = forms.IntegerField(required=False)
    line = forms.IntegerField(required=False)  # its place on the page, to come back to
