"""Forms of frameworks."""

from typing import Any

from django import forms

from management.uploads import MAX_BYTES, OLE, BadFile, check_word
from plans import wording_file
from plans.form import reading
from plans.form.content import Layout
from plans.framework_file import BadFramework
from plans.models import Framework
from plans.wording_file import WordingFacts


class WordingForm(forms.Form):
    """A file with the service's own wording of one framework."""

    file = forms.FileField(
        label="File",
        help_text="A wording file (.toml) of at most 1 MB, or the self-evaluation form as a Word "
        f"document (.docx) of at most {MAX_BYTES // 1024 // 1024} MB.",
        max_length=200,
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "max_length": "The name of the file is longer than 200 characters.",
        },
    )
    evidence = forms.BooleanField(
        label="Keep the evidence in it as exemplars",
        help_text="For a form that was filled in as a good example.",
        required=False,
    )

    def __init__(self, *args: Any, framework: Framework, layout: Layout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.framework, self.layout = framework, layout

    def clean(self) -> dict[str, Any]:
        """Adds `name` and `facts`: the name of the file, and what it says."""
        super().clean()
        file = self.cleaned_data.get("file")
        if file is not None:
            try:
                facts = self._read(file)
            except (BadFramework, BadFile) as error:
                self.add_error("file", str(error))
            else:
                self.cleaned_data |= {"name": file.name, "facts": facts}
        return self.cleaned_data

    def _read(self, file: Any) -> WordingFacts:
        data = file.read(MAX_BYTES + 1)
        if data.startswith((b"PK", OLE)) or file.name.lower().endswith(".docx"):
            check_word(data)
            read = reading.read(data, self.layout)
            evidence = self.cleaned_data["evidence"]
            code = self.framework.code
            return wording_file.of_form(read, self.layout, code, file.name, evidence=evidence)
        facts = wording_file.read(data, file.name)
        if facts.framework != self.framework.code:
            raise BadFramework(
                f"{file.name} is for the framework “{facts.framework}”; "
                f"this one is “{self.framework.code}”."
            )
        return facts


class RemoveForm(forms.Form):
    """That a text is to go: `seen` says when the one was loaded that the person has before them."""

    seen = forms.DateTimeField(widget=forms.HiddenInput)
