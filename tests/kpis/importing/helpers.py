"""Files with figures, and how they are brought in."""

from kpis.models import Observation
from kpis.services import importing, meaning, taking_in, undoing

HEAD = "KPI,Period,Number,Out of,Figure,Reason\n"


def table(*rows, head=HEAD):
    """A CSV file of these rows, below the headings."""
    return (head + "\n".join(rows) + "\n").encode()


class Bring:
    """Keeps a file, says how it is read, looks at it, takes it in, and undoes that."""

    def __init__(self, lead, area):
        self.lead, self.area = lead, area

    def keep(self, data, name="figures.csv", **chosen):
        kept = importing.keep_file(by=self.lead, area=self.area, data=data, file_name=name)
        if chosen:
            meaning.choose(by=self.lead, kept=kept, version=kept.version, **chosen)
        return kept

    def look(self, data, **facts):
        return importing.look(self.keep(data, **facts))

    def does(self, data, **facts):
        return [str(one.does) for one in self.look(data, **facts).lines]

    def __call__(self, data, chosen=None, **facts):
        kept = self.keep(data, **(chosen or {}))
        self.take_in(kept, **facts)
        return kept

    def take_in(self, kept, **facts):
        facts.setdefault("mark", importing.look(kept).mark)
        taking_in.take_in(by=self.lead, kept=kept, version=kept.version, **facts)

    def undo(self, kept):
        return undoing.undo(by=self.lead, kept=kept, version=kept.version)


def stands(kpi, **where):
    """The figures that stand: by the first day of their period."""
    rows = Observation.objects.latest_editions().filter(indicator=kpi, **where).order_by("start")
    return {
        row.start.isoformat()[:7]: (row.numerator, row.denominator)
        if row.numerator is not None
        else row.value
        for row in rows
    }


def sentences(one):
    """All that is said of a line."""
    return [*one.stops, *filter(None, [one.asks]), *one.remarks]
