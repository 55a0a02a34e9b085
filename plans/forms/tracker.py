"""Forms by which a tracker workbook comes back: the upload, and what is decided of its preview."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from management.days import day_text
from management.uploads import MAX_BYTES, BadFile, check_excel, check_size
from plans.services.tracker import Comparison
from plans.tracker.merging import WORDING, Field
from plans.tracker.proposals import Change, Proposal, shown

BOTH = "Both were changed: choose which one holds."
UNDECIDED = {Field.UPDATE: "An update was posted here since: choose whether this one is too."}
WHY = "Say why it is put otherwise: the board will read it."


class TrackerUploadForm(forms.Form):
    """An Excel file that is safe to open. `cleaned_data["file"]` is its name and its bytes."""

    file = forms.FileField(
        label="Tracker workbook",
        help_text=f"The Excel file (.xlsx) of at most {MAX_BYTES // 1024 // 1024} MB that was "
        "downloaded on the plan’s page.",
        max_length=200,
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty.",
            "max_length": "The name of the file is longer than 200 characters.",
        },
    )

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size, "Take out rows that were not changed.")
            data = file.read()
            check_excel(data)
        except BadFile as error:
            raise ValidationError(f"{file.name}: {error}") from error
        return file.name, data


class TakeInForm(forms.Form):
    """What of the preview is decided: which side holds where both were changed, and the reason."""

    mark = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        comparison: Comparison,
        names: Mapping[str, list[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.comparison = comparison
        for name, proposal, change in self._conflicts():
            here = shown(change.field, change.ours, names)
            there = shown(change.field, change.theirs, names)
            out = f"Went out as: {shown(change.field, change.base, names)[:300]}"
            keep, take = f"Keep what is here: {here}", f"Take: {there}"
            if change.field == Field.UPDATE:
                day = day_text(timezone.localtime(comparison.made_at).date())
                out = (
                    f"The workbook went out on {day}, and an update was posted here since. What is "
                    f"posted now says that it is from the workbook of {day}."
                )
                keep, take = f"Leave it out. Said here: {here}", f"Post it as well: {there}"
            self.fields[name] = forms.ChoiceField(
                label=f"Action {proposal.reference}, {change.heading}",
                help_text=out,
                choices=[("ours", keep), ("theirs", take)],
                widget=forms.RadioSelect,
                error_messages={"required": UNDECIDED.get(change.field, BOTH)},
            )
        if comparison.may_need_reason:
            self.fields["reason"] = forms.CharField(
                label="Why the wording changes",
                help_text="One reason for all of it. The board will read it."
                if comparison.needs_reason
                else "Only where you take the file’s wording. The board will read it.",
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=20_000,
                required=comparison.needs_reason,
                error_messages={"required": WHY},
            )

    def clean(self) -> None:
        """A reason is needed too where the file's wording is chosen before ours."""
        sent = self.cleaned_data
        chosen = (change for name, _, change in self._conflicts() if sent.get(name) == "theirs")
        worded = "reason" in sent and any(change.field in WORDING for change in chosen)
        if worded and not sent["reason"]:
            self.add_error("reason", WHY)

    def _conflicts(self) -> Iterator[tuple[str, Proposal, Change]]:
        for proposal in self.comparison.proposals:
            for change in proposal.changes:
                if change.is_conflict:
                    yield f"{proposal.key}-{change.field}", proposal, change

    @property
    def taken(self) -> dict[int, set[Field]]:
        """The fields of each action, by its key, where the file holds."""
        found: dict[int, set[Field]] = {}
        for name, proposal, change in self._conflicts():
            if self.cleaned_data[name] == "theirs":
                found.setdefault(proposal.key, set()).add(change.field)
        return found
