"""How the grades of a later look stand to those of the first one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One indicator's grades, None where there was none."""

    key: Any
    first: int | None
    later: int | None

    @property
    def change(self) -> str:
        """In words: 2 grades better, 1 grade worse, The same."""
        if self.first is None:
            return "Not graded the first time"
        if self.later is None:
            return "Not graded again"
        if self.first == self.later:
            return "The same"
        size = abs(self.later - self.first)
        better = "better" if self.later > self.first else "worse"
        return f"{size} grade{'' if size == 1 else 's'} {better}"


def changes(first: Mapping[Any, int], later: Mapping[Any, int]) -> list[Step]:
    """Every indicator that either has graded, by key, in the order of the first."""
    return [Step(key, first.get(key), later.get(key)) for key in dict.fromkeys([*first, *later])]
