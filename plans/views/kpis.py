"""All KPIs of an area: as small charts, or as a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kpis.models import Indicator
from kpis.services import figures, grid
from kpis.standing import WORDS, Says
from management import clock
from management.access import policy
from management.requests import Request
from plans.forms.kpis import WAYS, KpisForm
from plans.models import KpiLink

PAGE = 60  # small charts
SAFE = " /:;=,.()-'!*@+&"  # of what stands in a chart, what an address may hold as it is
GRACE = timedelta(days=31)  # after its end, until a period counts as not reported


@dataclass(frozen=True)
class Card:
    """A KPI as the page shows it: what it says today, how many actions should move it, and where
    its small chart is: in the page itself, or at an address of its own until it is drawn."""

    tile: grid.Tile
    says: frozenset[Says]
    actions: int
    picture: str = ""

    @property
    def told(self) -> list[str]:
        """What has to be said beside the sentence."""
        return [WORDS[said] for said in (Says.MISSED, Says.SILENT) if said in self.says]

    @property
    def silent(self) -> bool:
        return Says.SILENT in self.says


@policy("kpi.view")
@require_safe
def kpis(request: Request, area: str) -> HttpResponse:
    rows = list(_all(request))
    owners = {str(row.owner_id): str(row.owner) for row in rows if row.owner is not None}
    form = KpisForm(request.GET, sorted(owners.items(), key=lambda one: one[1].casefold()))
    every = _cards(request, rows)
    found = [card for card in every if form.has(card.tile, card.says)]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "total": len(every),
        "number": len(found),
        "page": page,
        "cards": _drawn(request, page.object_list) if form.way == "grid" else page.object_list,
        "ways": [(way, form.query(**{"as": way}), words) for way, words in WAYS.items()],
        "counts": _counts(every, form),
        "illustrative": any(card.tile.row.illustrative for card in page.object_list),
    }
    return render(request, "plans/kpis.html", context)


def _all(request: Request) -> Any:
    rows = Indicator.objects.visible_to(request.user).in_area(request.area)
    return rows.select_related("owner")


def _cards(request: Request, rows: list[Indicator]) -> list[Card]:
    linked = KpiLink.objects.visible_to(request.user).in_area(request.area).promised()
    moved = dict(linked.order_by().values_list("kpi").annotate(Count("pk")))
    today = clock.today()
    return [
        Card(tile, tile.standing.said(_due(tile.row, today)), moved.get(tile.row.pk, 0))
        for tile in grid.tiles(request.user, request.area, rows)
    ]


def _due(row: Indicator, today: date) -> date | None:
    """The last day of what should have been reported by now."""
    ended = today - GRACE
    if row.retired_on is not None:
        ended = min(ended, row.retired_on)
    period = figures.latest_due(row, ended)
    return None if period is None else period.end


def _drawn(request: Request, cards: Any) -> list[Card]:
    """With where each small chart is."""
    found = []
    charts = grid.with_charts([card.tile for card in cards])
    for card, tile in zip(cards, charts, strict=True):
        found.append(Card(card.tile, card.says, card.actions, _picture(request, tile)))
    return found


def _picture(request: Request, tile: grid.Tile) -> str:
    if tile.standing.last is None:
        return ""
    if tile.chart is not None:
        return f"data:image/svg+xml,{quote(tile.chart, safe=SAFE)}"
    where = reverse("kpi_small_chart", args=[request.area.slug, tile.row.pk])
    return f"{where}?v={tile.mark}"


def _counts(cards: list[Card], form: KpisForm) -> list[tuple[str, int, str]]:
    """What all KPIs say: words, how many, and the address of these alone."""
    told: Mapping[Says, int] = {said: sum(said in c.says for c in cards) for said in Says}
    return [(WORDS[said], n, form.query(says=said.value)) for said, n in told.items() if n]


@policy("kpi.view")
@require_safe
def kpi_small_chart(request: Request, area: str, pk: int) -> HttpResponse:
    """A KPI's small chart as SVG. The version in its address only keeps browsers from showing an
    old one: it is drawn from the figures as they are."""
    row = get_object_or_404(_all(request), pk=pk)
    svg = grid.small_chart(request.user, request.area, row)
    return HttpResponse(svg, content_type="image/svg+xml")
