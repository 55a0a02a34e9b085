"""An area's own wording of a framework: official texts beside our labels, and exemplars."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import Area
from plans.models import Framework, Wording


@dataclass(frozen=True)
class Loaded:
    """How many official texts were entered or replaced, how many exemplars added, and how many
    texts were there already."""

    official: int = 0
    exemplars: int = 0
    same: int = 0

    @property
    def in_words(self) -> str:
        parts = [
            f"{self.official} official {'text' if self.official == 1 else 'texts'} loaded",
            f"{self.exemplars} {'exemplar' if self.exemplars == 1 else 'exemplars'} added",
            f"{self.same} already there",
        ]
        return ", ".join(parts) + "."


def remove_wording(*, by: Actor, wording: Wording, seen: datetime) -> None:
    """Take out a text that was loaded at the time that was `seen`. The audit trail keeps it.

    Raises ValidationError where it was replaced or removed meanwhile.
    """
    access.require(by, "framework.word", wording.area)
    with audit.acting(by, "remove wording", wording.file_name):
        if not Wording.objects.filter(pk=wording.pk, loaded_at=seen).delete()[0]:
            raise ValidationError("It was replaced or removed meanwhile: nothing is removed.")


def load_wording(
    *,
    by: Actor,
    area: Area,
    framework: Framework,
    official: Mapping[str, str],
    exemplars: Mapping[str, Iterable[str]],
    file_name: str,
) -> Loaded:
    """Enter texts by the code of their indicator: all of them, or none.

    An official text replaces the one that the area has of that indicator; an exemplar is added to
    those that it has. Raises ValidationError for a code that the framework does not have.
    """
    access.require(by, "framework.word", area)
    indicators = {i.code: i for i in framework.indicators.all()}
    strange = sorted({*official, *exemplars} - set(indicators))
    if strange:
        raise ValidationError(
            f"{framework} has no {', '.join(strange)}. Its codes are: {', '.join(indicators)}."
        )
    there: dict[tuple[str, int], list[Wording]] = {}
    for row in Wording.objects.in_area(area).filter(indicator__framework=framework):
        there.setdefault((row.kind, row.indicator_id), []).append(row)
    texts = [(Wording.Kind.OFFICIAL, code, text) for code, text in official.items()]
    texts += [(Wording.Kind.EXEMPLAR, code, t) for code, many in exemplars.items() for t in many]
    counts = {Wording.Kind.OFFICIAL: 0, Wording.Kind.EXEMPLAR: 0}
    same = 0
    with audit.acting(by, "load wording", file_name):
        for kind, code, text in texts:
            rows = there.setdefault((kind, indicators[code].pk), [])
            if any(row.text == text for row in rows):
                same += 1
                continue
            if kind == Wording.Kind.EXEMPLAR or not rows:
                rows.append(Wording(area=area, indicator=indicators[code], kind=kind))
            row = rows[-1]
            row.text, row.file_name = text, file_name[:200]
            row.loaded_by, row.loaded_at = by.actor_name, clock.now()
            row.full_clean()
            row.save()
            counts[kind] += 1
    return Loaded(counts[Wording.Kind.OFFICIAL], counts[Wording.Kind.EXEMPLAR], same)
