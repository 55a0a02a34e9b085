"""Forms of what is said of one action."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from management.attachments import ACCEPT, TAKEN, Attachment, take
from management.fields import choose, required_text, text_field, version_field
from management.uploads import BadFile
from plans import statuses
from plans.forms.days import DueField
from plans.models import Action
from plans.statuses import Status

logger = logging.getLogger(__name__)
SAID = "Say what has happened, in a sentence or two."


class EvidenceField(forms.FileField):
    """A file that was looked into: it gives an Attachment, or None."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            help_text=TAKEN,
            required=False,
            allow_empty_file=True,  # refused below, by its name
            widget=forms.FileInput(attrs={"accept": ACCEPT}),
        )

    def clean(self, data: Any, initial: Any = None) -> Attachment | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return take(file.name, file.size, file.read)
        except BadFile as error:
            logger.warning("An upload was refused. %s", error)
            raise ValidationError(str(error)) from error


def link_field() -> forms.URLField:
    return forms.URLField(
        label="Link to the evidence (optional)",
        help_text="For example https://intranet.example/report",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={
            "invalid": "Give the whole address, as it stands in the browser: it begins with "
            "https:// and has no spaces."
        },
    )


class UpdateForm(forms.Form):
    """A progress update, with evidence where there is some."""

    status = forms.ChoiceField(
        label="Status now",
        widget=forms.RadioSelect,
        show_hidden_initial=True,  # so that somebody else's change is not undone unseen
        error_messages={
            "required": "Choose how the action stands now.",
            "invalid_choice": "It cannot become so from how it stands now. Choose another.",
        },
    )
    text = required_text(
        "What has happened",
        "A sentence or two: what was done since the last update, and what comes next.",
        SAID,
    )
    percent = forms.IntegerField(
        label="Per cent done (optional)",
        help_text="A number from 0 to 100.",
        required=False,
        min_value=0,
        max_value=100,
        show_hidden_initial=True,  # so that somebody else's number is left alone
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Give a whole number from 0 to 100."
        ),
    )
    evidence = text_field(
        "Evidence (needed when the action is done)",
        "What shows it, and where it is kept. A file or a link is saved only with it: say what "
        "they show. No names of people under supervision.",
        rows=2,
    )
    file = EvidenceField("File with the evidence (optional)")
    evidence_url = link_field()
    version = version_field()

    def __init__(
        self,
        *args: Any,
        action: Action,
        words: Mapping[str, str],
        left: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if left:  # no reason to refuse: whoever reports it may know better
            self.fields["status"].help_text = f"Before you report it as done: {left}"
        reportable = statuses.reportable_from(action.status)
        choose(self, "status", [(s.value, named(s, words.get(s, ""))) for s in reportable])

    def clean(self) -> None:
        found: dict[str, Any] = self.cleaned_data
        if why := statuses.contradiction(found.get("status", ""), found.get("percent")):
            self.add_error("percent", why)


def named(status: Status, word: str) -> str:
    """Our status, with the area's own word where it is another one."""
    return status.label if word in {"", status.label} else f"{status.label} (“{word}”)"


class EvidenceForm(forms.Form):
    """Something that shows what was done: a file, a link, both, or words alone."""

    description = required_text(
        "What it shows",
        "And of when it is. No names of people under supervision.",
        "Say what the evidence shows.",
    )
    file = EvidenceField("File (optional)")
    url = link_field()


class ReasonForm(forms.Form):
    """Why evidence does not stand any more."""

    reason = required_text(
        "Reason",
        "The evidence stays listed, with this reason.",
        "Say why it does not stand any more.",
    )


class NoteForm(forms.Form):
    """Something that is to be known of the action."""

    text = required_text(
        "Note",
        "Everybody who can open the action reads it, board members and inspectors too. It changes "
        "neither its status nor its date.",
        "Write the note.",
    )


class LateForm(forms.Form):
    """What was to be reported of an action that was closed meanwhile, to be kept as a note."""

    text = required_text("Note", "As it is read in what has happened.", "Write the note.")
    evidence = text_field(
        "Evidence (optional)", "It is kept as evidence of the action, beside the note.", rows=2
    )
    file = EvidenceField("File with the evidence (optional)")
    evidence_url = link_field()

    def __init__(self, *args: Any, proves: bool, **kwargs: Any) -> None:
        """`proves` is whether the action still takes this person's evidence."""
        super().__init__(*args, **kwargs)
        for name in () if proves else ("evidence", "file", "evidence_url"):
            del self.fields[name]


class VerifyForm(forms.Form):
    """A second person's answer to "it is done"."""

    decision = forms.ChoiceField(
        label="Is it done?",
        choices=[
            ("accept", "Yes: the evidence shows that it is done"),
            ("return", "No: it goes back to its owner"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is done."},
    )
    note = required_text(
        "What the evidence shows, or what is missing",
        "",
        "Say what the evidence shows, or what is missing.",
    )
    version = version_field()

    def __init__(
        self,
        *args: Any,
        back: Status,
        why_not: str = "",
        blockers: Sequence[Action] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].help_text = (
            f"One that goes back is open again, “{back.label}”"
            f"{', for it is overdue' if back == Status.OFF_TRACK else ''}."
        )
        if blockers and not why_not:
            names = ", ".join(blocker.reference for blocker in blockers)
            self.fields["although_blocked"] = forms.BooleanField(
                label=f"It is complete although it waits for {names}, still open", required=False
            )
        if why_not:  # they cannot be the second person, but see that it is not done after all
            field = self.fields["decision"]
            field.error_messages["invalid_choice"] = why_not
            choose(self, "decision", [("return", "It is not: it goes back to its owner")])
            self.fields["note"].label = "What is missing"


class ReopenForm(forms.Form):
    """Why a verification is taken back."""

    reason = required_text(
        "Reason",
        "What turned out otherwise, and what has to be done. Its owner and the board read it.",
        "Say why it is not complete: the board will read it.",
    )
    version = version_field()


class MoveDateForm(forms.Form):
    """A new due date, with the reason that the board will read."""

    new = DueField(
        "New due date", "For example 31 3 2020, or March 2020: a month means its last day."
    )
    reason = required_text(
        "Reason",
        "Why the date moves, and what will make the new one hold.",
        "Give the reason: the board will read it.",
    )
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].required = True
        self.fields["new"].error_messages["required"] = "Give the new due date."


class AnswerDateForm(forms.Form):
    """A second person's answer to a new date that was asked for."""

    decision = forms.ChoiceField(
        label="Do you agree?",
        choices=[("agree", "Yes: the date moves"), ("refuse", "No: the date stays")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you agree."},
    )
    text = text_field(
        "Why not, or what you want to add",
        "Needed when you do not agree, so that a better date can be given.",
    )
    version = version_field()


class TakeBackForm(forms.Form):
    """Why a date that somebody asked for is not wanted any more."""

    reason = required_text(
        "Reason",
        "The request stays listed, with this reason.",
        "Say why the date is not asked for any more.",
    )
    version = version_field()
