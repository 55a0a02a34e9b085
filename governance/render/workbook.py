"""A pack as an Excel workbook: numbers as numbers, dates as dates. Same content, same bytes."""

import io
from collections.abc import Sequence
from datetime import UTC

import xlsxwriter

from governance import changed, measured, wording
from governance.content import PackContent, fingerprint, freeze
from governance.render import figures
from governance.render.outline import settled
from management.cells import OPTIONS, Book, Rows, Value, height

SUMMARY_WIDTHS = (34, 62, 14, 20)  # characters


def render(content: PackContent) -> bytes:
    """The pack as XLSX. No cell holds a formula."""
    content = settled(content)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        when = content.data_as_at
        when = when.astimezone(UTC) if when.tzinfo else when
        book.set_properties(
            {
                "title": content.title[:255],
                "subject": content.meeting.subject[:255],
                "author": content.partnership[:255],
                "created": when.replace(tzinfo=None),
            }
        )
        _Writer(book, content).write()
    return out.getvalue()


class _Writer(Book):
    def __init__(self, book: xlsxwriter.Workbook, content: PackContent) -> None:
        super().__init__(book)
        self.content = content

    def write(self) -> None:
        self.summary()
        self.tracker()
        places = figures.write(self, self.content)
        figures.draw(self, self.content, places)
        self.coverage()
        if self.content.tells_changes:
            self.changes()
        self.moved()
        self.written()

    def summary(self) -> None:
        content, sheet = self.content, self.sheet("Summary", landscape=False)
        for column, width in enumerate(SUMMARY_WIDTHS):
            sheet.set_column(column, column, width)
        self.text(sheet, 0, 0, wording.subject_line(content), self.title)
        row = 1
        for line in (content.partnership, wording.meeting_line(content.meeting)):
            self.text(sheet, row, 0, line, self.strong)
            row += 1
        mark = fingerprint(freeze(content))
        facts: list[tuple[str, Value]] = [
            ("Title", content.title),
            ("Period", wording.period_line(content)),
            ("Data as at", wording.moment(content.data_as_at)),
            ("Edition", content.edition),
            ("SHA-256 of the content", mark),
            ("Draft", " ".join([wording.draft(content), wording.plan_draft(content)]).strip()),
            ("Purpose", "\n".join(content.purpose) or wording.NOT_WRITTEN),
            (
                "Recommendations",
                "\n".join((content.recommendations_lead, *content.recommendations)),
            ),
            ("Background", "\n".join(content.background) or wording.NOT_WRITTEN),
        ]
        for label, value in facts:
            sheet.write_string(row, 0, label, self.strong)
            self.put(sheet, row, 1, value)
            sheet.set_row(row, height([label, value], SUMMARY_WIDTHS))
            row += 1
        if content.illustrative:
            sheet.write_string(row, 0, "Illustrative", self.warning)
            self.text(sheet, row, 1, content.illustrative, self.warning)
            sheet.set_row(row, height(["Illustrative", content.illustrative], SUMMARY_WIDTHS))
            row += 1
        row = self.block(row + 1, "Counts", [], self.counts())
        row = self.block(
            row,
            "Actions by status",
            ["Status", "What it means", "Actions", "The area’s word"],
            [
                (s.status, s.meaning, s.count, wording.own_word(s.word, s.colour))
                for s in content.statuses
            ]
            + [("", note, "", "") for note in wording.key_notes(content)],
        )
        *counts, (left, _, remaining) = wording.counts(content)
        row = self.block(
            row,
            "How the count has changed",
            ["What happened", "", "Actions"],
            [
                *((text, "", count) for text, _, count in counts),
                (left, wording.reconciled(content), remaining),
            ],
        )
        row = self.block(
            row,
            "Inspection grades",
            ["Quality indicator", "What the grade means", "Grade"],
            [(f"{g.code} {g.indicator}", g.meaning, g.grade) for g in content.grades]
            or [(wording.grades_lead(content), "", "")],
        )
        closing = [
            ("Author", f"{content.author.name}, {content.author.post}".strip(", ")),
            (
                "Person to Contact",
                f"{content.contact.name}, {content.contact.post}. {content.contact.contact}".strip(
                    ", ."
                ),
            ),
            ("Background Papers", content.meeting.background_papers or "None"),
            ("Wards Affected", content.meeting.wards or "All"),
        ]
        self.block(row, "The paper", [], closing)

    def counts(self) -> list[tuple[Value, ...]]:
        content = self.content
        said = [
            ("Actions", wording.status_lead(content)),
            ("Completed", wording.completed_lead(content)),
            ("Overdue", wording.overdue_lead(content)),
            *([("Changes", changed.lead(content))] if content.tells_changes else []),
            ("Due dates moved", wording.moved_lead(content)),
            *(("Coverage", text) for text in wording.coverage_lead(content)),
            ("KPIs", wording.kpis_lead(content)),
            ("Disagreements", measured.disagreements_lead(content)),
            *((f"{c.action} and {c.kpi}", c.sentence) for c in content.contradictions),
        ]
        return [tuple(pair) for pair in said]

    def block(self, row: int, title: str, heads: Sequence[str], rows: Rows) -> int:
        """A titled block of the summary. Returns the row where the next one begins."""
        sheet = self.book.get_worksheet_by_name("Summary")
        sheet.write_string(row, 0, title, self.strong)
        row += 1
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self.head)
        row += bool(heads)
        for values in rows:
            for column, value in enumerate(values):
                self.put(sheet, row, column, value)
            sheet.set_row(row, height(values, SUMMARY_WIDTHS))
            row += 1
        return row + 1

    def tracker(self) -> None:
        columns = [
            ("Reference", 11),
            ("Question", 24),
            ("Indicator code", 10),
            ("Quality indicator", 26),
            ("Action", 48),
            ("Key messages", 14),
            ("Areas for improvement", 14),
            ("Lead", 22),
            ("Supporting", 26),
            ("Timescale in the plan", 18),
            ("First due", 13),
            ("Now due", 13),
            ("Times moved", 9),
            ("Days moved", 9),
            ("Status", 14),
            ("The area’s word", 14),
            ("Colour", 9),
            ("Per cent done", 9),
            ("Open", 8),
            ("Days overdue", 10),
            ("Added in the period", 10),
            ("Reopened in the period", 12),
            ("Completed in the period", 12),
            ("Withdrawn in the period", 12),
            ("Superseded in the period", 12),
            ("Superseded by", 12),
            ("Decision", 30),
            ("Completed on", 13),
            ("Latest update", 40),
            ("Latest update on", 13),
            ("Evidence of improvement expected", 36),
            ("Evidence held", 36),
            ("Illustrative", 11),
        ]
        rows = [
            (
                a.reference,
                a.question,
                a.indicator_code,
                a.indicator,
                a.text,
                ", ".join(a.key_messages),
                ", ".join(a.recommendations),
                a.lead,
                "; ".join(a.supporting),
                a.timescale,
                a.original_due,
                a.due,
                a.times_moved,
                a.days_moved,
                a.status,
                a.word,
                a.colour,
                a.percent,
                _yes(a.is_open),
                a.days_overdue,
                _yes(a.added),
                _yes(a.reopened),
                _yes(a.completed),
                _yes(a.withdrawn),
                _yes(a.superseded),
                a.superseded_by,
                a.decision,
                a.completed_on,
                a.latest_update,
                a.latest_update_on,
                a.evidence_expected,
                "\n".join(a.evidence),
                _yes(a.illustrative),
            )
            for a in self.content.actions
        ]
        self.list_sheet("Tracker", columns, rows, [wording.status_lead(self.content)])

    def coverage(self) -> None:
        columns = [
            ("Reference", 12),
            ("Kind", 22),
            ("Level", 8),
            ("What was found", 70),
            ("Actions", 24),
            ("Number of actions", 11),
            ("Completed", 11),
            ("State", 30),
            ("Withdrawn or superseded", 24),
            ("Found in", 40),
        ]
        rows = [
            (
                c.reference,
                c.kind,
                c.level,
                c.text,
                ", ".join(c.actions) or "None",
                len(c.actions),
                c.completed,
                c.state,
                ", ".join(c.gone),
                c.source,
            )
            for c in self.content.coverage
        ]
        self.list_sheet("Coverage", columns, rows, wording.coverage_lead(self.content))

    def changes(self) -> None:
        columns = [
            ("Kind of change", 18),
            ("Reference", 12),
            ("On", 13),
            ("What", 28),
            ("Before", 44),
            ("Since", 44),
            ("Reason", 44),
            ("Decision", 30),
            ("By", 22),
            ("Agreed by", 22),
            ("What remains", 36),
            ("Illustrative", 11),
        ]
        rows = [
            (
                c.kind,
                c.action,
                c.on,
                c.what,
                c.old,
                c.new,
                c.reason,
                c.decision,
                c.by,
                c.approver,
                "\n".join(c.homes),
                _yes(c.illustrative),
            )
            for c in self.content.changes
        ]
        self.list_sheet("Changes", columns, rows, [changed.lead(self.content)])

    def moved(self) -> None:
        columns = [
            ("Reference", 12),
            ("Action", 50),
            ("Lead", 22),
            ("Moved on", 13),
            ("From", 13),
            ("To", 13),
            ("Days", 8),
            ("In the period", 10),
            ("Reason", 50),
        ]
        content = self.content
        rows = [
            (
                a.reference,
                a.text,
                a.lead,
                m.on,
                m.from_due,
                m.to_due,
                (m.to_due - m.from_due).days if m.from_due else None,
                _yes(content.period_start <= m.on <= content.period_end),
                m.reason,
            )
            for a in content.moved_actions
            for m in a.moves
        ]
        self.list_sheet("Moved dates", columns, rows, [wording.moved_lead(content)])

    def written(self) -> None:
        columns = [("Section", 28), ("Text", 100), ("Written by", 24), ("Written on", 13)]
        rows = [
            (p.heading, "\n".join(p.paragraphs) or wording.NOT_WRITTEN, p.written_by, p.written_on)
            for p in self.content.written
        ]
        self.list_sheet("Written parts", columns, rows, [])


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
