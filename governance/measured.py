"""What KPIs show of what was done, in the words of a pack. Pure."""

from governance import wording
from governance.content import PackContent
from kpis.series import Kpi, Point
from plans.contradictions import Code


def beside(kpi: Kpi) -> list[str]:
    """What has to be known beside a KPI's reading: its icons in words, its chart and its notes, and
    what can be concluded of the actions that should move it."""
    icons = [("Variation", kpi.variation), ("Assurance", kpi.assurance)]
    told = [f"{name}: {icon.letter}, {icon.words}." for name, icon in icons if icon]
    said = [" ".join(told), wording.sentence(kpi.rules), " ".join(kpi.notes), effect(kpi)]
    return [one for one in said if one]


def effect(kpi: Kpi) -> str:
    """Whether it worked, as far as that can be said; empty where the pack does not tell it."""
    return f"Did it work? {' '.join(kpi.effect)}" if kpi.effect else ""


def remark(point: Point) -> str:
    """What kind of figure a point is, and what must be known about it."""
    said = (point.vintage, point.note, completed(point))
    return "; ".join(text.strip() for text in said if text.strip())


def completed(point: Point) -> str:
    """Which linked actions were completed in its period."""
    return f"Completed: {', '.join(point.completed)}" if point.completed else ""


def disagreements(content: PackContent) -> str:
    """The heading over what does not fit together; packs of before told of one way of it."""
    both = "Where actions and figures disagree"
    return both if content.tells_limits else "Where finished actions and figures disagree"


def disagreements_lead(content: PackContent) -> str:
    found, on = content.contradictions, wording.day(content.period_end)
    if not content.tells_limits:
        if not found:
            return f"No finished action had a figure below its target at {on}."
        some = wording.how_many(len(found), "finished action has", "finished actions have")
        return f"{some} a figure below target."
    if not found:
        return (
            f"At {on} no KPI missed its target with linked actions complete, and none met it with "
            "nothing done."
        )
    undone = sum(one.code == Code.UNDONE for one in found)
    told = []
    if unmet := len(found) - undone:
        told.append(
            wording.how_many(unmet, "KPI misses its target", "KPIs miss their targets")
            + " though linked actions are complete"
        )
    if undone:
        told.append(
            wording.how_many(undone, "KPI meets its target", "KPIs meet their targets")
            + " though no linked action is done"
        )
    return f"{wording.listed(told)}."
