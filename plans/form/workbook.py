"""A self-evaluation as an Excel workbook: one row for each element, one for each section."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from management.cells import OPTIONS, Book, height
from management.documents import clean
from plans.form.content import SOURCES, ElementAnswer, Form, Layout, SectionAnswer, Views

TIME = datetime(2000, 1, 1)  # noqa: DTZ001  (Excel knows no zones; the bytes must not depend on it)


def write(
    form: Form,
    layout: Layout,
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    validated: Views | None = None,
) -> bytes:
    """The form as XLSX, with the validator's ratings of elements and sections where given.

    No cell holds a formula. Same content, same bytes.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"title": clean(title)[:255], "created": TIME})
        _Writer(book, form, layout, validated or {}).write(title, facts)
    return out.getvalue()


class _Writer(Book):
    def __init__(
        self, book: xlsxwriter.Workbook, form: Form, layout: Layout, validated: Views
    ) -> None:
        super().__init__(book)
        self.form, self.layout, self.validated = form, layout, validated
        self.labels = dict(layout.points)
        self.answers = {section.code: section for section in form.sections}

    def write(self, title: str, facts: Sequence[tuple[str, str]]) -> None:
        sheet = self.sheet("Summary", landscape=False)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 90)
        self.text(sheet, 0, 0, clean(title), self.title)
        rows = [("Area", self.form.area), *facts]
        rows += [("Capacity for improvement", text) for text in self.form.capacity]
        rows += [("Priority", text) for text in self.form.priorities]
        for place, (name, value) in enumerate(rows, 2):
            self.text(sheet, place, 0, clean(name), self.strong)
            self.text(sheet, place, 1, clean(value), self.wrapped)
            sheet.set_row(place, height([name, value], [34, 90]))
        self.elements()
        self.sections()
        self.tools()

    def elements(self) -> None:
        columns = [
            ("Section", 18),
            ("Code", 8),
            ("Statement", 34),
            ("Rating", 14),
            ("Validator's rating", 14),
            ("Validator's reason", 34),
            ("Evidence", 70),
            *((name, 30) for name in SOURCES),
            ("Strengths", 34),
            ("Areas for improvement", 34),
            ("How good can we be", 34),
        ]
        rows = []
        for section in self.layout.sections:
            answers = {e.code: e for e in self.answer(section.code).elements}
            for element in section.elements:
                said = answers.get(element.code, ElementAnswer(element.code))
                sources = dict(said.sources)
                rows.append(
                    [
                        f"{section.code} {section.name}",
                        element.code,
                        clean(element.wording or element.label),
                        self.labels.get(said.rating or 0, ""),
                        *self.view(element.code),
                        _lines(said.evidence),
                        *(_lines(sources.get(name, ())) for name in SOURCES),
                        _lines(said.strengths),
                        _lines(said.improvements),
                        _lines(said.ambition),
                    ]
                )
        self.list_sheet("Elements", columns, rows, [])

    def sections(self) -> None:
        columns = [
            ("Section", 30),
            ("Overall rating", 16),
            ("Validator's rating", 16),
            ("Validator's reason", 40),
            ("Rationale", 100),
        ]
        rows = [
            [
                f"{section.code} {section.name}",
                self.labels.get(self.answer(section.code).overall or 0, ""),
                *self.view(section.code),
                _lines(self.answer(section.code).rationale),
            ]
            for section in self.layout.sections
            if section.overall
        ]
        if rows:
            self.list_sheet("Overall ratings", columns, rows, [])

    def tools(self) -> None:
        rows = [
            [f"{section.code} {section.name}", clean(tool.name), tool.reach.capitalize()]
            for section in self.layout.sections
            for tool in self.answer(section.code).tools
        ]
        if rows:
            columns = [("Section", 30), ("Tool", 90), ("Local, national or external", 20)]
            self.list_sheet("Tools", columns, rows, [])

    def answer(self, code: str) -> SectionAnswer:
        return self.answers.get(code, SectionAnswer(code, ()))

    def view(self, code: str) -> tuple[str, str]:
        rating, reason = self.validated.get(code, (None, ""))
        return self.labels.get(rating or 0, ""), clean(reason)


def _lines(texts: Sequence[str]) -> str:
    return clean("\n".join(texts))
