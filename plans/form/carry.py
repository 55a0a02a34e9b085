"""A form as text, to be carried from the preview to the acceptance, and back again."""

import json
from dataclasses import asdict
from typing import Any

from plans.form.content import ElementAnswer, Form, Note, SectionAnswer, ToolAnswer


def to_text(form: Form) -> str:
    return json.dumps(asdict(form), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Form:
    """The same form again. The text must be one that `to_text` made."""
    content = json.loads(text)
    return Form(
        area=content["area"],
        sections=tuple(_section(section) for section in content["sections"]),
        capacity=tuple(content["capacity"]),
        priorities=tuple(content["priorities"]),
        notes=tuple(Note(**note) for note in content["notes"]),
    )


def _section(content: dict[str, Any]) -> SectionAnswer:
    return SectionAnswer(
        **{
            **content,
            "elements": tuple(_element(element) for element in content["elements"]),
            "rationale": tuple(content["rationale"]),
            "tools": tuple(ToolAnswer(**tool) for tool in content["tools"]),
        }
    )


def _element(content: dict[str, Any]) -> ElementAnswer:
    lists = ("evidence", "strengths", "improvements", "ambition")
    sources = tuple((kind, tuple(texts)) for kind, texts in content["sources"])
    return ElementAnswer(
        **{**content, **{name: tuple(content[name]) for name in lists}, "sources": sources}
    )
