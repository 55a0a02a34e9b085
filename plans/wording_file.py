"""Reading an area's own wording of a framework: official texts, and exemplars of good answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plans.form.content import ElementLayout, Form, Layout
from plans.form.tables import bare
from plans.framework_file import LONGEST_TEXT, BadFramework, Table, toml

LARGEST = 1_000_000  # bytes
MOST = 2_000  # texts
DEEPEST = 4  # parts of a code
LINES = "\n\t\r"


@dataclass(frozen=True)
class WordingFacts:
    """Texts by the code of their indicator. `framework` is the code of the framework."""

    framework: str
    official: dict[str, str]
    exemplars: dict[str, tuple[str, ...]]


def read(content: bytes, name: str) -> WordingFacts:
    """The wording in a TOML file. Raises BadFramework, in a sentence that begins with `name`."""
    if len(content) > LARGEST:
        raise BadFramework(f"{name} is larger than 1 MB.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadFramework(f"{name} is not a text file in UTF-8.") from None
    top = Table(toml(text, name), name)
    facts = WordingFacts(
        framework=top.slug("framework"),
        official=dict(_texts(top.table("official"))),
        exemplars=_exemplars(top.table("exemplar")),
    )
    top.done()
    if not facts.official and not facts.exemplars:
        raise BadFramework(f"{name} has neither “[official]” nor “[exemplar]” with a text in it.")
    if len(facts.official) + sum(map(len, facts.exemplars.values())) > MOST:
        raise BadFramework(f"{name} has more than {MOST:,} texts.")
    return facts


def of_form(
    form: Form, layout: Layout, framework: str, name: str, *, evidence: bool
) -> WordingFacts:
    """The wording in a Word form: its statements, and its evidence as exemplars where asked for.

    A form of our own says our labels: those are no official wording. Raises BadFramework for a form
    that cannot be taken.
    """
    if form.refused:
        fatal = [f"{note.where}: {note.what}" for note in form.notes if note.fatal]
        raise BadFramework(f"{name} cannot be taken. {' '.join(fatal)}")
    answers = [answer for section in form.sections for answer in section.elements]
    elements = {e.code: e for section in layout.sections for e in section.elements}
    statements = {a.code: _statement(a.statement, elements[a.code]) for a in answers}
    official = {code: text for code, text in statements.items() if text}
    exemplars = {answer.code: "\n\n".join(answer.evidence) for answer in answers if evidence}
    return WordingFacts(
        framework=framework,
        official={c: _text(text, f"{name}, {c}") for c, text in official.items()},
        exemplars={c: (_text(text, f"{name}, {c}"),) for c, text in exemplars.items() if text},
    )


def _statement(text: str, element: ElementLayout) -> str:
    """The official text in a statement of a form: without its code, and without the list of
    characteristics below it; empty where it only says our label."""
    kept: list[str] = []
    for line in text.splitlines():
        said = bare(line)
        if re.match("characteri[sz]ed by", said, re.IGNORECASE):
            break
        listed = said in element.key_factors or (said != line and not line[:1].isdigit())
        if not kept or not listed:
            kept.append(line)
    code = rf"\W*{re.escape(element.code)}(?!\w)[\s.:)–-]*"
    whole = re.sub(rf"^{code}", "", "\n".join(kept), flags=re.IGNORECASE).strip()
    return "" if whole.casefold() in {element.label.casefold(), ""} else whole


def _exemplars(table: Table) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, text in _texts(table, many=True):
        found.setdefault(code, []).append(text)
    return {code: tuple(texts) for code, texts in found.items()}


def _texts(table: Table, *, many: bool = False) -> Iterator[tuple[str, str]]:
    """Code and text of each."""
    seen: set[str] = set()
    for code, value in _codes(table.content, table.where):
        where = f"{table.where}, {code}"
        if code in seen:
            raise BadFramework(f"{where} stands there twice.")
        seen.add(code)
        for text in value if many and isinstance(value, list) else [value]:
            yield code, _text(text, where)


def _codes(content: dict[str, Any], where: str, deep: int = 1) -> Iterator[tuple[str, Any]]:
    """A code without quotation marks (5.2 = …) is TOML for a table in a table: it is meant all
    the same."""
    if deep > DEEPEST:
        raise BadFramework(f"{where} is nested too deeply.")
    for key, value in content.items():
        if isinstance(value, dict):
            for rest, inner in _codes(value, where, deep + 1):
                yield f"{key}.{rest}", inner
        else:
            yield key, value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadFramework(f"{where} must be text in quotation marks.")
    value = value.strip()
    if not value:
        raise BadFramework(f"{where} is empty.")
    if len(value) > LONGEST_TEXT:
        raise BadFramework(f"{where} is longer than {LONGEST_TEXT:,} characters.")
    if any(character < " " and character not in LINES for character in value):
        raise BadFramework(f"{where} holds a character that is not text.")
    return value.replace("\r\n", "\n")
