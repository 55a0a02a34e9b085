"""A pack as a plain sequence of blocks: one order and one text for PDF, Word and page. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from governance import changed, measured, wording
from governance.content import PackContent, WrittenPart, fingerprint, freeze, thaw
from governance.render.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Facts,
    Heading,
    Landscape,
    Outline,
    Paragraph,
    Row,
    Table,
    lines,
    one_line,
    roman,
)
from governance.render.plan import (
    change_rows,
    completed,
    covered,
    moved,
    overdue,
    plan_rows,
)
from kpis.series import Kpi


def settled(content: PackContent) -> PackContent:
    """The content as it is stored: without characters that a format would refuse or hide."""
    return thaw(freeze(content))


def outline(content: PackContent, recent: int | None = None) -> Outline:
    """The blocks of a pack, in the order of the board's paper. Expects settled content.

    `recent` is how many figures of a series its table gives, counted from the newest; None: all.
    """
    mark = fingerprint(freeze(content))
    notices = [wording.draft(content), *lines(wording.plan_draft(content))]
    notices += lines(content.illustrative)
    return Outline(
        title=one_line(content.title),
        partnership=one_line(content.partnership),
        meeting=one_line(wording.meeting_line(content.meeting)),
        subject=one_line(wording.subject_line(content)),
        facts=(
            ("Period", wording.period_line(content)),
            ("Data as at", wording.moment(content.data_as_at)),
            ("Edition", f"{content.edition} (content {mark[:12]})"),
        ),
        notices=tuple(notices),
        footer=wording.footer(content, mark),
        blocks=tuple(_Writer(content, recent).blocks()),
    )


class _Writer:
    def __init__(self, content: PackContent, recent: int | None) -> None:
        self.content = content
        self.recent = recent or max((len(k.points) for k in content.kpis), default=0)
        self.section = self.paragraph = self.tables = 0

    def blocks(self) -> Iterator[Block]:
        content = self.content
        yield self.heading("Purpose")
        yield from self.texts(content.purpose)
        yield self.heading("Recommendations")
        yield from self.texts((content.recommendations_lead,))
        asks = [one_line(r) for r in content.recommendations]
        if asks:
            yield Bullets(tuple((f"({roman(i)})", a) for i, a in enumerate(asks, 1)))
        yield self.heading("Background")
        yield from self.texts(content.background)
        yield self.heading("Main Issues")
        yield from self.grades()
        yield from self.statuses()
        yield from self.reconciliation()
        yield from self.changes()
        yield from self.completed()
        yield from self.overdue()
        yield from self.moved()
        yield from self.coverage()
        yield from self.kpis()
        yield from self.contradictions()
        for part in content.written:
            yield from self.written(part)
        yield from self.closing()
        yield from self.appendix()

    def heading(self, text: str) -> Heading:
        self.section += 1
        self.paragraph = 0
        return Heading(1, one_line(text), f"section-{self.section}", f"{self.section}.")

    def sub(self, text: str) -> Heading:
        return Heading(2, text, text.lower().replace(",", "").replace(" ", "-"))

    def say(self, text: str) -> Paragraph:
        self.paragraph += 1
        return Paragraph(text, f"{self.section}.{self.paragraph}")

    def texts(self, texts: Sequence[str]) -> Iterator[Paragraph]:
        said = [line for text in texts for line in lines(text)]
        yield from (self.say(text) for text in said or [wording.NOT_WRITTEN])

    def table(
        self, caption: str, columns: Sequence[Column], rows: Sequence[Row], long: bool = False
    ) -> Table:
        self.tables += 1
        number = self.tables
        return Table(
            f"Table {number}: {caption}", tuple(columns), tuple(rows), f"table-{number}", long
        )

    def grades(self) -> Iterator[Block]:
        yield self.sub("Inspection grades")
        yield self.say(wording.grades_lead(self.content))
        if self.content.grades:
            yield self.table(
                "Inspection grades",
                [
                    Column("Question", 3),
                    Column("Quality indicator", 4),
                    Column("Grade", 2, lead=True),
                    Column("What the grade means", 4),
                ],
                [
                    Row(
                        (
                            lines(g.question),
                            lines(f"{g.code} {g.indicator}"),
                            lines(g.grade),
                            lines(g.meaning),
                        )
                    )
                    for g in self.content.grades
                ],
            )

    def statuses(self) -> Iterator[Block]:
        yield self.sub("Actions by status")
        yield self.say(wording.status_lead(self.content))
        if self.content.statuses:
            columns = [
                Column("Status", 3, lead=True),
                Column("What it means", 8),
                Column("Actions", 1.6, numeric=True),
            ]
            rows = [
                [lines(s.status), lines(s.meaning), (f"{s.count:,}",)]
                for s in self.content.statuses
            ]
            total = sum(s.count for s in self.content.statuses)
            rows.append([("All actions",), (), (f"{total:,}",)])
            words = [wording.own_word(s.word, s.colour) for s in self.content.statuses]
            if any(words):
                columns.insert(1, Column("The area’s word", 3))
                for row, word in zip(rows, [*words, ""], strict=True):
                    row.insert(1, lines(word))
            yield self.table(
                "Actions by status, with the key of statuses",
                columns,
                [*(Row(tuple(row)) for row in rows[:-1]), Row(tuple(rows[-1]), total=True)],
            )
            for note in wording.key_notes(self.content):
                yield Paragraph(one_line(note), kind="note")

    def reconciliation(self) -> Iterator[Block]:
        yield self.sub("How the count has changed")
        yield self.say(wording.reconciled(self.content))
        *rows, last = [
            Row(((text,), (f"{sign} {count:,}".strip(),)))
            for text, sign, count in wording.counts(self.content)
        ]
        yield self.table(
            "How the count has changed",
            [Column("What happened", 6), Column("Actions", 1.6, numeric=True)],
            [*rows, replace(last, total=True)],
        )

    def changes(self) -> Iterator[Block]:
        if not self.content.tells_changes:
            return
        yield self.sub("Changes to the plan")
        yield self.say(changed.lead(self.content))
        if self.content.changes:
            yield self.table(
                "Changes to the plan in the period",
                [
                    Column("Action", 3.2, lead=True),
                    Column("On", 1.9),
                    Column("What was changed", 4.8),
                    Column("Why, and by whom", 4),
                ],
                list(change_rows(self.content)),
            )

    def completed(self) -> Iterator[Block]:
        yield self.sub("Completed in the period")
        yield self.say(wording.completed_lead(self.content))
        done = self.content.completed_actions
        if done:
            yield self.table(
                "Completed in the period",
                [
                    Column("Action", 5, lead=True),
                    Column("Responsible", 2.5),
                    Column("Completed on", 2.4),
                    Column("Evidence held", 3.5),
                ],
                [completed(action) for action in done],
            )

    def overdue(self) -> Iterator[Block]:
        yield self.sub("Overdue")
        yield self.say(wording.overdue_lead(self.content))
        late = self.content.overdue_actions
        if late:
            yield self.table(
                f"Overdue at {wording.day(self.content.period_end)}",
                [
                    Column("Action", 4.5, lead=True),
                    Column("Responsible", 2.4),
                    Column("Due", 2.3),
                    Column("Days overdue", 1.5, numeric=True),
                    Column("Latest progress", 4),
                ],
                [overdue(action, self.content) for action in late],
            )

    def moved(self) -> Iterator[Block]:
        yield self.sub("Due dates moved, how often and why")
        yield self.say(wording.moved_lead(self.content))
        found = self.content.moved_actions
        if found:
            yield self.table(
                "Due dates moved",
                [
                    Column("Action", 4, lead=True),
                    Column("First due", 2.3),
                    Column("Now due", 2.3),
                    Column("How often", 1.9),
                    Column("Each change and its reason", 4.5),
                ],
                [moved(action) for action in found],
            )

    def coverage(self) -> Iterator[Block]:
        yield self.sub("What answers each finding")
        for text in wording.coverage_lead(self.content):
            yield self.say(one_line(text))
        if self.content.coverage:
            rows = []
            heading, within = "", ""
            for item in self.content.coverage:
                kind = wording.coverage_kind(self.content, item)
                if kind != heading and not item.level:
                    heading, within = kind, item.kind
                    rows.append(Row((lines(heading),), group=True))
                rows.append(covered(item, within))
            yield self.table(
                "Which actions answer what was found",
                [
                    Column("Reference", 1.8, lead=True),
                    Column("What was found", 6),
                    Column("Actions", 2.6),
                    Column("Completed", 1.9, numeric=True),
                    Column("State", 3),
                ],
                rows,
            )

    def kpis(self) -> Iterator[Block]:
        yield self.sub("Key performance indicators")
        yield self.say(wording.kpis_lead(self.content))
        for index, kpi in enumerate(self.content.kpis):
            yield from self.kpi(index, kpi)

    def kpi(self, index: int, kpi: Kpi) -> Iterator[Block]:
        yield Heading(3, one_line(f"{kpi.code} {kpi.name}"), f"kpi-{index + 1}")
        if kpi.illustrative:
            yield Paragraph(wording.ILLUSTRATIVE, kind="mark")
        yield self.say(one_line(kpi.reading) or wording.no_points(self.content))
        for said in measured.beside(kpi):
            yield self.say(one_line(said))
        if kpi.points:
            yield Chart(
                index,
                one_line(f"{kpi.code} {kpi.name}"),
                one_line(kpi.description) or one_line(kpi.name),
            )
            yield self.figures(kpi)
        notes = [kpi.meaning, f"Source: {wording.sentence(kpi.source)}" if kpi.source else ""]
        if kpi.actions:
            notes.append(f"Actions meant to change this figure: {wording.listed(kpi.actions)}.")
        note = " ".join(wording.sentence(one_line(n)) for n in notes if n.strip())
        if note:
            yield Paragraph(note, kind="note")

    def figures(self, kpi: Kpi) -> Table:
        points = kpi.points[-self.recent :]
        targets = any(p.target is not None for p in points)
        remarks = [one_line(measured.remark(p)) for p in points]
        unit = "" if kpi.unit == "%" else f" ({one_line(kpi.unit)})"
        columns = [
            Column("Period", 2.2),
            Column(f"{self.content.area}{unit}", 4.4, numeric=True),
        ]
        if targets:
            columns.append(Column("Target", 1.5, numeric=True))
        columns += [Column(one_line(c.name), 2.4, numeric=True) for c in kpi.comparators]
        if any(remarks):
            columns.append(Column("Kind of figure", 2.8))
        others = [{p.start: p for p in c.points} for c in kpi.comparators]
        rows = []
        for point, remark in zip(points, remarks, strict=True):
            cells: list[Cell] = [lines(point.period), (wording.figure(point, kpi),)]
            if targets:
                cells.append((wording.number(point.target, kpi.decimals, kpi.unit) or "None set",))
            for other in others:
                found = other.get(point.start)
                shown = wording.number(found.value, kpi.decimals, kpi.unit) if found else ""
                cells.append((shown or wording.NOT_REPORTED,))
            if any(remarks):
                cells.append(lines(remark))
            rows.append(Row(tuple(cells)))
        name = f"{kpi.code} {kpi.name}"
        if len(points) < len(kpi.points):
            name = f"{name} ({wording.latest(len(points), len(kpi.points))})"
        return self.table(one_line(name), columns, rows, long=len(rows) > 12)

    def contradictions(self) -> Iterator[Block]:
        yield self.sub(measured.disagreements(self.content))
        yield self.say(measured.disagreements_lead(self.content))
        for item in self.content.contradictions:
            yield self.say(one_line(item.sentence))

    def written(self, part: WrittenPart) -> Iterator[Block]:
        yield self.heading(part.heading)
        yield from self.texts(part.paragraphs)

    def closing(self) -> Iterator[Block]:
        content = self.content
        author = [
            content.author.name,
            content.author.post,
            wording.day(content.meeting.on, "Date of meeting to be set"),
        ]
        contact = " ".join(
            wording.sentence(one_line(t))
            for t in (
                f"{content.contact.name}, {content.contact.post}".strip(", "),
                content.contact.contact,
            )
            if t.strip()
        )
        yield Facts(
            (
                ("Author", ", ".join(one_line(t) for t in author if t.strip())),
                ("Person to Contact", contact or "None named."),
                ("Appendices", f"Appendix: {wording.appendix_title(content)}"),
                ("Background Papers", one_line(content.meeting.background_papers) or "None"),
                ("Wards Affected", one_line(content.meeting.wards) or "All"),
            )
        )

    def appendix(self) -> Iterator[Block]:
        yield Landscape()
        title = wording.appendix_title(self.content)
        yield Heading(1, title, "appendix", "Appendix:")
        yield Paragraph(wording.status_lead(self.content))
        if not self.content.actions:
            return
        yield self.table(
            title,
            [
                Column("Actions for improvement", 6, lead=True),
                Column("Responsible", 3),
                Column("Timescales and progress", 5),
                Column("Evidence of improvement", 4),
            ],
            list(plan_rows(self.content)),
        )
