"""What a Word document says beside its words: where its links go, what is struck through or
numbered, what was commented on, and that changes are tracked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST = 300  # characters of an address
CHANGES = [f"{W}{name}" for name in ("ins", "del", "moveTo")]
STRUCK = "struck"  # on a cell, once `take_out_struck` has gone through it: what was struck there
OFF = {"0", "false", "off"}


@dataclass(frozen=True)
class Tracked:
    """How many changes a document tracks. They are read as if they were accepted."""

    changes: int


@dataclass(frozen=True)
class Comment:
    """What somebody has remarked in the margin, and the paragraph beside which it stands."""

    on: str
    text: str


@dataclass(frozen=True)
class Numbered:
    """How many cells of tables say nothing but a number that Word itself makes."""

    cells: int


Aside = Tracked | Comment | Numbered


def around(document: Any) -> Iterator[Aside]:
    """What is remarked in a document of python-docx, and how many cells are but numbered."""
    body = document.element.body
    yield from _comments(document, body)
    lists = _lists(document)
    yield Numbered(sum(_is_numbered(cell, lists) for cell in body.iter(f"{W}tc")))
    yield Tracked(sum(1 for _ in body.iter(*CHANGES)))


def _comments(document: Any, body: Any) -> Iterator[Comment]:
    kinds = [link for link in document.part.rels.values() if link.reltype.endswith("/comments")]
    made = [link.target_part.element for link in kinds if hasattr(link.target_part, "element")]
    texts = {one.get(f"{W}id"): _text(one) for all_ in made for one in all_.iter(f"{W}comment")}
    for mark in body.iter(f"{W}commentReference"):
        if text := texts.pop(mark.get(f"{W}id"), ""):
            yield Comment(_text(next(mark.iterancestors(f"{W}p"), mark)), text)


def _lists(document: Any) -> frozenset[str]:
    """The names of the styles that number their paragraphs."""
    styles = document.styles.element.iter(f"{W}style")
    return frozenset(
        one.get(f"{W}styleId") for one in styles if one.find(f".//{W}numPr") is not None
    )


def _is_numbered(cell: Any, lists: frozenset[str]) -> bool:
    if _text(cell):
        return False
    numbers = (one.get(f"{W}val") for one in cell.iter(f"{W}numId"))
    styles = (one.get(f"{W}val") for one in cell.iter(f"{W}pStyle"))
    return any(number != "0" for number in numbers) or not lists.isdisjoint(styles)


def _text(element: Any) -> str:
    """The words inside it, on one line."""
    paragraphs = element.iter(f"{W}p")
    lines = ("".join(t.text or "" for t in p.iter(f"{W}t")) for p in paragraphs)
    return " ".join(" ".join(lines).split())


def take_out_struck(body: Any) -> None:
    """Take struck text out of each cell in which other text stands, and write it on the cell."""
    cells: dict[Any, tuple[list[Any], list[Any]]] = {}
    for run in body.iter(f"{W}r"):
        cell = next(run.iterancestors(f"{W}tc"), None)
        if cell is not None and any((t.text or "").strip() for t in run.iter(f"{W}t")):
            cells.setdefault(cell, ([], []))[_is_struck(run)].append(run)
    for cell, (live, struck) in cells.items():
        if struck:
            words = " ".join("".join(t.text or "" for t in run.iter(f"{W}t")) for run in struck)
            cell.set(STRUCK, " ".join(words.split()))
        for run in struck if live else []:
            run.getparent().remove(run)


def _is_struck(run: Any) -> bool:
    marks = (run.find(f"{W}rPr/{W}{name}") for name in ("strike", "dstrike"))
    return any(mark is not None and mark.get(f"{W}val", "1") not in OFF for mark in marks)


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
