"""What a Word document says beside its words: where its links go, and that changes are tracked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST = 300  # characters of an address
CHANGES = [f"{W}{name}" for name in ("ins", "del", "moveTo")]


@dataclass(frozen=True)
class Tracked:
    """How many changes a document tracks. They are read as if they were accepted."""

    changes: int


def tracked(body: Any) -> Tracked:
    return Tracked(sum(1 for _ in body.iter(*CHANGES)))


def spell_out(body: Any, addresses: Mapping[str, str]) -> None:
    """Write the address of each link to the web behind its words, in brackets.

    `addresses` are those of the document, by the name that a link has for it.
    """
    for link in list(body.iter(f"{W}hyperlink")):
        address = addresses.get(link.get(LINK, ""), "")
        words = "".join(text.text or "" for text in link.iter(f"{W}t"))
        scheme, _, rest = address.partition("://")
        if scheme.lower() not in {"http", "https"} or len(address) > LONGEST:
            continue
        if words.strip() and rest.rstrip("/") not in words:
            run, text = link.makeelement(f"{W}r"), link.makeelement(f"{W}t")
            text.text = f" ({address})"
            run.append(text)
            link.append(run)
