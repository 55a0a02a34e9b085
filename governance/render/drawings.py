"""The charts of one pack, each drawn once for all the formats that show it."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from governance.content import PackContent

if TYPE_CHECKING:
    from kpis.charts import Drawing


class Drawings:
    """Draws a pack's charts when they are first asked for, by their place in `content.kpis`.

    With `both`, each is written in both formats at once, and its figure, some megabytes, let go.
    """

    def __init__(self, content: PackContent, *, both: bool = False) -> None:
        self._content, self._both = content, both

    @cached_property
    def _drawn(self) -> "list[Drawing]":
        # Here and not above: matplotlib costs half a second, and a web process may never draw.
        from kpis.charts import drawing

        content = self._content
        return [drawing(k, content.area, f"kpi-{n}") for n, k in enumerate(content.kpis, 1)]

    def svg(self, index: int) -> bytes:
        """The chart of `content.kpis[index]`, safe inside a page."""
        if self._both:
            self.png(index)
        return self._drawn[index].svg

    def png(self, index: int) -> bytes:
        """The chart of `content.kpis[index]` at 150 dots per inch."""
        return self._drawn[index].png


def plain_fonts() -> Path:
    """The folder of the fonts that are always there."""
    from kpis.charts import FONTS

    return FONTS
