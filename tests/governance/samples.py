"""Packs to draw: an ordinary one, an empty one, a big one, and one full of awkward text."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from governance import content
from governance.content import (
    ActionRow,
    Band,
    Change,
    Contradiction,
    Coverage,
    Grade,
    Meeting,
    Move,
    PackContent,
    Person,
    Reconciliation,
    StatusCount,
    WrittenPart,
    freeze,
    thaw,
)
from kpis.series import Comparator, Kpi, Point
from plans.contradictions import Code
from plans.coverage import ANSWERED, ONLY_GONE, UNCOVERED, UNMEASURED

START, END = date(2019, 10, 1), date(2019, 12, 31)
OUTCOMES, STAKEHOLDERS = "What has changed for people?", "Who is better off?"
DELIVERY, LEADING = "Is the work done well?", "Who leads it?"
INDICATORS = [
    (OUTCOMES, "1.1", "A better life after the order"),
    (STAKEHOLDERS, "2.1", "What people say of their order"),
    (DELIVERY, "5.2", "Finding out what the risk is"),
    (DELIVERY, "5.3", "Work that follows a plan"),
    (LEADING, "9.4", "Leading what must change"),
]
WORK = [
    "Give every person a first appointment on the day of sentence and count how many keep it",
    "Record progress against offending behaviour on each case plan",
    "Open more accredited programmes to people on supervision",
    "Find out what training practitioners need in risk assessment, and provide it",
]
MEASURES = [
    ("First direct contact within one working day", "%"),
    ("Case plan within 20 working days of the order", "%"),
    ("Unpaid work begun within seven working days", "%"),
    ("Orders successfully completed", "%"),
    ("Orders imposed", "per 10,000 people aged 16 to 70"),
    ("Reports submitted on time", "%"),
    ("Unpaid work requirements completed on time", "%"),
    ("Hours of unpaid work outstanding", "hours"),
]
OWN_WORDS = [("", ""), ("Under way", "Green"), ("Finished", "Blue")]
HEADINGS = [
    "People Implications",
    "Financial Implications",
    "Professional Implications",
    "Risk Analysis",
    "Impact Assessments",
    "Consultation",
    "Strategic Assessment",
]


def action(number: int) -> ActionRow:
    question, code, indicator = INDICATORS[(number - 1) // 4 % 5]
    done, late = number % 5 == 3, number % 6 == 1
    moves = (
        Move(date(2019, 10, 14), date(2019, 10, 31), date(2019, 12, 20), "Two posts were vacant"),
        Move(date(2019, 12, 16), date(2019, 12, 20), date(2020, 2, 28), "The supplier was late."),
    )[: number % 4 if number % 4 < 3 else 0]
    due = moves[-1].to_due if moves else date(2019, 11, 30) if late else date(2020, 3, 31)
    overdue = (END - due).days if not done and due < END else 0
    return ActionRow(
        reference=f"A{number}",
        question=question,
        indicator_code=code,
        indicator=indicator,
        text=f"{WORK[number % 4]} ({code}).",
        key_messages=("KM1", "KM2", "KM4")[: 1 + number % 3],
        recommendations=("AFI 2",) if number % 3 == 0 else (),
        lead=["Service Manager", "Unpaid Work Manager", "Head of Service"][number % 3],
        supporting=("Senior Social Workers", "Community Justice Scotland")[: number % 3],
        timescale=["October 2019", "December 2019", "July 2019 onwards", "March 2020"][number % 4],
        original_due=moves[0].from_due if moves else due,
        due=due,
        evidence_expected="Practice that keeps to national guidance, seen in case file reading",
        status="Complete" if done else "In progress" if number % 2 else "Not started",
        is_open=not done,
        days_overdue=overdue,
        added=number == 20,
        completed=done,
        withdrawn=False,
        completed_on=date(2019, 11, 5) + timedelta(days=number % 20) if done else None,
        moves=moves,
        moves_in_period=len(moves),
        days_moved=(due - date(2019, 10, 31)).days if moves else 0,
        latest_update="Three of five teams now do this each week" if number % 2 else "",
        latest_update_on=date(2019, 12, 3) if number % 2 else None,
        evidence=("Audit of 40 case files, November 2019",) if done else (),
        illustrative=number % 7 == 0,
        word="Finished" if done else "Under way" if number % 2 else "",
        colour="Blue" if done else "Green" if number % 2 else "",
        percent=40 if number % 4 == 1 else None,
    )


def changes() -> tuple[Change, ...]:
    """One recorded change of each kind, and two of wording."""
    by, on = "Fiona Adair", date(2019, 11, 4)
    minute = "HSCP Board, 20 November 2019, item 6"
    homes = ("A2: Service plan 2020", "A4: Business as usual")
    closed = {"old": "In progress", "new": "Closed", "decision": minute, "homes": homes}
    sooner = {"old": "Soon", "new": "By 31 March 2020", "reason": "Nobody could check “soon”"}
    given = {"old": "", "new": "Two audits a year", "reason": "Nothing was said of proof"}
    gone = {"old": "Not started", "new": "Withdrawn", "reason": "No money", "decision": minute}
    other = {"old": "In progress", "new": "Superseded by A7", "reason": "A7 carries it"}
    again = {"old": "Complete", "new": "In progress", "reason": "The register was of 2018"}
    moved = {"old": "31 October 2019", "new": "20 December 2019", "reason": "Two posts were vacant"}
    first = {"new": "13 December 2019", "reason": "The meeting is fixed"}
    return (
        Change(content.PLAN, on, "", "State", by, False, **closed),
        Change(content.ADDED, on, "A20", "New action", by, False, new=WORK[0], reason="Asked for"),
        Change(content.REWORDED, on, "A1", "What is to be done", by, False, **sooner),
        Change(content.REWORDED, on, "A1", "Evidence expected", by, True, **given),
        Change(content.WITHDRAWN, on, "A2", "Status", by, False, **gone),
        Change(content.SUPERSEDED, on, "A4", "Status", by, False, **other),
        Change(content.REOPENED, on, "A8", "Status", by, False, **again),
        Change(content.MOVED, on, "A5", "Due date", by, False, approver="Elspeth Cairnie", **moved),
        Change(content.DATED, on, "A6", "Due date", by, False, **first),
        Change(content.UNPROVED, on, "A3", "Minutes", by, False, reason="Of another team"),
    )


def before(content: PackContent) -> PackContent:
    """The pack as one of the first schema told it."""
    return thaw(freeze(replace(content, schema=1)))


def kpi(number: int, points: int = 5, monthly: bool = False) -> Kpi:
    name, unit = MEASURES[(number - 1) % len(MEASURES)]
    starts = [
        date(2010 + i // 12, i % 12 + 1, 1) if monthly else date(2015 + i, 4, 1)
        for i in range(points)
    ]

    def series(shift: int) -> tuple[Point, ...]:
        return tuple(
            Point(
                period=f"{start:%B %Y}" if monthly else f"{start.year}-{(start.year + 1) % 100}",
                start=start,
                numerator=None if i % 4 == 0 else (i * 37 + shift) % 60 + 20,
                denominator=None if i % 4 == 0 else 90,
                value=None if i == 2 else Decimal((i * 37 + shift) % 60 + 20) / Decimal("0.9"),
                target=Decimal(80) if shift == number and unit == "%" else None,
                vintage="Provisional" if i == points - 1 else "Final",
                note="No return was made" if i == 2 else "",
                completed=("A1",) if i == 1 and shift == number else (),
            )
            for i, start in enumerate(starts)
        )

    return Kpi(
        code=f"K{number}",
        name=name,
        meaning="The share of orders for which it was done in time.",
        unit=unit,
        decimals=0 if unit == "%" else 1,
        direction="higher",
        points=series(number),
        comparators=(Comparator("Scotland", series(number + 31)),) if number % 2 else (),
        centre=Decimal(61) if points > 8 else None,
        reading="The latest figure is below target and there is no sign of a lasting change.",
        description=f"Line chart of {name} with its target. The table below gives every figure.",
        source="Criminal justice social work statistics, Scottish Government",
        actions=("A1", "A2"),
        illustrative=number % 3 == 0,
        effect=("1 of 2 linked actions was complete by Dec 2019. Too early to say.",),
    )


def ordinary(
    actions: int = 20, kpis: int = 8, points: int = 5, monthly: bool = False
) -> PackContent:
    """Shaped like the paper of West Dunbartonshire."""
    rows = tuple(action(n) for n in range(1, actions + 1))
    done = sum(a.completed for a in rows)
    names = [("Not started", "Nobody has begun"), ("In progress", "Work has begun")]
    names.append(("Complete", "Done, and accepted by a second person"))
    return PackContent(
        area="West Dunbartonshire",
        partnership="West Dunbartonshire Health and Social Care Partnership",
        title="HSCP Board: Progress with the justice social work improvement plan",
        edition=1,
        period="October to December 2019",
        period_start=START,
        period_end=END,
        data_as_at=datetime(2020, 1, 6, 9, 30, tzinfo=UTC),
        meeting=Meeting(
            "HSCP Board",
            date(2020, 2, 19),
            "Progress with the justice social work improvement plan",
            "All",
            "None",
        ),
        author=Person("Alex Sample", "Chief Social Work Officer"),
        contact=Person("Alex Sample", "Chief Social Work Officer", "1 Example Street, Anytown"),
        illustrative="Progress, evidence and some figures in this paper are illustrative.",
        purpose=("To tell the Board how far the improvement plan has come.",),
        recommendations_lead="The HSCP Board is asked to:",
        recommendations=("Note the progress made.", "Note the actions that are overdue."),
        background=(
            "The Care Inspectorate published its inspection on 6 August 2019.",
            "The plan of twenty actions was agreed the same week.",
        ),
        inspection="Inspection of Justice Social Work Services, Care Inspectorate, August 2019",
        grades=tuple(
            Grade(q, code, name, "Adequate" if code == "2.1" else "Weak", "Important weaknesses")
            for q, code, name in INDICATORS
        ),
        statuses=tuple(
            StatusCount(name, meaning, sum(a.status == name for a in rows), word, colour)
            for (name, meaning), (word, colour) in zip(names, OWN_WORDS, strict=True)
        ),
        reconciliation=Reconciliation(
            max(actions - 1, 0), min(actions, 1), done, 0, actions - done
        ),
        plan_state="In progress",
        late_from_first=True,
        bands=(
            Band("Slipping", "Amber", True, 1),
            Band("Far behind", "Red", True, 3),
        ),
        changes=changes() if actions else (),
        actions=rows,
        coverage=(
            *(
                Coverage("Key message", f"KM{n}", WORK[n - 1], 0, ("A1", "A2"), 1, ANSWERED)
                for n in (1, 2)
            ),
            Coverage("Key message", "KM3", WORK[2], 0, (), 0, ONLY_GONE, gone=("A9",)),
            Coverage("Area for improvement", "AFI 1", WORK[3], 0, ("A4",), 0, UNMEASURED),
            Coverage("Area for improvement", "AFI 1.1", WORK[0], 1, (), 0, UNCOVERED),
            Coverage("Rated element", "1a.2", WORK[2], 0, ("B7 of “Next”",), 0, ANSWERED),
            Coverage("Area for improvement", "F2", WORK[1], 1, ("B7 of “Next”",), 0, ANSWERED),
        ),
        kpis=tuple(kpi(n, points, monthly) for n in range(1, kpis + 1)),
        contradictions=(
            Contradiction("A3", "K1", "A3 is complete, but K1 (62%) is below its target of 80%."),
            Contradiction("A4", "K2", "K2 meets its target, yet A4 is not begun.", Code.UNDONE),
        ),
        written=tuple(
            WrittenPart(h.lower(), h, (f"{h} are within existing budgets.",) if i else ())
            for i, h in enumerate(HEADINGS)
        ),
    )


def empty() -> PackContent:
    """A pack of a plan without anything in it."""
    return replace(
        ordinary(0, 0),
        meeting=Meeting("HSCP Board", None, "", "", ""),
        author=Person("", ""),
        contact=Person("", ""),
        illustrative="",
        purpose=(),
        recommendations=(),
        background=(),
        inspection="",
        grades=(),
        statuses=(),
        coverage=(),
        contradictions=(),
        bands=(),
        late_from_first=False,
    )


def big(actions: int, kpis: int, points: int) -> PackContent:
    """A pack of many actions and monthly figures."""
    return ordinary(actions, kpis, points, monthly=True)


AWKWARD = (
    '<script>alert("x")</script> {{7*7}} {% now %} #eval("1") $x^2$ *bold* _it_ @x <b> &amp; '
    "=1+1 \\backslash 'quoted' שלום مرحبا 😀 漢字 x\u202ey \x07 \ud800 \ufffe end"
)
STARTS = ("=1+1", "+1", "-1", "@x", "'q", "\tx", "<script>", "{{7*7}}", '#eval("1")', "$x^2$")
LONG_WORD = "abcdefghij" * 1000


def awkward(text: str = AWKWARD, kpis: int = 2) -> PackContent:
    """The ordinary pack with the text in every field that people can write."""
    content: PackContent = _everywhere(ordinary(4, kpis), text)
    return content


def _everywhere(value, text):
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_everywhere(item, text) for item in value)
    if is_dataclass(value):
        kept = {"unit"} if isinstance(value, Kpi) else set()
        return replace(
            value,
            **{
                f.name: _everywhere(getattr(value, f.name), text)
                for f in fields(value)
                if f.name not in kept
            },
        )
    return value
