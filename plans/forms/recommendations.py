"""Forms of a recommendation: its text, the response to it, and what a body decided."""

from collections.abc import Iterable
from typing import Any

from django import forms

from management.fields import (
    choose,
    day_field,
    line_field,
    optional_day,
    required_text,
    row_of,
    text_field,
    version_field,
)
from plans.models import Decision, Recommendation
from plans.nesting import in_order
from plans.references import whole_of

Response = Recommendation.Response


BY_NUMBER = "by number"


class RecommendationForm(forms.Form):
    """A recommendation as the report has it. `recommendations` are all of its inspection."""

    reference = line_field(
        "Number",
        "As in the report, or in its order: 1, 1.1, 1.2, 2.",
        "Give the number by which people will know it.",
        12,
    )
    text = required_text("Text", "", "Give the recommendation in short.")
    kind = forms.ChoiceField(label="Class", choices=Recommendation.Kind.choices)
    parent = forms.TypedChoiceField(
        label="Part of",
        help_text="Where it is one point of a larger recommendation.",
        required=False,
        empty_value=None,
    )
    addressee = line_field("Addressee (optional)", "Who must act, as the report says.", "", 150)
    added_on = optional_day(
        "Added on",
        "Left empty, it is the day of publication; until the report is out, that of notification.",
    )

    def __init__(
        self, *args: Any, recommendations: Iterable[Recommendation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        placed = in_order(recommendations)
        offered = {row.pk: row for row, _ in placed}
        names = [(row.pk, f"{row.reference} {row.text}"[:90]) for row, _ in placed]
        self.parents: list[tuple[Any, str]] = [("", "Nothing: it stands on its own"), *names]
        choose(self, "parent", self.parents)
        field = self.fields["parent"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (declared above)
        field.coerce = row_of(offered)


class RecommendationNewForm(RecommendationForm):
    """What it is part of is seen from its number, unless that is said."""

    def __init__(
        self, *args: Any, recommendations: Iterable[Recommendation], **kwargs: Any
    ) -> None:
        rows = list(recommendations)
        super().__init__(*args, recommendations=rows, **kwargs)
        self.numbered = {row.reference: row for row in rows}
        field = self.fields["parent"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  (declared above)
        named = row_of({row.pk: row for row in rows})
        choose(self, "parent", [(BY_NUMBER, "As its number says: 1.1 is part of 1"), *self.parents])
        field.coerce = lambda key: key if key == BY_NUMBER else named(key)
        field.initial = BY_NUMBER

    def clean(self) -> None:
        if self.cleaned_data.get("parent") == BY_NUMBER:
            whole = whole_of(self.cleaned_data.get("reference", ""), list(self.numbered))
            self.cleaned_data["parent"] = self.numbered[whole] if whole else None


class RecommendationEditForm(RecommendationForm):
    """Its class is moved by a reclassification alone, with a reason."""

    kind = None  # type: ignore[assignment]  # Django: takes the field away
    added_on = day_field("Added on", "Give the day from which it counts.")
    version = version_field()


class ResponseForm(forms.Form):
    """What the service answers."""

    response = forms.ChoiceField(
        label="Response", choices=Response.choices, required=False, widget=forms.RadioSelect
    )
    response_detail = text_field(
        "Which part, or why not",
        "If it is partly agreed: which part is, and which is not. If it is not agreed: why.",
    )
    addressee = line_field("Addressee (optional)", "Who must act, as the report says.", "", 150)
    depends_on = text_field(
        "What it depends on (optional)",
        "What else must happen first: another authority, a law, a ruling.",
        rows=2,
    )
    version = version_field()


class DecisionForm(forms.Form):
    """What a named body decided. Nobody else can close a recommendation."""

    kind = forms.ChoiceField(
        label="What was decided",
        choices=[
            (Decision.Kind.CLOSED, "It is closed: the evidence shows that it is met"),
            (Decision.Kind.REOPENED, "It is opened again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it was closed or opened again."},
    )
    body = line_field(
        "Body", "For example “HSCP Board”.", "Name the body that decided: nobody else can.", 150
    )
    on = day_field("Date of the decision", "Give the day on which the body decided.")
    minute_reference = line_field(
        "Minute reference",
        "Where the decision stands, for example “HSCP Board 20 11 2019, item 7”.",
        "Give the minute in which the decision stands.",
        120,
    )
    reason = required_text(
        "Reason", "The evidence on which it was decided.", "Say on what evidence it was decided."
    )
    version = version_field()


class RemoveForm(forms.Form):
    """Why one that was entered by mistake is taken out."""

    reason = required_text(
        "Reason", "The audit trail keeps it, with the text.", "Say why it is removed."
    )
    version = version_field()


class ReclassifyForm(forms.Form):
    """Another class, from a day on."""

    new = forms.ChoiceField(
        label="Class from that day on",
        choices=Recommendation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the class that it moves to."},
    )
    on = day_field("From", "Give the day from which it is classed so.")
    reason = required_text(
        "Reason", "Why it moves, and who decided it.", "Say why it moves, and who decided it."
    )
    version = version_field()
