"""Which KPIs an action should move, when they should show it, and what."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms

from kpis.models import Indicator as Kpi
from management.fields import text_field
from plans.effects import LONGEST_LAG, Expected, lags_in, lags_text
from plans.forms.drafting import LinksForm, any_of, offer

BY_KEY = ("lag", "expected")


class Row(NamedTuple):
    """One KPI of the page: its box to tick, and the fields beside it."""

    box: Any
    lag: forms.BoundField
    expected: forms.BoundField


class KpisForm(LinksForm):
    """`linked` says what is expected of the KPIs that the action should move now, by their keys.

    Gives `expected` by key, and as `seen` the months that the page showed. A KPI whose fields were
    not sent keeps what is expected of it.
    """

    kpis = any_of("KPIs")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kpis: Iterable[Kpi], linked: Mapping[int, Expected], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.linked = list(kpis), linked
        self.initial = {"kpis": sorted(linked), **shown(linked)}
        offer(self, "kpis", {"": self.offered})
        for kpi in self.offered:
            lag, text = linked.get(kpi.pk, Expected())
            self.fields[f"lag_{kpi.pk}"] = _lag(kpi)
            self.fields[f"expected_{kpi.pk}"] = text_field(
                f"{kpi.code}: what should be seen then, and why (optional)", rows=2
            )
            self.initial |= {f"lag_{kpi.pk}": lag, f"expected_{kpi.pk}": text}

    @property
    def rows(self) -> list[Row]:
        """The KPIs as the page shows them, in order."""
        keys = [kpi.pk for kpi in self.offered]
        return [
            Row(box, self[f"lag_{key}"], self[f"expected_{key}"])
            for box, key in zip(self["kpis"], keys, strict=True)
        ]

    def clean_seen(self) -> dict[int, int]:
        """Months by key; what no page could have sent is as if it had shown nothing."""
        try:
            return lags_in(self.cleaned_data["seen"])
        except ValueError:
            return {}

    def clean(self) -> dict[str, Any]:
        """The fields of each KPI as one."""
        found = super().clean() or {}
        said = {}
        for kpi in self.offered:
            lag, text = (found.pop(f"{name}_{kpi.pk}", None) for name in BY_KEY)
            was = self.linked.get(kpi.pk, Expected())
            sent = [self.add_prefix(f"{name}_{kpi.pk}") in self.data for name in BY_KEY]
            said[kpi.pk] = Expected(
                (lag or 0) if sent[0] else was.lag, (text or "") if sent[1] else was.text
            )
        return {**found, "expected": said}


def shown(linked: Mapping[int, Expected]) -> dict[str, str]:
    """The hidden fields of a page that shows these."""
    return {
        "shown": ",".join(str(key) for key in sorted(linked)),
        "seen": lags_text({key: said.lag for key, said in linked.items()}),
    }


def told(offered: Iterable[Kpi], linked: Mapping[int, Expected]) -> str:
    """The KPIs with what is expected of each, in one line."""
    return ", ".join(linked[kpi.pk].after(kpi.code) for kpi in offered if kpi.pk in linked)


def _lag(kpi: Kpi) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{kpi.code}: months after completion until it should show",
        help_text="0 means at once.",
        required=False,
        min_value=0,
        max_value=LONGEST_LAG,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": "Enter a whole number of months, such as 3."},
    )
