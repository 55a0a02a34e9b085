"""Forms by which a completed Word form comes in: the upload, and the acceptance of its preview."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from management.uploads import MAX_BYTES, BadFile, check_size, check_word
from plans.forms.self_evaluations import FrameworkField, PeriodForm
from plans.models import Framework


class UploadForm(forms.Form):
    """The framework, and a Word file that is safe to open. `cleaned_data["file"]` is its name and
    its bytes."""

    framework = FrameworkField()
    file = forms.FileField(
        label="Completed form",
        help_text=f"A Word document (.docx) of at most {MAX_BYTES // 1024 // 1024} MB.",
        max_length=200,
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": "The name of the file is longer than 200 characters.",
        },
    )

    def __init__(self, *args: Any, frameworks: Iterable[Framework], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["framework"]
        assert isinstance(field, FrameworkField)  # noqa: S101  (declared above)
        field.offer(frameworks)

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size)
            data = file.read()
            check_word(data)
        except BadFile as error:
            raise ValidationError(str(error)) from error
        return file.name, data


class AcceptForm(PeriodForm):
    """What was read, carried along with a signature, and what it is to be called."""

    payload = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].help_text = "The year that ended last is proposed: is it that one?"
