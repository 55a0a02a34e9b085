"""What rows name that there is not, each once for the whole file: posts, and key messages."""

from collections import Counter
from collections.abc import Sequence

from plans.sheets.content import Understood, Unknown
from plans.sheets.known import Known

LISTED = 12  # key messages named in one sentence


def unknown(rows: Sequence[Understood], known: Known) -> tuple[Unknown, ...]:
    """The names that no post has, in the order of the file, and what each is taken for."""
    counted = Counter(name.casefold() for row in rows for name in row.unknown)
    written = {name.casefold(): name for row in reversed(rows) for name in reversed(row.unknown)}
    return tuple(
        Unknown(
            name=written[key],
            rows=many,
            taken=known.meant(written[key]),
            near=known.near(written[key]),
            chosen=key in known.context.meant,
        )
        for key, many in counted.items()
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
