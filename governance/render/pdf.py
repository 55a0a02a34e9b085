"""A pack as a tagged PDF (PDF/UA-1). Same content and fonts, same bytes."""

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from governance.content import PackContent
from governance.render import drawings as charts
from governance.render.blocks import RECENT, Chart, Facts, Outline, Row, Table
from governance.render.outline import outline, settled

TEMPLATE = Path(__file__).with_name("pack.typ")
TYPESET = Path(__file__).with_name("typeset.py")
SECONDS = 120
WEIGHTS = ("400Regular", "700Bold")
LONG_WORD = re.compile(r"\S{25,}")
BREAK = "\u200b"  # a place where a line may end; takes no width
# More threads lay nothing out sooner, and each keeps memory of its own; and glibc gives back large
# pieces at once only where it does not raise the size from which they count as large.
FRUGAL = {"RAYON_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": "65536"}
# Lines of table text at which a row may be split between pages: half of a portrait page.
TALL = 28


class PdfError(Exception):
    """The PDF could not be made; the text says why."""


def render(content: PackContent, drawings: charts.Drawings | None = None) -> bytes:
    """The pack as PDF. Raises PdfError when it breaks a rule of PDF/UA, or takes too long."""
    content = settled(content)
    drawings = drawings or charts.Drawings(content)
    paper = outline(content, recent=RECENT)
    # A folder of its own: Typst may read any file in it, so only the pack's files may be there.
    with tempfile.TemporaryDirectory(prefix="pack-") as name:
        folder = Path(name)
        shutil.copyfile(TEMPLATE, folder / "pack.typ")
        (folder / "content.json").write_text(json.dumps(_data(paper)), encoding="utf-8")
        for block in paper.blocks:
            if isinstance(block, Chart):
                (folder / f"chart-{block.index}.svg").write_bytes(drawings.svg(block.index))
        return _typeset(folder, int(_moment(content.data_as_at).timestamp()))


def _moment(when: datetime) -> datetime:
    """A time without a zone is taken as UTC, not as that of the machine."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _typeset(folder: Path, when: int) -> bytes:
    # -I: nothing of the environment or the working folder has a say in what is imported.
    command = [sys.executable, "-I", *map(str, (TYPESET, folder, when, *_fonts()))]
    try:
        subprocess.run(  # noqa: S603 - our own program, and paths that we made
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=os.environ | FRUGAL,
        )
    except subprocess.CalledProcessError as error:
        raise PdfError(error.stderr.strip()[-2000:]) from None
    except subprocess.TimeoutExpired:
        raise PdfError(f"Typesetting took more than {SECONDS} seconds.") from None
    return (folder / "pack.pdf").read_bytes()


def breakable(text: str) -> str:
    """The text with invisible places to break words that no column could hold."""
    return LONG_WORD.sub(lambda found: _broken(found[0]), text)


def _broken(word: str) -> str:
    out: list[str] = []
    run = 0
    for character in word:
        # Not before what joins with the character before it, and not inside cursive scripts.
        joined = unicodedata.category(character)[0] == "M" or "\u0600" <= character <= "\u08ff"
        if run >= 6 and not joined and character != "\u200d" and out[-1] != "\u200d":
            out.append(BREAK)
            run = 0
        out.append(character)
        run += 1
    return "".join(out)


def _fonts() -> list[Path]:
    folders = []
    for folder in settings.FONT_DIRS:
        folders += [folder / weight for weight in WEIGHTS if (folder / weight).is_dir()]
    return [*folders, charts.plain_fonts()]


def _data(paper: Outline) -> dict[str, Any]:
    # Block by block below: made twice, they would be the largest thing in memory.
    data: dict[str, Any] = _plain(dataclasses.replace(paper, blocks=()))
    data |= {"title": paper.title, "partnership_name": paper.partnership}
    data["blocks"] = blocks = [_block(block) for block in paper.blocks]
    for block, following in pairwise(blocks):
        block["leads"] = (
            following["kind_of_block"] in {"chart", "table", "bullets"}
            or following.get("kind") == "note"
        )
    return data


def _block(block: Any) -> dict[str, Any]:
    data: dict[str, Any] = _plain(block)
    data["kind_of_block"] = type(block).__name__.lower()
    if isinstance(block, Table):
        data["repeat"] = _lines_needed(block, Row(tuple((c.title,) for c in block.columns))) < 8
        for row, plain in zip(block.rows, data["rows"], strict=True):
            plain["lines"] = _lines_needed(block, row)
            plain["splits"] = plain["lines"] > TALL
            plain["long"] = any(BREAK in line for cell in plain["cells"] for line in cell)
        data["splits"] = sum(row["lines"] + 0.6 for row in data["rows"]) > TALL
    elif isinstance(block, Chart):
        data["description"] = block.description
    elif isinstance(block, Facts):
        data["items"] = [[_plain(label), _plain(value)] for label, value in block.items]
        data["splits"] = sum(len(value) for _, value in block.items) > 1000
    return data


def _lines_needed(table: Table, row: Row) -> int:
    """A generous estimate of the height of a row, in lines."""
    whole = sum(column.share for column in table.columns)
    if row.group:
        return -(-len(row.cells[0][0]) // 80) if row.cells[0] else 1
    return max(
        sum(-(-len(line) // max(4, int(85 * column.share / whole))) for line in cell)
        for column, cell in zip(table.columns, row.cells, strict=True)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value
