"""From the bytes that somebody has sent to a book of sheets, and the sentences on the way."""

import logging
from collections.abc import Callable, Sequence

from management.sheets.content import Book, quoted
from management.uploads import BadFile, Kind

logger = logging.getLogger(__name__)
LONGEST_NAME = 80


def opened(data: bytes, name: str, read: Callable[[bytes, str], Book], what: str) -> Book:
    """What `read` makes of the bytes; `what` the file has, “the plan”, stands in the sentence on
    what cannot be read. Raises BadFile, whose sentence begins with the name."""
    called = " ".join(name.split())
    called = called if len(called) <= LONGEST_NAME else f"{called[: LONGEST_NAME - 1]}…"
    try:
        return read(data, called)
    except BadFile as error:
        raise BadFile(f"{called}: {error}") from error
    except Exception as error:  # a person sends the file, and must be told something
        logger.exception("A file with %s could not be read", what)
        raise BadFile(
            f"{called}: something in the file cannot be read. Copy {what} into a new file, and "
            "tell whoever runs Throughline."
        ) from error


def as_said(book: Book, name: str, kinds: Sequence[Kind]) -> Book:
    """The book, with a note where its name says another of these kinds."""
    said = next((one for one in kinds if name.lower().endswith(one.ending)), book.kind)
    if said == book.kind:
        return book
    note = f"The file is called {quoted(name)} but is {book.kind.a}: it is read as that."
    return Book(book.name, book.kind, book.sheets, (note, *book.notes))
