"""Forms by which a plan's file comes in: the file, its columns, and what is to be done with it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from management.uploads import MAX_BYTES, BadFile, check_size
from plans.forms.drafting import offer, one_of
from plans.forms.inspections import optional_day
from plans.forms.self_evaluations import choose
from plans.models import Framework, Inspection, Plan, SelfEvaluation
from plans.sheets.fields import LABELS, Field
from plans.sheets.layouts import Layout


class FileForm(forms.Form):
    """The file, and the plan that it belongs to. `cleaned_data["file"]` is its name and bytes."""

    file = forms.FileField(
        label="File of the plan",
        help_text=f"Word (.docx), Excel (.xlsx) or CSV, at most {MAX_BYTES // 1024 // 1024} MB.",
        max_length=200,
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": "The name of the file is longer than 200 characters.",
        },
    )
    plan = one_of("Plan that it belongs to", "A new plan is made where you choose none.")
    inspection = one_of(
        "Inspection that a new plan answers (optional)",
        "Its key messages and indicators are known.",
    )
    self_evaluation = one_of("Self-evaluation that a new plan answers (optional)")
    framework = one_of(
        "Framework of the quality indicators",
        "For a plan that answers neither.",
        missing="Choose the framework of the quality indicators.",
    )

    def __init__(
        self,
        *args: Any,
        plans: Iterable[Plan],
        inspections: Iterable[Inspection],
        self_evaluations: Iterable[SelfEvaluation],
        frameworks: Iterable[Framework],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "plan", {"": list(plans)}, "A new plan")
        offer(self, "inspection", {"": list(inspections)}, "None")
        offer(self, "self_evaluation", {"": list(self_evaluations)}, "None")
        offer(self, "framework", {"": list(frameworks)})

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size)
        except BadFile as error:
            raise ValidationError(f"{file.name}: {error}") from error
        return file.name, file.read()


class ColumnsForm(forms.Form):
    """What each column of the file's tables means."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: Sequence[Layout], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        for number, layout in enumerate(found):
            for place, column in enumerate(layout.columns):
                heading = " ".join(column.heading.split()) or f"Column {place + 1}, no heading"
                samples = "; ".join(" ".join(text.split())[:60] for text in column.samples[:3])
                self.fields[f"{number}-{place}"] = forms.ChoiceField(
                    label=heading[:120],
                    help_text=f"{column.why}. For example: {samples}" if samples else column.why,
                    choices=[(str(field), LABELS[field]) for field in Field],
                    initial=str(column.field),
                )

    def mappings(self) -> dict[str, list[Field]]:
        """The chosen meaning of each column, by the signature of its layout."""
        return {
            layout.signature: [
                Field(self.cleaned_data[f"{number}-{place}"])
                for place in range(len(layout.columns))
            ]
            for number, layout in enumerate(self.found)
        }


class TakeInForm(forms.Form):
    """What is to be done with the file. A new plan is named; rows can be left out."""

    title = forms.CharField(
        label="Title of the plan",
        max_length=200,
        error_messages={"required": "Give the plan a title by which people will know it."},
    )
    agreed_on = optional_day("Agreed on", "The day that stands on the plan.")
    stage = forms.ChoiceField(
        label="How far is the plan?",
        choices=[
            ("draft", "A draft: it will be approved here"),
            ("agreed", "Agreed already, and being worked on"),
        ],
        initial="draft",
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(
        label="Who agreed it, and where that is minuted",
        help_text="For a plan that is agreed already. Its statuses and progress are then taken in.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    skip = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.MultipleHiddenInput
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        rows: Iterable[int],
        plan: Plan | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "skip", [(str(number), str(number)) for number in rows])
        if plan is not None:
            for name in ("title", "agreed_on", "stage", "decision"):
                del self.fields[name]

    def clean(self) -> None:
        """Whoever says that it is agreed says by whom."""
        sent = self.cleaned_data
        if sent.get("stage") == "agreed" and not sent.get("decision", "").strip():
            self.add_error("decision", "Say who agreed the plan, and where that is minuted.")
        if sent.get("stage") == "draft":
            sent["decision"] = ""
