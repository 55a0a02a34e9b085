"""What pages of files that people bring share: the numbers above the rows, and those sent back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Tile(Generic[Row]):
    """A number, what it counts, and the rows that are shown by it; `show` names it in the address.

    Rows that are ticked to be left out are not counted, and stay among those that are shown: no
    page of them jumps while somebody ticks.
    """

    show: str
    label: str
    many: int
    rows: tuple[Row, ...]


def numbers(sent: Iterable[str]) -> Iterator[int]:
    """Those of the texts that are numbers of rows."""
    return (int(text) for text in sent if text.isdecimal() and len(text) < 9)
