"""Which KPIs of an area are shown. All of it stands in the URL, and none of it is trusted."""

from collections.abc import Sequence
from typing import Any

from django import forms

from kpis.services.grid import Tile
from kpis.standing import WORDS, Says
from plans.forms.lists import ALL, ListForm, QuietChoice, one_of

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
