"""Which row of a form answers which element: by place first, by words where places do not agree."""

import re
from collections.abc import Iterable, Iterator, Sequence

from plans.form.content import ElementLayout

FEW = {"a", "an", "and", "are", "for", "from", "have", "how", "in", "of", "on", "or", "our", "that",
       "the", "their", "this", "to", "we", "with", "which", "your", "you"}  # fmt: skip

QUARTERS = {"north", "south", "east", "west", "mid"}


def names_another(written: str, names: Iterable[str]) -> bool:
    """Whether the name written on a form is of none of these: “Angus Council” is of Angus.

    One name may say more than the other, but East Renfrewshire is not Renfrewshire.
    """
    said = set(re.findall(r"\w+", written.casefold()))
    known = [set(re.findall(r"\w+", name.casefold())) for name in names]
    return bool(said) and not any(
        (name <= said or said <= name) and not (name ^ said) & QUARTERS for name in known if name
    )


def match(
    elements: Sequence[ElementLayout], texts: Sequence[str]
) -> Iterator[tuple[ElementLayout | None, int | None]]:
    """Pairs in order: by place when there are as many, else so that the words fit best."""
    if len(elements) == len(texts):
        yield from zip(elements, range(len(texts)), strict=True)
        return
    rows, columns = len(elements), len(texts)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            # A little for any pair, so that place decides where the words do not.
            pair = 0.05 + likeness(elements[i], texts[j]) + best[i + 1][j + 1]
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < rows or j < columns:
        if i == rows:
            yield None, j
            j += 1
        elif j == columns or best[i][j] == best[i + 1][j]:
            yield elements[i], None
            i += 1
        elif best[i][j] == best[i][j + 1]:
            yield None, j
            j += 1
        else:
            yield elements[i], j
            i, j = i + 1, j + 1


def likeness(element: ElementLayout, text: str) -> float:
    """How much of the element's words the text says, from 0 to 1; its code says everything."""
    if re.match(rf"^\W*{re.escape(element.code)}\b", text, re.IGNORECASE):
        return 1.0
    said = words(text)
    wanted = [words(element.label), words(element.wording)]
    return max((len(said & these) / len(these) for these in wanted if these), default=0.0)


def is_like(element: ElementLayout, others: Sequence[ElementLayout], text: str) -> bool:
    """Whether the text says something of the element, and not far more of another one."""
    mine = likeness(element, text)
    return mine > max(likeness(other, text) for other in others) / 2


def words(text: str) -> set[str]:
    """The telling words of a text, cut so that “measuring” and “measures” are one."""
    return {
        word[:5].rstrip("s")
        for word in re.findall(r"[a-z]+", text.lower())
        if word not in FEW and len(word) > 1
    }


def short(text: str) -> str:
    """The first words of a text, in quotation marks."""
    text = " ".join(text.split())
    return f"“{text}”" if len(text) <= 60 else f"“{text[:59].rsplit(' ', 1)[0]} …”"
