"""Forms by which a file with figures comes in: the file, how it is read, and taking it in."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kpis.imports.layouts import Column, Field, fold
from kpis.imports.periods import Order
from kpis.imports.reading import MAX_BYTES, Table
from kpis.imports.understanding import Named
from kpis.models import FigureImport, Indicator, Vintage
from kpis.services.importing import Look
from kpis.services.meaning import choices_of
from management.uploads import MB, BadFile, check_size

MOST = 100  # names on a page
AS_READ, UNUSED, OUT = "as-read", "unused", "out"
ORDERS = [
    (str(Order.DAY_FIRST), "Day first, as in Britain: 04/05/2019 is in May"),
    (str(Order.MONTH_FIRST), "Month first, as in America: 04/05/2019 is in April"),
]


class FileForm(forms.Form):
    """The file. `cleaned_data["file"]` is its name and bytes."""

    file = forms.FileField(
        label="File with figures",
        help_text=f"Excel (.xlsx) or CSV, at most {MAX_BYTES // MB} MB.",
        max_length=200,
        allow_empty_file=True,  # it is refused by its name
        error_messages={
            "required": "Choose a file.",
            "max_length": "The name of the file is longer than 200 characters.",
        },
    )

    def clean_file(self) -> tuple[str, bytes]:
        file = self.cleaned_data["file"]
        try:
            check_size(file.size, "Part it.", MAX_BYTES)
        except BadFile as error:
            raise ValidationError(f"{file.name}: {error}") from error
        return file.name, file.read()


class ReadForm(forms.Form):
    """How the file is read: what its columns are, which KPIs names are, how days are written."""

    prefix = "read"  # it stands in the same form of the page as TakeInForm

    def __init__(
        self, data: Any, *, kept: FigureImport, seen: Look, kpis: Iterable[Indicator]
    ) -> None:
        mine = data is not None and any(key.startswith(f"{self.prefix}-") for key in data)
        super().__init__(data if mine else None)
        self.seen = seen
        chosen = choices_of(kept)
        self.tables: dict[str, tuple[str, Column]] = {}  # signature and column, by field
        self.names: dict[str, Named] = {}
        self.kpis = {str(one.pk): one for one in kpis}
        self._ask_names(chosen.get("names", {}))
        if seen.asks_order or chosen.get("order"):
            self.fields["order"] = forms.ChoiceField(
                label="How are days written in this file?",
                choices=ORDERS,
                widget=forms.RadioSelect,
                initial=chosen.get("order"),
                required=False,
            )
        self._ask_columns()
        self.fields["vintage"] = forms.ChoiceField(
            label="Figures of which the file does not say it are",
            help_text="What has not ended yet is provisional in any case.",
            choices=[("", "As they stand here; new ones are final"), *Vintage.choices],
            initial=chosen.get("vintage", ""),
            required=False,
        )

    def _ask_names(self, said: Mapping[str, Any]) -> None:
        """Those first of which nobody has said anything."""
        titles = {fold(name): one for one in self.kpis.values() for name in (one.code, one.name)}
        choices = [(key, f"It is {one}") for key, one in self.kpis.items()]
        together = [*self.seen.unknown, *self.seen.chosen]
        for one in together[:MOST]:
            field, folded = f"name-{_digest(fold(one.name))}", fold(one.name)
            self.names[field] = one
            near = get_close_matches(folded, titles, 1, 0.8)
            help_text = f"{_many(one)}, first in {one.first}."
            first = [(OUT, "Leave its figures out")]
            if folded not in said:
                first = [("", "Choose a KPI"), *first]
                if near:
                    help_text += f" It reads like {titles[near[0]]}: is it that?"
            stands = said.get(folded, {}).get("kpi", "") if folded in said else ""
            self.fields[field] = forms.ChoiceField(
                label=one.name,
                help_text=help_text,
                choices=[*first, *choices],
                initial=OUT if stands is None else str(stands),
                required=False,
                error_messages={"invalid_choice": "Choose one of the list."},
            )
        self.more_names = max(0, len(together) - MOST)

    def _ask_columns(self) -> None:
        done: set[str] = set()
        for table in self.seen.tables:
            layout = table.layout
            if layout.signature in done:  # one of the same headings
                continue
            done.add(layout.signature)
            for column in layout.columns:
                if column.period:
                    continue
                field = f"column-{_digest(f'{layout.signature} {column.index}')}"
                self.tables[field] = layout.signature, column
                self.fields[field] = _column_field(table, column)

    @property
    def is_urgent(self) -> bool:
        """Whether something has to be said before the file is read as it should be."""
        return bool(self.seen.unknown or self.seen.asks_order or not self.seen.lines)

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.tables]

    def chosen(self) -> dict[str, Any]:
        """As `meaning.choose` takes it."""
        sent = self.cleaned_data
        columns: dict[str, dict[str, str]] = {}
        for field, (signature, column) in self.tables.items():
            said = sent.get(field) or AS_READ
            if said != AS_READ and field in self.changed_data:
                columns.setdefault(signature, {})[fold(column.heading)] = (
                    "" if said == UNUSED else said
                )
        if columns:
            columns = self._whole(columns)
        names = {
            one.name: None if said == OUT else self.kpis[said]
            for field, one in self.names.items()
            if (said := sent.get(field, ""))
        }
        found: dict[str, Any] = {"names": names, "vintage": sent.get("vintage", "")}
        if "order" in self.fields and sent.get("order"):
            found["order"] = sent["order"]
        return found | ({"columns": columns} if columns else {})

    def _whole(self, changed: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """The columns that were changed, with all others of their tables as they are read."""
        for signature, column in self.tables.values():
            if signature in changed and not column.kpi:
                said = str(column.field) if column.field else ""
                changed[signature].setdefault(fold(column.heading), said)
        return changed


def _many(one: Named) -> str:
    return "One figure" if one.rows == 1 else f"{one.rows:,} figures"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _column_field(table: Table, column: Column) -> forms.ChoiceField:
    samples = "; ".join(table.samples.get(column.index, ()))
    choices = [(UNUSED, "Not used"), *((str(one), str(one)) for one in Field)]
    initial = str(column.field) if column.field else UNUSED
    if column.kpi:
        choices = [(AS_READ, f"{column.what} of {column.kpi}"), *choices]
        initial = AS_READ
    return forms.ChoiceField(
        label=column.heading[:120],
        help_text=f"For example: {samples}" if samples else "",
        choices=choices,
        initial=initial,
        required=False,
    )


class TakeInForm(forms.Form):
    """What is to be done with the file. It asks for no more than this file needs."""

    reason = forms.CharField(
        label="Why figures change that had been given",
        help_text="It is kept with each of them, but for those that have a reason of their own, in "
        "the file or at the row.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    without_stopped = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    mark = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks: bool, stopped: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        many = "the one figure that is" if stopped == 1 else f"the {stopped:,} figures that are"
        self.fields["without_stopped"].label = f"Take it in without {many} stopped"
        if not asks:
            del self.fields["reason"]
        if not stopped:
            del self.fields["without_stopped"]


def reasons_in(sent: Mapping[str, Any], ats: Sequence[int]) -> dict[int, str]:
    """The reasons that were typed at rows."""
    found = {at: str(sent.get(f"reason-{at}", "")).strip()[:1000] for at in ats}
    return {at: text for at, text in found.items() if text}
