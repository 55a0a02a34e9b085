"""Figures that are missing, and asking for them: the holders of the post that owns the KPI.

A request is a row, made in the transaction in which its e-mail is posted and unique for its KPI,
period and day: nobody is asked twice for the same. Whoever is asked is told of everything that is
missing of their posts, in one e-mail.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min, OuterRef, Subquery

from kpis import wanted
from kpis.models import FigureRequest, Indicator, Observation, Target
from kpis.periods import Period
from kpis.services import figures
from management import access, audit, clock, outbox
from management.access import Actor, System
from management.models import Area, Holding, User

logger = logging.getLogger(__name__)
BY = System("requests for figures")
# Older holes of a series are shown, and nobody is written to about them.
RECENT = 2
MOST = 24


@dataclass(frozen=True)
class Missing:
    """A period of a KPI that has ended and has no figure, and those who hold the post that owns the
    KPI; `asked` are the requests for it, oldest first."""

    indicator: Indicator
    period: Period
    wanted_by: date
    holders: tuple[User, ...] = ()
    asked: tuple[FigureRequest, ...] = ()

    @property
    def is_late(self) -> bool:
        return self.wanted_by < clock.today()

    @property
    def month(self) -> str:
        """The month in which the period ends, as the form of a period is found by."""
        return f"{self.period.end:%Y-%m}"


def missing(indicators: Any, *, most: int = MOST) -> list[Missing]:
    """What is missing of these KPIs (a queryset), of the last `most` periods of each that had ended
    before today: by KPI, latest first. Four queries.

    A KPI that is retired, or has not begun, is not expected to have one; that there is no figure,
    with the reason, is an answer as well.
    """
    today, own = clock.today(), Observation.objects.filter(comparator="", split="")
    numbers = own.exclude(numerator=None, value=None)
    first = numbers.filter(indicator=OuterRef("pk")).order_by("start").values("start")[:1]
    aims = Target.objects.filter(indicator=OuterRef("pk")).order_by().values("indicator")
    rows = indicators.select_related("owner", "area").annotate(
        begun=Subquery(first), aimed=Subquery(aims.annotate(day=Min("start")).values("day")[:1])
    )
    due = [
        (row, period)
        for row in rows.order_by("code")
        for period in wanted.expected(
            row.frequency,
            begun=row.begun,
            not_before=row.aimed,
            retired_on=row.retired_on,
            on=today,
            most=most,
        )
    ]
    if not due:
        return []
    keys = {row.pk for row, _ in due}
    since = min(period.start for _, period in due)
    given = own.filter(indicator__in=keys, start__gte=since).answers()
    there = set(given.values_list("indicator", "start", "end"))
    left = [(row, p) for row, p in due if (row.pk, p.start, p.end) not in there]
    holders = _holders({row.owner_id for row, _ in left if row.owner_id}, today)
    asked: dict[tuple[Any, ...], list[FigureRequest]] = defaultdict(list)
    for one in FigureRequest.objects.filter(indicator__in=keys, start__gte=since):
        asked[one.indicator_id, one.start, one.end].append(one)
    return [
        Missing(
            row,
            period,
            wanted.wanted_by(period),
            tuple(holders.get(row.owner_id, ())),
            tuple(asked[row.pk, period.start, period.end]),
        )
        for row, period in left
    ]


def _holders(posts: Iterable[int], today: date) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    rows = Holding.objects.filter(post__in=posts, user__is_active=True).current(on=today)
    for holding in rows.select_related("user").order_by("user__name", "user"):
        if holding.user not in found[holding.post_id]:
            found[holding.post_id].append(holding.user)
    return found


def wanted_of(user: User, area: Area, posts: Collection[int]) -> list[Missing]:
    """What the person has to report for these posts, which they hold, of the latest periods."""
    if not posts or not user.may("kpi.report", area):
        return []
    rows = Indicator.objects.visible_to(user).in_area(area).filter(owner__in=posts)
    return missing(rows, most=RECENT)


# --- asking -------------------------------------------------------------------------------------


def ask_due() -> tuple[int, list[str]]:
    """Ask for what is missing of the latest periods, in every area; how many figures were asked
    for, and what went wrong: one area's trouble must not keep the others waiting."""
    made, troubles = 0, []
    for area in Area.objects.order_by("pk"):
        try:
            made += len(request_missing(by=BY, area=area))
        except Exception as error:
            logger.exception("The figures of area %s were not asked for.", area.pk)
            troubles.append(f"area {area.slug}: {type(error).__name__}")
    return made, troubles


def request_missing(
    *, by: Actor, area: Area, wanted_by: date | None = None, ended_by: date | None = None
) -> list[FigureRequest]:
    """Ask the owners for what is missing of the latest periods: of those ended by `ended_by`, by
    `wanted_by`, or else by the day on which each figure is wanted anyhow.

    Nobody is asked where the post has no holder, and nobody twice for the same day.
    """
    access.require(by, "kpi.edit", area)
    rows = Indicator.objects.in_area(area)
    if not _to_ask(missing(rows, most=RECENT), wanted_by, ended_by):
        return []  # as it is nearly always: no lock is needed to see it
    with audit.acting(by, "ask for figures"):
        figures.lock_area(area)
        found = missing(rows, most=RECENT)
        made = [_request(by, area, one, day) for one, day in _to_ask(found, wanted_by, ended_by)]
        new = {(row.indicator_id, row.start, row.end): row for row in made}
        for user, its in _by_holder(found).items():
            mine = [new[key] for key in map(_key, its) if key in new]
            if mine:
                _tell(area, user, its, mine)
    return made


def _to_ask(
    found: Sequence[Missing], wanted_by: date | None, ended_by: date | None
) -> list[tuple[Missing, date]]:
    """Those that were not asked for by that day, of somebody who is there to be asked."""
    wanted = [
        (one, wanted_by or one.wanted_by)
        for one in found
        if ended_by is None or one.period.end <= ended_by
    ]
    return [
        (one, day)
        for one, day in wanted
        if one.holders
        and day not in {row.wanted_by for row in one.asked}
        and any(outbox.is_here(user, one.indicator.area) for user in one.holders)
    ]


def _request(by: Actor, area: Area, one: Missing, day: date) -> FigureRequest:
    made = FigureRequest(
        area=area,
        indicator=one.indicator,
        post=one.indicator.owner,
        start=one.period.start,
        end=one.period.end,
        wanted_by=day,
        entered_by=by.actor_name,
        entered_at=clock.now(),
    )
    made.full_clean()
    made.save()
    return made


def _key(one: Missing) -> tuple[Any, ...]:
    return (one.indicator.pk, one.period.start, one.period.end)


def _by_holder(found: Sequence[Missing]) -> dict[User, list[Missing]]:
    by_user: dict[User, list[Missing]] = defaultdict(list)
    for one in found:
        for user in one.holders:
            by_user[user].append(one)
    return by_user


def _tell(area: Area, user: User, its: list[Missing], new: list[FigureRequest]) -> None:
    """One e-mail with all that is missing of the person's posts, soonest wanted first."""
    days = {(row.indicator_id, row.start, row.end): row.wanted_by for row in new}
    lines = [(one, min(days.get(_key(one), one.wanted_by), one.wanted_by)) for one in its]
    lines.sort(key=lambda line: (line[1], line[0].indicator.code, line[0].period))
    words = {"area": area, "lines": lines, "today": clock.today()}
    subject, text, html = outbox.render("kpis/request_message.html", words)
    key = f"figures asked for, from {min(row.pk for row in new)}"
    outbox.post(area=area, user=user, key=key, subject=subject, text=text, html=html)
