"""Which KPIs of an area are shown. All of it stands in the URL, and none of it is trusted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from kpis.periods import Period
from kpis.services.grid import Tile
from kpis.standing import WORDS, Says
from management import clock
from management.fields import choose, optional_day
from plans.forms.lists import ALL, ListForm, QuickSelect, QuietChoice, one_of

WAYS = {"grid": "Small charts", "list": "List"}
NOBODY = "none"


class KpisForm(ListForm):
    """What of an area's KPIs is shown."""

    q = forms.CharField(
        label="Words",
        help_text="In the code, the name, what it tells or its source.",
        max_length=100,
        required=False,
    )
    says = one_of("What it says", [ALL, *((said.value, WORDS[said]) for said in Says)])
    owner = one_of("Owner post")

    always = ("q", "says")

    def __init__(self, data: Any, owners: Sequence[tuple[str, str]]) -> None:
        self.owners = owners
        super().__init__(data, {})

    def offered(self, choices: Any) -> dict[str, list[tuple[str, str]]]:
        return {"owner": [*self.owners, (NOBODY, "Nobody yet")]}

    @property
    def way(self) -> str:
        return self.cleaned_data.get("as") or "grid"

    def has(self, tile: Tile, says: frozenset[Says]) -> bool:
        """Whether a KPI that says this is among those that are wanted."""
        wanted, row = self.cleaned_data, tile.row
        told = f"{row.code} {row.name} {row.meaning} {row.source}".casefold()
        owner = wanted.get("owner")
        return (
            all(word in told for word in wanted.get("q", "").casefold().split())
            and (not wanted.get("says") or wanted["says"] in says)
            and (not owner or owner == str(row.owner_id or NOBODY))
        )


# A KPI has no status, and stands in the order of codes.
del KpisForm.base_fields["status"], KpisForm.base_fields["sort"]
# “as” is a word of Python: a field cannot be declared under it.
KpisForm.base_fields["as"] = QuietChoice(
    choices=list(WAYS.items()), required=False, widget=forms.HiddenInput
)


class StoodForm(forms.Form):
    """The day whose figures are looked at; none is today."""

    on = optional_day("As it stood on", "For example 31 3 2020 or 2020-03-31.")

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day is not None and day > clock.today():
            raise forms.ValidationError("This day is still to come. Give today or an earlier one.")
        return day

    def day(self) -> date | None:
        """The earlier day, None for today and for what cannot be understood."""
        if not self.is_valid():
            return None
        day: date | None = self.cleaned_data["on"]
        return None if day == clock.today() else day


class PeriodForm(forms.Form):
    """Of which of the periods something is shown: the first, unless the address has another."""

    of = QuietChoice(label="Period", required=False, widget=QuickSelect)

    def __init__(self, data: Any, periods: Sequence[Period]) -> None:
        super().__init__(data)
        self.periods = {self.key(one): one for one in periods}
        choose(self, "of", [(key, one.label) for key, one in self.periods.items()])

    @staticmethod
    def key(period: Period) -> str:
        """How the address names a period."""
        return f"{period.start}_{period.end}"

    @property
    def several(self) -> bool:
        return len(self.periods) > 1

    def period(self) -> Period | None:
        chosen = self.cleaned_data.get("of") if self.is_valid() else ""
        return self.periods.get(chosen or "") or next(iter(self.periods.values()), None)
