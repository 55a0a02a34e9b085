"""What rows name that there is not, each once for the whole file."""

from collections import Counter
from collections.abc import Iterator, Sequence

from plans.sheets.content import Kind, Understood, Unknown
from plans.sheets.known import Known

LISTED = 12  # key messages named in one sentence


def unknown(rows: Sequence[Understood], known: Known) -> tuple[Unknown, ...]:
    """The words that are unknown, in the order of the file, and what each is taken for."""
    counted: Counter[tuple[Kind, str]] = Counter()
    written: dict[tuple[Kind, str], str] = {}
    for kind, name in (pair for row in rows for pair in _strange(row)):
        counted[kind, name.casefold()] += 1
        written.setdefault((kind, name.casefold()), name)
    return tuple(_unknown(kind, written[kind, key], n, known) for (kind, key), n in counted.items())


def _strange(row: Understood) -> Iterator[tuple[Kind, str]]:
    yield from ((Kind.POST, name) for name in row.unknown)
    if row.unknown_indicator:
        yield Kind.INDICATOR, row.unknown_indicator
    if row.unknown_status:
        yield Kind.STATUS, row.unknown_status


def _unknown(kind: Kind, name: str, rows: int, known: Known) -> Unknown:
    answer, is_post = known.answer(kind, name), kind == Kind.POST
    return Unknown(
        name=name,
        rows=rows,
        taken=known.meant(name) if is_post else answer or "",
        near=known.near(name) if is_post else "",
        chosen=answer is not None,
        kind=kind,
    )


def unlinked(rows: Sequence[Understood], known: Known) -> list[str]:
    """That the key messages which rows name are not linked, where the plan answers none at all."""
    found = sorted({number for row in rows for number in row.unlinked})
    if not found or known.context.messages:
        return []
    listed = ", ".join(f"KM{number}" for number in found[:LISTED])
    more = " …" if len(found) > LISTED else ""
    many = sum(bool(row.unlinked) for row in rows)
    where = "one row names them" if many == 1 else f"{many:,} rows name them"
    return [
        f"Key messages are not linked ({listed}{more}; {where}): the plan answers no inspection "
        "that has any."
    ]
