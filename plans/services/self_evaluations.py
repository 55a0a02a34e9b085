"""Self-evaluations: every change to what a service says of itself, while it is a draft.

What becomes of it is in `submission` and `validation`, what actions can hang on in `findings`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Q

from management import access, audit, clock
from management.access import DEEDS, Actor
from management.days import day_text
from management.models import Area, User
from management.versions import advance
from plans import scales
from plans.form.content import SOURCES, Form, SectionAnswer
from plans.models import Framework, Judgement, Overall, SelfEvaluation, Tool
from plans.models.self_evaluations import SAME_TITLE, Judged
from plans.sentences import lines_of
from plans.services.locking import lock

FROM_FILE = " (from the Word form)"  # behind the name of who brought it in
FIRST = 1990  # no period begins in an earlier year
LONGEST = 5  # years that one self-evaluation may cover
AHEAD = 2  # years from today in which its period must end
State = SelfEvaluation.State
SOURCE_FIELDS = dict(zip(SOURCES, ("data", "documents", "views", "observation"), strict=True))


def frameworks() -> list[Framework]:
    """The frameworks that a self-evaluation can be made by: the newest version of each."""
    return list(Framework.objects.filter(version__gt=0).newest())


def framework_of(key: int) -> Framework:
    """Raises Framework.DoesNotExist."""
    return Framework.objects.get(pk=key)


def contributors(area: Area) -> Any:
    """Who can be asked to write: the area's people whose role allows it."""
    roles = DEEDS["self_evaluation.write"]
    mine = User.objects.filter(is_active=True, memberships__area=area, memberships__role__in=roles)
    return mine.distinct().order_by("name")


def start_self_evaluation(
    *,
    by: Actor,
    area: Area,
    framework: Framework,
    title: str,
    start: date,
    end: date,
    **facts: Any,
) -> SelfEvaluation:
    """A new draft with an empty row for every element, and for every section of its own rating.

    `facts` holds other plain fields of SelfEvaluation. Raises ValidationError for a period that
    cannot be meant and for a title that is taken.
    """
    access.require(by, "self_evaluation.edit", area)
    _check_period(start, end)
    with _one_title(), audit.acting(by, "start self-evaluation"):
        made = SelfEvaluation(
            area=area,
            framework=framework,
            title=title.strip(),
            start=start,
            end=end,
            started_by=by.actor_name,
            started_on=clock.today(),
            **facts,
        )
        made.full_clean()
        made.save()
        mine = {"area": area, "self_evaluation": made}
        for indicator in framework.indicators.all():
            Judgement.objects.create(indicator=indicator, **mine)
        for section in framework.sections.filter(Q(overall=True) | Q(tools=True)):
            Overall.objects.create(section=section, **mine)
    return made


@contextmanager
def _one_title() -> Iterator[None]:
    """Of two people who take the same title at once, the second is told so."""
    try:
        yield
    except IntegrityError as error:
        if "title" not in str(error):
            raise
        raise ValidationError({"title": SAME_TITLE}) from error


def _check_period(start: date, end: date) -> None:
    if start.year < FIRST:
        raise ValidationError({"start": f"{day_text(start)} is long past. Is the year right?"})
    if end < start:
        raise ValidationError({"end": "The period cannot end before it begins."})
    if end.year - start.year > LONGEST:
        raise ValidationError(
            {"start": f"That is more than {LONGEST} years before the end. Is the year right?"}
        )
    if end.year > clock.today().year + AHEAD:
        raise ValidationError(
            {"end": f"{day_text(end)} is more than {AHEAD} years ahead. Is the year right?"}
        )


def revise(
    *,
    by: Actor,
    self_evaluation: SelfEvaluation,
    version: int,
    title: str,
    start: date,
    end: date,
) -> None:
    """Give a draft another title or period.

    Raises ValidationError as starting one does; Stale when it has changed since `version`.
    """
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    _check_period(start, end)
    with _one_title(), audit.acting(by, "revise self-evaluation"):
        require_draft(self_evaluation)
        facts = {"title": title.strip(), "start": start, "end": end}
        for name, value in facts.items():
            setattr(self_evaluation, name, value)
        self_evaluation.full_clean()
        advance(self_evaluation, version, **facts)


def import_form(
    *,
    by: Actor,
    area: Area,
    framework: Framework,
    form: Form,
    title: str,
    start: date,
    end: date,
    file_name: str,
    file_sha256: str,
) -> SelfEvaluation:
    """A draft with everything that a completed form says, in one transaction.

    Raises ValidationError for a form that cannot be taken, naming the places, and for an answer
    that the framework has no place for.
    """
    access.require(by, "self_evaluation.edit", area)
    if form.refused:
        fatal = [f"{note.where}: {note.what}" for note in form.notes if note.fatal]
        raise ValidationError(f"The form cannot be taken. {' '.join(fatal)}")
    with audit.acting(by, "import self-evaluation", f"{file_name} SHA-256 {file_sha256}"):
        made = start_self_evaluation(
            by=by,
            area=area,
            framework=framework,
            title=title,
            start=start,
            end=end,
            capacity="\n\n".join(form.capacity),
            priorities="\n".join(" ".join(text.split()) for text in form.priorities),
            file_name=file_name[:200],
            file_sha256=file_sha256,
        )
        judgements = {j.indicator.code: j for j in made.judgements.select_related("indicator")}
        overalls = {o.section.code: o for o in made.overalls.select_related("section")}
        for section in form.sections:
            _take(by, made, section, judgements, overalls)
    return made


def _take(
    by: Actor,
    made: SelfEvaluation,
    section: SectionAnswer,
    judgements: dict[str, Judgement],
    overalls: dict[str, Overall],
) -> None:
    for answer in section.elements:
        if answer.code not in judgements:
            raise ValidationError(f"{made.framework} has no element {answer.code}.")
        row = judgements[answer.code]
        row.self_evaluation = made
        sources = dict(answer.sources)
        facts = {
            "rating": answer.rating,
            "evidence": "\n\n".join(answer.evidence),
            **{name: "\n".join(sources.get(kind, ())) for kind, name in SOURCE_FIELDS.items()},
            "strengths": "\n".join(answer.strengths),
            "improvements": "\n".join(answer.improvements),
            "ambition": "\n".join(answer.ambition),
        }
        if any(facts.values()):
            _write(by, row, row.version, facts, FROM_FILE)
    facts = {"rating": section.overall, "rationale": "\n\n".join(section.rationale)}
    if not any(facts.values()) and not section.tools:
        return
    if section.code not in overalls:
        raise ValidationError(f"{made.framework} asks for no overall rating of {section.code}.")
    overall = overalls[section.code]
    overall.self_evaluation = made
    _write(by, overall, overall.version, facts, FROM_FILE)
    _put_tools(overall, [(tool.name, tool.reach) for tool in section.tools])


def assign(
    *,
    by: Actor,
    self_evaluation: SelfEvaluation,
    version: int,
    judgements: Mapping[int, User | None],
    overalls: Mapping[int, User | None],
) -> int:
    """Ask people to write elements and sections, by key of the row; how many rows have changed.

    Raises ValidationError for somebody who may not write here; Stale when the self-evaluation has
    changed since `version`.
    """
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    able = set(contributors(self_evaluation.area).values_list("pk", flat=True))
    for person in [*judgements.values(), *overalls.values()]:
        if person is not None and person.pk not in able:
            raise ValidationError(f"{person.name} has no role in which to write this.")
    changed = 0
    with audit.acting(by, "assign self-evaluation"):
        require_draft(self_evaluation)
        advance(self_evaluation, version)
        for rows, wanted in (
            (self_evaluation.judgements, judgements),
            (self_evaluation.overalls, overalls),
        ):
            for row in rows.filter(pk__in=wanted):
                person = wanted[row.pk]
                if row.contributor_id != (person.pk if person else None):
                    row.contributor = person
                    row.save(update_fields=["contributor"])
                    changed += 1
    return changed


def may_write(by: Actor, row: Judged) -> bool:
    """Whether `by` may write this element or section: a keeper, or who was asked to."""
    area = row.self_evaluation.area
    if by.may("self_evaluation.edit", area):
        return True
    mine = by.actor_id is not None and row.contributor_id == by.actor_id
    return mine and by.may("self_evaluation.write", area)


def require_write(by: Actor, row: Judged) -> None:
    """Raise PermissionDenied, naming who was asked, unless `by` may write it."""
    if may_write(by, row):
        return
    asked = f"{row.contributor.name} was asked to." if row.contributor else "Nobody was asked to."
    raise PermissionDenied(f"{row} is not yours to write. {asked}")


def write_judgement(*, by: Actor, judgement: Judgement, version: int, **facts: Any) -> None:
    """Say how one element stands. `facts` holds its rating and texts.

    Raises Stale when somebody else has written it since `version`.
    """
    require_write(by, judgement)
    with audit.acting(by, "write judgement"):
        _write(by, judgement, version, facts)


def add_lines(
    *,
    by: Actor,
    judgement: Judgement,
    version: int,
    strengths: Iterable[str] = (),
    improvements: Iterable[str] = (),
) -> None:
    """Append strengths and areas for improvement, a line each; what stands there stays.

    Raises Stale when somebody else has written the element since `version`.
    """
    write_judgement(
        by=by,
        judgement=judgement,
        version=version,
        strengths="\n".join([*lines_of(judgement.strengths), *strengths]),
        improvements="\n".join([*lines_of(judgement.improvements), *improvements]),
    )


def write_overall(
    *,
    by: Actor,
    overall: Overall,
    version: int,
    rating: int | None,
    rationale: str,
    tools: Iterable[tuple[str, str]] = (),
) -> None:
    """The overall rating of a section, with its rationale and its tools (name, reach).

    Raises Stale when somebody else has written it since `version`.
    """
    require_write(by, overall)
    with audit.acting(by, "write overall rating"):
        _write(by, overall, version, {"rating": rating, "rationale": rationale})
        _put_tools(overall, tools)


def _write(by: Actor, row: Any, version: int, facts: dict[str, Any], how: str = "") -> None:
    self_evaluation = row.self_evaluation
    require_draft(self_evaluation)
    scale = self_evaluation.framework.scale
    facts = {k: v.strip() if isinstance(v, str) else v for k, v in facts.items()}
    check_rating(scale, facts.get("rating"))
    for name, value in facts.items():
        setattr(row, name, value)
    row.written_by, row.written_at = f"{by.actor_name[:120]}{how}", clock.now()
    row.full_clean()
    advance(row, version, **facts, written_by=row.written_by, written_at=row.written_at)


def check_rating(scale: str, value: int | None) -> None:
    """Raise ValidationError for a value that is not on the scale."""
    allowed = dict(scales.points(scale))
    if value is not None and value not in allowed:
        raise ValidationError({"rating": f"Choose one of: {', '.join(allowed.values())}."})


def _put_tools(overall: Overall, tools: Iterable[tuple[str, str]]) -> None:
    wanted = [(name.strip(), reach) for name, reach in tools if name.strip()]
    if wanted == list(overall.tools.order_by("sequence").values_list("name", "reach")):
        return
    overall.tools.all().delete()
    for place, (name, reach) in enumerate(wanted, 1):
        tool = Tool(area=overall.area, overall=overall, sequence=place, name=name, reach=reach)
        tool.full_clean()
        tool.save()


def write_conclusion(
    *, by: Actor, self_evaluation: SelfEvaluation, version: int, capacity: str, priorities: str
) -> None:
    """Capacity for improvement and what stands in its way, and the priorities, one on a line."""
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    with audit.acting(by, "write conclusion"):
        require_draft(self_evaluation)
        changes = {"capacity": capacity.strip(), "priorities": "\n".join(lines_of(priorities))}
        advance(self_evaluation, version, **changes)


def require_draft(self_evaluation: SelfEvaluation) -> None:
    """Inside a transaction: it is still a draft, and stays one until the transaction ends."""
    state = State(lock(self_evaluation).state)
    if state != State.DRAFT:
        more = " It can be taken back, with a reason." if state == State.SUBMITTED else ""
        raise ValidationError(
            f"“{self_evaluation.title}” is {state.label.lower()}: it cannot be changed.{more}"
        )
