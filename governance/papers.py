"""Bodies, their meetings, and the paragraphs that people write: every change to them."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from governance.models import Body, Meeting, Paragraph
from governance.sections import SECTIONS
from management import access, audit, clock
from management.access import Actor
from management.models import Area
from management.versions import Stale, advance
from plans.models import Plan


def create_body(*, by: Actor, area: Area, plan: Plan, **facts: Any) -> Body:
    """A board or committee that receives packs about the plan. `facts` holds Body's fields."""
    access.require(by, "plan.edit", area)
    with audit.acting(by, "create body"):
        body = Body(area=area, plan=plan, **facts)
        body.full_clean()
        body.save()
    return body


def add_meeting(*, by: Actor, body: Body, on: date, papers_due: date) -> Meeting:
    """A meeting of the body, with the day by which its papers are due."""
    access.require(by, "plan.edit", body.area)
    with audit.acting(by, "add meeting"):
        meeting = Meeting(area=body.area, body=body, on=on, papers_due=papers_due)
        meeting.full_clean()
        meeting.save()
    return meeting


def write_paragraphs(
    *, by: Actor, body: Body, start: date, texts: dict[str, tuple[int, str]]
) -> list[str]:
    """Save the sections of the pack of the period that begins at `start`; which ones changed.

    `texts` gives each section's text with the version it was read at, 0 for one that nobody had
    written. Raises Stale, and saves nothing at all, when somebody else has changed one of them.
    """
    access.require(by, "pack.write", body.area)
    unknown = set(texts) - set(SECTIONS)
    if unknown:
        raise ValidationError(f"There is no section called {', '.join(sorted(unknown))}.")
    changed = []
    with audit.acting(by, "write paragraphs"):
        there = {p.section: p for p in body.paragraphs.filter(start=start)}
        for section, (version, text) in texts.items():
            now = there.get(section)
            text = text.replace("\r\n", "\n").strip()
            if text == (now.text if now else ""):
                continue
            facts = {"text": text, "written_by": by.actor_name, "written_on": clock.today()}
            if now is not None:
                advance(now, version, **facts)
            elif version:
                raise ValidationError(f"{SECTIONS[section]} is no longer there.")
            else:
                now = Paragraph(area=body.area, body=body, start=start, section=section, **facts)
                now.full_clean()
                _first(now)
            changed.append(section)
    return changed


def _first(paragraph: Paragraph) -> None:
    """Save a section that nobody has written; whoever comes second is told, not lost."""
    row, created = Paragraph.objects.get_or_create(
        body=paragraph.body,
        start=paragraph.start,
        section=paragraph.section,
        defaults={
            "area": paragraph.area,
            "text": paragraph.text,
            "written_by": paragraph.written_by,
            "written_on": paragraph.written_on,
        },
    )
    if not created:
        raise Stale(row)
