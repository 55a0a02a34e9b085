"""The rows of a self-evaluation: its elements and its overall ratings."""

from collections.abc import Iterable

from django.db.models import Sum

from plans.models import Overall, SelfEvaluation
from plans.models.self_evaluations import Judged


def rows_of(self_evaluation: SelfEvaluation) -> list[Judged]:
    """As the form has them: section by section, the overall rating of each last."""
    judgements = self_evaluation.judgements.select_related("indicator__section", "contributor")
    overalls = self_evaluation.overalls.select_related("section", "contributor")
    placed: list[tuple[int, int, int, Judged]] = [
        (row.indicator.section.sequence, 0, row.indicator.sequence, row) for row in judgements
    ]
    placed += [(row.section.sequence, 1, 0, row) for row in overalls]
    return [row for *_, row in sorted(placed, key=lambda place: place[:3])]


def asked_to_rate(rows: Iterable[Judged]) -> list[Judged]:
    """Those that want a rating: sections with one of their own, and elements.

    Where the framework marks some of its indicators as graded, only those want one: of the nine
    of the 2019 guidance, five.
    """
    rows = list(rows)
    marked = any(not isinstance(row, Overall) and row.indicator.graded for row in rows)  # type: ignore[attr-defined]
    return [
        row
        for row in rows
        if (
            row.section.overall if isinstance(row, Overall) else row.indicator.graded or not marked  # type: ignore[attr-defined]
        )
    ]


def unrated(self_evaluation: SelfEvaluation) -> list[Judged]:
    """The rows that want a rating and have none."""
    return [row for row in asked_to_rate(rows_of(self_evaluation)) if row.rating is None]


def revision(self_evaluation: SelfEvaluation) -> int:
    """A number that grows whenever it or one of its rows is saved: which content somebody read."""
    saved = (
        rows.aggregate(saved=Sum("version"))["saved"] or 0
        for rows in (self_evaluation.judgements, self_evaluation.overalls)
    )
    return self_evaluation.version + sum(saved)
