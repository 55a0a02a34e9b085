"""The values in one row of a plan, and a Note for each that was not understood."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from management.days import day_text
from management.sheets import formats
from management.sheets.content import quoted, upper
from plans.phrases import Tagged, messages, tags
from plans.sheets.content import Kind, Note, Understood
from plans.sheets.fields import Field
from plans.sheets.known import Known, said
from plans.sheets.ours import WORDS
from plans.sheets.progress import say_standing, updates_of
from plans.sheets.rows import Group, Record
from plans.sheets.standing import LISTED, standing
from plans.sheets.word import INSIDE
from plans.timescales import FURTHEST, Timescale, day_first
from plans.titles import LEAD, SUPPORT, Named

F = Field
# What the tables hold: characters.
LONGEST_REFERENCE = 20
LONGEST_TITLE = 150
LONGEST_TEXT = 20_000
LONGEST_NAMES = 5_000  # of a cell that names posts or key messages; what is longer is prose
# Of these the address of a link is no part: it stays in the whole row.
SHORT = frozenset({F.REFERENCE, F.INDICATOR, F.RESPONSIBLE, F.SUPPORTING, F.TIMESCALE, F.REVISED})
SHORT |= {F.STATUS, F.PERCENT, F.MESSAGES}
_ADDRESS = re.compile(r"\s?\(https?://\S+\)")
DATES = "A day such as 31 March 2020 would be read, and a month such as March 2020."
CUT = "A semicolon between two posts parts them for certain."
SERIALS = range(20_000, 80_000)  # Excel's numbers of the days from 1954 to 2119


class Values:
    """Reads the fields of one record, one after the other."""

    def __init__(self, record: Record, known: Known, file: str, shares: bool) -> None:
        self.record, self.known, self.file, self.shares = record, known, file, shares
        self.notes: list[Note] = []
        self.unknown: list[str] = []
        self.unknown_indicator = ""
        self.unlinked: list[int] = []
        self.raw: dict[Field, str] = {}
        for field, cells in record.cells.items():
            if field != F.NOTHING:
                texts = [said(cell) for _, cell in cells]
                text = "\n".join(dict.fromkeys(filter(None, texts)))
                self.raw[field] = _ADDRESS.sub("", text) if field in SHORT else text
        for field in WORDS & record.says:
            self.raw.setdefault(field, "")
        self._faults()
        for field, newest in record.earlier.items():
            heading, value = record.cells[field][0][0], self._line(field)
            why = f"{quoted(newest)} is empty: {quoted(value)} is taken from {quoted(heading)}."
            self.note(field, "earlier_column", why)

    def understood(self) -> Understood:
        reference = self._reference()
        text, numbers = self._text()
        posts = self._posts()
        lead = self._lead(posts)
        due, revised = self._dates()
        stands = standing(self.record, self.known, self.shares, self._line, self.note)
        self._long(F.PROGRESS)
        updates = updates_of(self.record, self.known, self.note)
        if stands.status is None and not stands.word:
            say_standing(updates, self.known, self.note)
        return Understood(
            place=self.record.place,
            number=self.record.number,
            reference=reference,
            indicator=self._indicator(reference),
            text=text,
            key_messages=self._messages(numbers),
            unlinked=tuple(self.unlinked),
            posts=tuple(posts),
            lead=lead.title if lead else "",
            supporting=tuple(post.title for post in posts if post is not lead),
            new_posts=tuple(post.title for post in posts if not post.known),
            unknown=tuple(self.unknown),
            unknown_indicator=self.unknown_indicator,
            unknown_status=stands.unknown,
            due=due,
            revised=revised,
            evidence_expected=self._long(F.EVIDENCE),
            status=stands.status,
            word=stands.word,
            percent=stands.percent,
            by_percent=stands.by_percent,
            progress=updates[-1][1] if updates else "",
            updates=tuple(updates),
            raw=self.raw,
            row=tuple(self.record.texts),
            notes=tuple(self.notes),
        )

    # --- notes ------------------------------------------------------------------------------

    def note(
        self, field: Field, code: str, why: str, accepted: str = "", stops: bool = False
    ) -> None:
        """One at the field's first cell, or at the row where it has none."""
        heading, cell = next(iter(self.record.cells.get(field, [])), ("", None))
        place = cell.place if cell else self.record.place
        value = self.raw.get(field, "")
        self.notes.append(Note(code, self.file, place, heading, value, why, accepted, stops))

    def _faults(self) -> None:
        """What the file itself says is wrong with a cell. Its text is then not used."""
        for field, cells in self.record.cells.items():
            for heading, cell in cells:
                if field == F.NOTHING or not cell.fault:
                    continue
                value = said(cell)
                why = f"{quoted(value)}: {cell.fault}." if value else f"{upper(cell.fault)}."
                self.notes.append(Note("cell", self.file, cell.place, heading, value, why))
                if cell.fault != INSIDE:
                    self.raw[field] = self.raw[field].replace(value, "").strip()

    # --- single fields ----------------------------------------------------------------------

    def _line(self, field: Field) -> str:
        return " ".join(self.raw.get(field, "").split())

    def _long(self, field: Field) -> str:
        text = self.raw.get(field, "")
        if len(text) > LONGEST_TEXT:
            self.note(
                field,
                "too_long",
                f"{quoted(text)} has {len(text):,} characters.",
                f"At most {LONGEST_TEXT:,} are kept: shorten it.",
                stops=True,
            )
        return text

    def _reference(self) -> str:
        reference = self._line(F.REFERENCE).rstrip(".):")
        if len(reference) > LONGEST_REFERENCE:
            self.note(
                F.REFERENCE,
                "reference_long",
                f"{quoted(reference)} has {len(reference)} characters.",
                f"A reference has at most {LONGEST_REFERENCE}, such as 5.2a.",
                stops=True,
            )
        elif any(cell.is_day for _, cell in self.record.cells.get(F.REFERENCE, [])):
            self.note(
                F.REFERENCE,
                "reference_date",
                f"{quoted(reference)} is a date: Excel makes one of what is typed as 1-2 or 1/2.",
                "If that was meant, make the column text and type it again.",
            )
        return reference

    def _text(self) -> tuple[str, list[int]]:
        long = self._long(F.ACTION)
        # Where the file names the key messages apart, all of the text is the action's own.
        tagged = F.MESSAGES not in self.record.says and len(long) <= LONGEST_TEXT
        found = tags(long, self.known.context.messages) if tagged else Tagged([], long)
        for doubt in found.doubts:
            self.note(
                F.ACTION,
                "message_doubt",
                f"{quoted(doubt)}: it is not clear which of these numbers are key messages, so "
                "those with KM before them are linked, and the words stay.",
                "In brackets, as (KM1, 2), all would be read.",
            )
        if self.record.no_action:
            why = "No column is taken for the one that says what will be done."
            then = "Choose which column is for actions."
            self.note(F.ACTION, "no_action_column", why, then, stops=True)
        elif not found.text:
            only = " but key messages" if found.numbers else ""
            self.note(
                F.ACTION,
                "no_text",
                f"Nothing says what will be done: the column for actions has nothing{only}.",
                "Write the action there, or take the row out.",
                stops=True,
            )
        return found.text, found.numbers

    def _indicator(self, reference: str) -> str:
        group, find = self.record.group, self.known.indicators
        code, note = group.match.code, group.match.note
        if not group.text and not code:
            beginning = re.match(r"(.+?)[./ -]?[a-z]$|(.+)[./-]\w+$", reference, re.IGNORECASE)
            named = (beginning[1] or beginning[2]) if beginning else ""
            if named in find.names:
                said_so = (
                    f"No indicator is named: {find.called(named)} is taken from the reference."
                )
                self.note(F.REFERENCE, "indicator_reference", said_so)
                return named
        cell = group.cell
        place = cell.place if cell else self.record.place
        if not code and not _means_one(group):
            above = f"{quoted(group.text, 60)} above it is none, and " if group.text else ""
            why = upper(f"{above}no quality indicator is named, in this row or above it.")
            accepted = "Choose one for the rows that name none, or name it in the file."
            self.notes.append(
                Note("no_indicator", self.file, place, group.heading, "", why, accepted)
            )
        elif not code:
            self.unknown_indicator = " ".join(group.text.split())[:LONGEST_TITLE]
            if taken := self.known.answer(Kind.INDICATOR, self.unknown_indicator):
                why = f"{quoted(group.text, 60)} is taken for {find.called(taken)}, as was said."
                self.notes.append(
                    Note("indicator_taken", self.file, place, group.heading, group.text, why)
                )
                return taken
            like = f" Did you mean {group.match.like}?" if group.match.like else ""
            names = [find.called(one) for one in list(find.names)[:LISTED]]
            more = " …" if len(find.names) > LISTED else ""
            accepted = f"The code or the name of one would be read: {', '.join(names)}{more}."
            why = f"{quoted(group.text, 60)} is no quality indicator of the plan's framework.{like}"
            self.notes.append(
                Note("indicator", self.file, place, group.heading, group.text, why, accepted, True)
            )
        elif note:
            self.notes.append(
                Note("indicator_doubt", self.file, place, group.heading, group.text, note)
            )
        return code

    def _messages(self, numbers: Sequence[int]) -> tuple[int, ...]:
        there = self.known.context.messages
        named = messages(self.raw.get(F.MESSAGES, "")[:LONGEST_NAMES], there)
        if named.text:
            self.note(
                F.MESSAGES,
                "messages",
                f"{quoted(named.text)} names no key message.",
                "Numbers such as KM1, 2 would be read.",
            )
        group = tags(self.record.group.text[:LONGEST_NAMES], there)
        found = sorted({*numbers, *named.numbers, *group.numbers})
        unknown = self.unlinked = [number for number in found if number not in there]
        if unknown and there:  # where there are none at all, that is said once for the file
            field = F.MESSAGES if set(unknown) & set(named.numbers) else F.ACTION
            listed = ", ".join(f"KM{number}" for number in unknown[:LISTED])
            self.note(
                field,
                "message_unknown",
                f"{listed}: the inspection that the plan answers has no such key message.",
                f"It has {', '.join(f'KM{number}' for number in sorted(there))}.",
            )
        return tuple(number for number in found if number not in unknown)

    def _posts(self) -> list[Named]:
        """The posts that lead it or support it: those that are there, and those to be made."""
        posts: dict[str, Named] = {}
        for field in (F.RESPONSIBLE, F.SUPPORTING):
            for named in self._named(field, self.raw.get(field, "")):
                if post := self._here(field, named):
                    posts.setdefault(post.title.casefold(), post)
        return list(posts.values())

    def _named(self, field: Field, text: str) -> list[Named]:
        if len(text) > LONGEST_NAMES:
            return [Named(text, False)]
        if not self.record.says:
            read = self.known.named(text)
            for words in read.nobody:
                self.note(field, "no_post", f"{quoted(words)} names no post.")
            for why in read.doubts:
                self.note(field, "post_doubt", why, CUT)
            return read.posts
        # Our own files name the lead alone, and have a semicolon between the others.
        titles = [text] if field == F.RESPONSIBLE else text.split(";")
        return [
            Named(title, title.casefold() in self.known.by_title)
            for title in map(str.strip, titles)
            if title
        ]

    def _here(self, field: Field, post: Named) -> Named | None:
        """The post for which the name is taken, if it is one."""
        name = quoted(post.title)
        if len(post.title) > LONGEST_TITLE:
            why = f"{name} is too long for the title of a post."
            self.note(field, "post_long", why, f"It has at most {LONGEST_TITLE} characters.")
            return None
        if post.care_of:
            self.note(field, "care_of", f"{name} is named with “c/o”.")
        role = SUPPORT if field == F.SUPPORTING else post.role
        if post.known:
            return replace(post, role=role)
        title = self.known.meant(post.title)
        if post.title.casefold() not in map(str.casefold, self.unknown):
            self.unknown.append(post.title)
            if title == post.title:
                self.note(field, "post_unknown", f"{name} is no post here: it would be created.")
            elif title:
                self.note(field, "post_taken", f"{name} is no post here: {quoted(title)} is taken.")
            else:
                self.note(field, "no_post", f"{name} is taken for no post.")
        return replace(post, title=title, known=title != post.title, role=role) if title else None

    def _lead(self, posts: Sequence[Named]) -> Named | None:
        """The post that is said to lead it, else the first that is not said to support it."""
        others = [post for post in posts if post.role != SUPPORT]
        lead = next((post for post in others if post.role == LEAD), others[0] if others else None)
        if lead is None:
            only = ": what it names supports it" if posts else ""
            why = f"Nobody is responsible for it{only}."
            self.note(F.RESPONSIBLE, "no_lead", why, "Name one post that leads it.")
        return lead

    def _dates(self) -> tuple[date | None, date | None]:
        """When it was due first, and to when it was moved: by a column of its own, else in words.

        “October 2026 (revised to January 2027)” says both.
        """
        due, moved = self._day(F.TIMESCALE)
        first, last = self._day(F.REVISED)
        return due, (last or first) if self.raw.get(F.REVISED) else moved

    def _day(self, field: Field) -> tuple[date | None, date | None]:
        """The day in a cell, and the one to which its words say that it was moved."""
        cells = [cell for _, cell in self.record.cells.get(field, []) if cell.says]
        days = [one.value for one in cells if isinstance(one.value, date) and not one.fault]
        if len(cells) == 1 and days:
            return self._believed(field, days[0]), None
        text = self.raw.get(field, "")
        number = formats.as_number(text) if text.isdecimal() else None
        if number is not None and int(number) in SERIALS:
            day = formats.shown(number, "d mmmm yyyy")[1]
            assert isinstance(day, date)  # noqa: S101  (asked by the range)
            why = f"{quoted(text)} is taken as Excel's number of the day {day_text(day)}."
            self.note(field, "day_number", why, "Show the column as a date.")
            return self._believed(field, day), None
        if field in self.record.month_first and (turned := day_first(text)) != text:
            why = "The dates of this column have the month first"
            self.note(field, "month_first", f"{why}: {quoted(text)} is read so.")
            text = turned
        if days and len(days) == len(cells):  # however Excel shows them
            text = "\n".join(map(day_text, days))
        read = self.known.timescale(text)
        return self._from_words(field, read), read.revised

    def _believed(self, field: Field, day: date) -> date | None:
        if abs(day.year - self.known.context.day.year) <= FURTHEST:
            return day
        why = f"{day_text(day)} is too far from the plan's own day."
        self.note(field, "date_impossible", why, DATES, stops=True)
        return None

    def _from_words(self, field: Field, read: Timescale) -> date | None:
        for why in read.notes:
            if read.impossible:
                self.note(field, "date_impossible", why, DATES, stops=True)
            elif read.due is None:
                self.note(field, "date_unread", why, DATES)
            else:
                self.note(field, "date_doubt", why)
        return read.due


def _means_one(group: Group) -> bool:
    """Whether the words are to name an indicator, though none has them: no mere heading does."""
    if group.cell is None or group.heading or group.match.like:
        return bool(group.text)
    return bool(re.match(r"\W*(?:\d|QI\b|(?:quality )?indicator)", group.text, re.IGNORECASE))
