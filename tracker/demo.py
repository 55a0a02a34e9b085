"""The demonstration: the West Dunbartonshire inspection of 2019 and the work on its plan.

Reads the files in management/demo/ and enters them through the services, on the days on which they
happened. What is published is published; what is invented says so on every page and pack.
"""

import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from governance import papers
from kpis.models import Unit
from kpis.periods import Period, parse
from kpis.services import definitions, figures
from management import access, audit, clock
from management import services as management
from management.models import Area, Post, User
from plans.models import Grade, Inspection, Plan, Recommendation
from plans.services import actions, frameworks, inspections, plans, recommendations
from plans.services.advising import standing_advice
from tracker import demo_self_evaluations, demo_story

FOLDER = Path(management.__file__).parent / "demo"
BY = access.System("demonstration")
PASSWORD = "throughline demonstration"  # noqa: S105  (printed for whoever runs the demonstration)
ILLUSTRATIVE = (
    "Illustrative: the inspection, the plan and the yearly figures are as published in 2019. "
    "The people, the progress, the moved dates, the evidence, the tasks and notes, the links of "
    "actions to areas for improvement and KPIs and to each other, the evidence that action 5.3b "
    "expects since November 2019, the end of action 2.1d, the area’s own words and colours, the "
    "answers to the areas for improvement and the decision on one of them, who approved the plan "
    "and the day on which it was sent, the dates of the inspection’s timetable that the board "
    "paper does not give, the self-evaluations with their findings, the monthly figures with their "
    "target, the meeting and the written paragraphs are invented to show the service at work."
)


def load() -> bool:
    """Enter the demonstration; whether anything was entered. All of it or nothing, once only."""
    with audit.acting(BY, "load demonstration"):
        for facts in frameworks.shipped():
            frameworks.load_framework(by=BY, facts=facts)
        people = _file("people")
        if Area.objects.filter(slug=people["area"]["slug"]).exists():
            return False
        plan_file, story = _file("plan"), _file("story")
        with clock.hold(plan_file["plan"]["dated"]):
            area = _area(people, plan_file["posts"])
            plan = _plan(area, _file("inspection"), plan_file, ILLUSTRATIVE)
            _kpis(area, _file("kpis")["kpis"])
        demo_story.tell(plan, story)
        demo_story.answer(plan, _file("inspection"))
        demo_self_evaluations.load(area, _file("self_evaluation")["self_evaluations"])
        _body(plan, story)
        second = _file("second_area")
        with clock.hold(second["plan"]["dated"]):
            other = _area(second, second["posts"])
            _plan(other, second, second, "Illustrative: this area and all in it are invented.")
            _kpis(other, second["kpis"])
    return True


def accounts() -> list[tuple[str, str, str]]:
    """E-mail address, name and roles of those who can sign in to the demonstration."""
    rows = User.objects.filter(email__endswith="@throughline.example").prefetch_related(
        "memberships__area"
    )
    return [
        (
            user.email,
            user.name,
            ", ".join(f"{m.get_role_display()}, {m.area}" for m in user.memberships.all()),
        )
        for user in rows
    ]


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _area(content: dict[str, Any], posts: list[dict[str, Any]]) -> Area:
    area = management.create_area(by=BY, **content["area"])
    titles = {}
    for post in posts:
        outside = post.get("organisation", "") if post.get("outside") else ""
        titles[post["title"]] = management.create_post(
            by=BY, area=area, title=post["title"], organisation=outside
        )
    for person in content["people"]:
        membership = management.add_member(
            by=BY,
            area=area,
            email=person["email"],
            name=person["name"],
            role=access.Role(person["role"]),
            password=PASSWORD,
        )
        for held in person.get("posts", []):
            management.appoint(
                by=BY, post=titles[held["title"]], user=membership.user, start=held["from"]
            )
    return area


def _inspection(area: Area, found: dict[str, Any]) -> Inspection:
    """What was known when, on its days: the notification, the timetable, then the report."""
    facts = found["inspection"]
    framework = frameworks.latest(facts["framework"])
    with clock.hold(facts["notified_on"]):
        inspection = inspections.open_inspection(
            by=BY,
            area=area,
            framework=framework,
            title=facts["title"],
            inspectorate=facts["inspectorate"],
            notified_on=facts["notified_on"],
            notified_text=facts["notified_text"],
            scope=facts["legal_basis"],
        )
    stages = {stage.name: stage for stage in inspection.stages.all()}
    with clock.hold(facts["published_on"]):
        for real in found.get("stages", []):
            stage = stages[real["name"]]
            inspections.edit_stage(
                by=BY,
                stage=stage,
                version=stage.version,
                on=real["on"],
                at=real.get("at", ""),
                done_on=real.get("done_on"),
            )
        _report(inspection, found)
    return inspection


def _report(inspection: Inspection, found: dict[str, Any]) -> None:
    facts = found["inspection"]
    by: dict[str, Any] = {"by": BY, "inspection": inspection}
    inspections.edit_inspection(
        version=inspection.version,
        published_on=facts["published_on"],
        plan_due_on=facts["plan_due"],
        records_read=facts["records_read"],
        records_in_all=facts["records_population"],
        records_period=f"{facts['records_from']:%B %Y} to {facts['records_to']:%B %Y}",
        people_met=facts["people_met"],
        source=facts["source"],
        **by,
    )
    indicators = {i.code: i for i in inspection.framework.indicators.all()}
    grades = {grade.label: grade for grade in Grade}
    given = [
        inspections.Given(indicators[g["indicator"]], grades[g["grade"]], g["rationale"])
        for g in found["grades"]
    ]
    inspections.set_grades(version=inspection.version, grades=given, **by)
    messages = {int(m["code"].removeprefix("KM")): m["text"] for m in found["key_messages"]}
    inspections.set_key_messages(version=inspection.version, messages=messages, **by)
    rows: dict[str, Recommendation] = {}
    for row in found["recommendations"]:
        rows[row["reference"]] = recommendations.add_recommendation(
            reference=row["reference"], parent=rows.get(row["parent"]), text=row["text"], **by
        )


def _plan(area: Area, found: dict[str, Any], agreed: dict[str, Any], illustrative: str) -> Plan:
    plan_facts = agreed["plan"]
    inspection = _inspection(area, found)
    framework = inspection.framework
    plan = plans.create_plan(
        by=BY,
        area=area,
        inspection=inspection,
        title=plan_facts["title"],
        agreed_on=plan_facts["dated"],
        source=plan_facts.get("source", ""),
        illustrative=illustrative,
    )
    posts = {post.title: post for post in Post.objects.in_area(area)}
    messages = {m.reference: m for m in inspection.key_messages.all()}
    indicators = {i.code: i for i in framework.indicators.all()}
    for sequence, action in enumerate(agreed["actions"], 1):
        actions.add_action(
            by=BY,
            plan=plan,
            indicator=indicators[action["quality_indicator"]],
            lead=posts[action["lead"]],
            supporting=[posts[title] for title in action.get("supporting", [])],
            key_messages=[messages[code] for code in action["key_messages"]],
            original_due=action.get("due"),
            reference=action["reference"],
            sequence=sequence,
            text=action["text"],
            timescale=action["timescale_raw"],
            responsible=action.get("responsible_raw", ""),
            added_on=plan_facts["dated"],
            evidence_expected=action["evidence_expected"],
        )
    # Approved as it was published, whatever the SMART check says of it.
    plans.approve_plan(
        by=BY,
        plan=plan,
        version=plan.version,
        mark=plans.mark_of(plan.actions.all()),
        accepted=dict.fromkeys(standing_advice(plan), "Agreed in these words."),
        illustrative=True,
    )
    return plan


def _kpis(area: Area, content: list[dict[str, Any]]) -> None:
    posts = {post.title: post for post in Post.objects.in_area(area)}
    units = {unit.label: unit for unit in Unit}
    for kpi in content:
        indicator = definitions.define_indicator(
            by=BY,
            area=area,
            code=kpi["code"],
            name=kpi["name"],
            measure=kpi.get("measure", ""),
            meaning=" ".join(filter(None, [kpi["meaning"], kpi.get("note", "")])),
            numerator=kpi.get("numerator", ""),
            denominator=kpi.get("denominator", ""),
            exclusions=kpi.get("exclusions", ""),
            clock_rule=kpi.get("clock_rule", ""),
            unit=units[kpi["unit"]],
            direction=kpi["direction"],
            frequency=kpi["frequency"],
            decimals=kpi.get("decimals", 0),
            source=kpi["source"],
            owner=posts.get(kpi.get("owner", "")),
            illustrative=kpi.get("illustrative", False),
        )
        for target in kpi.get("targets", []):
            definitions.set_target(
                by=BY,
                indicator=indicator,
                value=Decimal(target["value"]),
                start=target["from"],
                source=target["source"],
            )
        for figure in kpi["figures"]:
            period = (
                Period(figure["start"], figure["end"])
                if "start" in figure
                else parse(figure["period"])
            )
            # A month's figure is there ten days after the month.
            entered = max(clock.today(), period.end + timedelta(days=10))
            with clock.hold(entered):
                figures.record_figure(
                    by=BY,
                    indicator=indicator,
                    period=period,
                    numerator=_whole(figure.get("numerator")),
                    denominator=_whole(figure.get("denominator")),
                    value=Decimal(figure["value"]) if "value" in figure else None,
                    comparator=figure.get("area", ""),
                    vintage=figure.get("vintage", "final"),
                )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _body(plan: Plan, story: dict[str, Any]) -> None:
    pack = story["pack"]
    body = papers.create_body(
        by=BY,
        area=plan.area,
        plan=plan,
        slug=story["body"]["slug"],
        name=story["body"]["name"],
        packs_from=pack["start"],
        days_after_quarter=10,
        subject=pack["subject"],
        wards=pack["wards"],
        background_papers="; ".join(pack["background_papers"]) or "None",
        author=User.objects.get(email=pack["author"]).name,
        author_post="Head of Service",
        contact=pack.get("contact_phone", ""),
    )
    for meeting in story["meetings"]:
        papers.add_meeting(by=BY, body=body, on=meeting["on"], papers_due=meeting["papers_due"])
    for paragraph in story["paragraphs"]:
        with clock.hold(paragraph["on"]):
            papers.write_paragraphs(
                by=User.objects.get(email=paragraph["by"]),
                body=body,
                start=pack["start"],
                texts={paragraph["section"]: (0, "\n\n".join(paragraph["text"]))},
            )
