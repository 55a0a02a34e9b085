"""Bodies, their meetings and their packs."""

import hashlib
from datetime import date
from typing import Any

from governance.models import Body, Frozen, Meeting, Pack, PackBuild, Paragraph, Rendition
from plans.models import Plan
from tests.factories.people import MOMENT, numbers


def body(plan: Plan, **facts: Any) -> Body:
    number = next(numbers)
    facts.setdefault("slug", f"board-{number}")
    facts.setdefault("name", f"Board {number}")
    facts.setdefault("packs_from", date(2019, 10, 1))
    facts.setdefault("subject", "Improvement plan")
    facts.setdefault("author", "The author")
    facts.setdefault("author_post", "Head of Service")
    return Body.objects.create(area=plan.area, plan=plan, **facts)


def meeting(body: Body, **facts: Any) -> Meeting:
    facts.setdefault("on", date(2020, 2, 19))
    facts.setdefault("papers_due", date(2020, 2, 5))
    return Meeting.objects.create(area=body.area, body=body, **facts)


def paragraph(body: Body, **facts: Any) -> Paragraph:
    facts.setdefault("start", date(2019, 10, 1))
    facts.setdefault("section", "risk")
    facts.setdefault("text", "The risk is low")
    facts.setdefault("written_by", "Somebody")
    facts.setdefault("written_on", date(2020, 1, 6))
    return Paragraph.objects.create(area=body.area, body=body, **facts)


def pack(body: Body, *, state: str = PackBuild.State.QUEUED, **facts: Any) -> Pack:
    """A pack that was asked for; its work stands as `state` says."""
    facts.setdefault("start", date(2019, 10, 1))
    facts.setdefault("end", date(2019, 12, 31))
    facts.setdefault("as_at", date(2020, 1, 15))
    facts.setdefault("requested_by", "Somebody")
    facts.setdefault("requested_at", MOMENT)
    made = Pack.objects.create(area=body.area, body=body, **facts)
    PackBuild.objects.create(area=body.area, pack=made, state=state, not_before=MOMENT)
    return made


def frozen(pack: Pack, text: str = "{}") -> Frozen:
    return Frozen.objects.create(
        area=pack.area,
        pack=pack,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        frozen_at=MOMENT,
    )


def rendition(pack: Pack, content: bytes = b"pack", **facts: Any) -> Rendition:
    """A row that promises a file; the file itself is not in the store."""
    facts.setdefault("format", Rendition.Format.PDF)
    facts.setdefault("sha256", hashlib.sha256(content).hexdigest())
    facts.setdefault("size", len(content))
    return Rendition.objects.create(area=pack.area, pack=pack, **facts)
