"""Forms by which a plan's file comes in: the file, its columns, and what is to be done with it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from management import clock
from management.fields import optional_day
from management.models import Post
from management.sheets.content import upper
from management.uploads import MAX_BYTES, BadFile, check_size
from plans.forms.drafting import offer, one_of
from plans.models import Framework, Inspection, Plan, QualityIndicator, SelfEvaluation
from plans.services.days import NOT_YET
from plans.sheets import layouts
from plans.sheets.fields import LABELS, Field
from plans.sheets.layouts import Layout

MADE = "new:"  # before the title of a post that the file makes


class FileForm(forms.Form):
    """The file, and the plan that it belongs to. `cleaned_data["file"]` is its name and bytes."""

    file = forms.FileField(
        label="File of the plan",
        help_text=f"Word (.docx), Excel (.xlsx) or CSV, at most {MAX_BYTES // 1024 // 1024} MB.",
        max_length=200,
        allow_empty_file=True,  # it is refused by its name
        error_messages={
            "required": "Choose a file.",
            "max_length": "The name of the file is longer than 200 characters.",
        },
    )
    plan = one_of("Plan that it belongs to", "A new plan is made where you choose none.")
    inspection = one_of(
        "Inspection that a new plan answers (optional)",
        "Its key messages and indicators are known.",
    )
    self_evaluation = one_of("Self-evaluation that a new plan answers (optional)")
    agreed_on = optional_day(
        "Day on which a new plan was agreed (optional)",
        "Dates in the file without a year are read by it. Without it: today. Of a plan that is "
        "agreed already it is asked for on the next page.",
    )
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

    prefix = "columns"  # it stands in the same form of the page as TakeInForm

    def __init__(self, *args: Any, found: Sequence[Layout], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        for number, layout in enumerate(found):
            for place, column in enumerate(layout.columns):
                heading = " ".join(column.heading.split()) or f"Column {place + 1}, no heading"
                why = upper(column.why)
                samples = "; ".join(" ".join(text.split())[:60] for text in column.samples[:3])
                self.fields[f"{number}-{place}"] = forms.ChoiceField(
                    label=heading[:120],
                    help_text=f"{why}. For example: {samples}" if samples else why,
                    choices=[(str(field), LABELS[field]) for field in Field],
                    initial=str(column.field),
                )

    def clean(self) -> None:
        """Two columns cannot both be what only one can be; the file's tables say which."""
        if not self.errors:
            mappings = self.mappings()
            alone = not any(map(layouts.has_actions, mappings.values()))
            for one in self.found:
                for said in layouts.faults(one, mappings[one.signature], alone=alone):
                    self.add_error(None, said)

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
    """What is to be done with the file. It asks for no more than this file and its plan need."""

    title = forms.CharField(
        label="Title of the plan",
        max_length=200,
        error_messages={"required": "Give the plan a title by which people will know it."},
    )
    stage = forms.ChoiceField(
        label="How far is the plan?",
        choices=[
            ("draft", "A draft: it will be approved here"),
            ("agreed", "Agreed already, and being worked on"),
        ],
        initial="draft",
        widget=forms.RadioSelect,
        help_text="What a file says of status and progress is taken in with a plan that is agreed.",
    )
    decision = forms.CharField(
        label="Who agreed it, and where that is minuted",
        help_text="For a plan that is agreed already.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    agreed_on = optional_day(
        "Agreed on",
        "For a plan that is agreed already: this day stays as it is from then on. Dates without a "
        "year are read by it.",
    )
    submitted_on = optional_day(
        "Day on which the inspectorate was sent it (optional)",
        "For a plan that is agreed already and answers an inspection.",
    )
    lead = one_of(
        "Lead post for rows that name no post",
        "It is accountable for these actions until you choose another.",
    )
    indicator = one_of(
        "Quality indicator for rows that name none",
        "These actions stand under it until you choose another.",
    )
    reason = forms.CharField(
        label="Why what was agreed changes",
        help_text="It stands beside every change of wording and date, and the board will read it.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ended = forms.CharField(
        label="Who decided that actions were withdrawn, and where that is minuted",
        help_text="The file says of at least one action that it was withdrawn.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    without_stopped = forms.BooleanField(
        label="Leave out all rows that are stopped", required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    mark = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        plan: Plan | None,
        answers_inspection: bool,
        asked: Collection[str],
        stopped: int,
        posts: Iterable[Post],
        new_posts: Iterable[str],
        indicators: Iterable[QualityIndicator],
        **kwargs: Any,
    ) -> None:
        """`asked` are the arguments of `take_in` that the rows need; rows make `new_posts`."""
        super().__init__(*args, **kwargs)
        offer(self, "lead", {"": list(posts)}, "Choose a post")
        _offer_new(self.fields["lead"], new_posts)
        offer(self, "indicator", {"": list(indicators)}, "Choose an indicator")
        unasked = {"lead", "indicator", "reason", "ended"} - set(asked)
        if plan is not None:
            unasked |= {"title", "stage", "decision", "agreed_on", "submitted_on"}
        if plan is None or plan.is_draft:
            unasked.add("reason")
        if not answers_inspection:
            unasked.add("submitted_on")
        if not stopped:
            unasked.add("without_stopped")
        for name in unasked & self.fields.keys():
            del self.fields[name]

    def clean(self) -> None:
        """Whoever says that it is agreed says by whom, and when."""
        sent = self.cleaned_data
        if sent.pop("stage", None) == "agreed":
            if not sent.get("decision", "").strip():
                self.add_error("decision", "Say who agreed the plan, and where that is minuted.")
            day = sent.get("agreed_on")
            if day is None and "agreed_on" not in self.errors:
                self.add_error("agreed_on", "Give the day on which it was agreed.")
            elif day is not None and day > clock.today():
                self.add_error("agreed_on", NOT_YET)
        elif "stage" in self.fields:
            sent["decision"], sent["submitted_on"] = "", None


def _offer_new(field: Any, titles: Iterable[str]) -> None:
    """Offer the posts that the file makes, too: the field then gives their titles."""
    there = field.coerce
    field.choices = [*field.choices, *((f"{MADE}{one}", f"{one} (new)") for one in titles)]
    field.coerce = lambda key: key.removeprefix(MADE) if key.startswith(MADE) else there(key)
