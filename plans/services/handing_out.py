"""A plan's actions as a file that is handed out: Word, the tracker workbook, CSV, JSON."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse
from django.utils.text import slugify

from plans.plan_file import plain, word
from plans.plan_file.content import PlanFile
from plans.services.tracker import seal
from plans.tracker import writing

OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
DRAWN: dict[str, Callable[[IO[bytes], PlanFile], None]] = {
    "docx": word.write,
    "xlsx": lambda out, content: writing.write(out, content, seal),
    "csv": lambda out, content: out.writelines(plain.csv_pieces(content)),
    "json": lambda out, content: out.writelines(plain.json_pieces(content)),
}
LONGEST = 60  # characters of a file's name


def file_of(content: PlanFile, extension: str) -> FileResponse:
    """The answer that hands the file out, in one of TYPES; it is never in memory as a whole.

    It is written before it is sent: what the database lets somebody see, it lets them see within
    the request.
    """
    out = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    try:
        DRAWN[extension](out, content)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    name = slugify(content.title)[:LONGEST].strip("-") or "plan"
    file_name = f"{name}-{content.made_at.date().isoformat()}.{extension}"
    return FileResponse(out, as_attachment=True, filename=file_name, content_type=TYPES[extension])
