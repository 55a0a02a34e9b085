"""One form for several actions."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from management.fields import choose, text_field
from plans.forms.actions import link_field, named
from plans.forms.days import DueField
from plans.services.bulk import Change, NewDate, Remark, Report
from plans.statuses import REPORTABLE, Status

SHOWN = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")  # an action's key and its version
KEY = re.compile(r"[0-9]{1,18}")
# The fields of each deed, beside the text; of the others nothing counts, as nobody sees them.
FIELDS = {"status": ("status", "percent", "evidence", "evidence_url"), "date": ("new",), "note": ()}


def keys_of(sent: list[str]) -> list[int]:
    """The keys of the actions that were ticked, each once; what is none is left out."""
    return list(dict.fromkeys(int(key) for key in sent if KEY.fullmatch(key)))


def versions_of(sent: list[str]) -> dict[int, int]:
    """Key and version of each action that the preview has shown as ready."""
    found = (SHOWN.fullmatch(one) for one in sent)
    return {int(match[1]): int(match[2]) for match in found if match}


class BulkForm(forms.Form):
    """What is to be done to all of them: one thing, with one text."""

    deed = forms.ChoiceField(
        label="What do you want to do?",
        choices=[
            ("status", "Report progress"),
            ("date", "Move the due date"),
            ("note", "Add a note"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you want to do."},
    )
    status = forms.ChoiceField(
        label="Status now",
        required=False,
    )
    percent = forms.IntegerField(
        label="Per cent done (optional)",
        help_text="Without a number, each keeps the one that it has.",
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Give a whole number from 0 to 100."
        ),
    )
    evidence = text_field(
        "Evidence (needed when they are done)",
        "What shows it, and where it is kept: each of the actions gets it. No names of people "
        "under supervision.",
        rows=2,
    )
    evidence_url = link_field()
    new = DueField(
        "New due date", "For example 31 3 2020, or March 2020: a month means its last day."
    )
    text = forms.CharField(
        label="What has happened, why the date moves, or the note",
        help_text="The same text is kept with each of the actions.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        error_messages={"required": "Write the text: it is kept with each of the actions."},
    )

    def __init__(self, *args: Any, words: Mapping[str, str], **kwargs: Any) -> None:
        """`words` are the area's own, by status."""
        super().__init__(*args, **kwargs)
        # Nothing becomes “not started”: what is so stays so.
        reported = [s for s in Status if s in REPORTABLE and s != Status.NOT_STARTED]
        shown = [(s.value, named(s, words.get(s, ""))) for s in reported]
        choose(self, "status", [("", "Leave each as it is"), *shown])

    def clean(self) -> None:
        """What the deed needs must be there; what belongs to another one is passed over."""
        found: dict[str, Any] = self.cleaned_data
        deed = found.get("deed")
        for other, names in FIELDS.items():
            for name in names if deed and other != deed else ():
                self.errors.pop(name, None)
                found.pop(name, None)
        if found.get("evidence_url") and not found.get("evidence"):
            self.add_error("evidence", "Say what the link shows.")
        if deed == "date" and "new" in found and not found["new"]:
            self.add_error("new", "Give the new due date.")

    def change(self) -> Change:
        """What the form, which is valid, asks for."""
        found = self.cleaned_data
        if found["deed"] == "status":
            return Report(found["text"], **{name: found[name] for name in FIELDS["status"]})
        if found["deed"] == "date":
            return NewDate(found["text"], found["new"])
        return Remark(found["text"])


class ViewForm(forms.Form):
    """The name of a view."""

    name = forms.CharField(
        label="Name of the view",
        help_text="For example “Overdue in my team”.",
        max_length=60,
        error_messages={"required": "Give the view a name."},
    )
