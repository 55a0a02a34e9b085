"""Figures for programs: every edition, giving some of them, approving them, and what is missing."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.definitions import FigureShown
from kpis.imports.periods import read
from kpis.models import Indicator, Observation, PeriodLock, Vintage
from kpis.periods import Period
from kpis.services import figures as services
from kpis.services import requests as asking
from kpis.services.checking import Held, Outcome, look_over, mark_of, report_figures
from kpis.services.figures import Entry
from kpis.typed import MOST_COUNT
from management import clock
from management.api.doors import AreaRows, Given, RowOfArea
from management.api.errors import Outdated
from management.api.filters import DayFilter, IdFilter, TextFilter, YesNoFilter

MOST = 1000  # figures in a request
ANY = ("on", "every")


class EditionShown(FigureShown):
    kpi = serializers.PrimaryKeyRelatedField(
        source="indicator", read_only=True, help_text="The id of the KPI."
    )

    class Meta(FigureShown.Meta):
        fields = ["id", "kpi", "split", "part", *FigureShown.Meta.fields, "reason"]
        extra_kwargs = {
            **FigureShown.Meta.extra_kwargs,
            "split": {"help_text": "The break-down, such as “Team”; blank for the whole."},
            "part": {"help_text": "The part of the break-down; blank for the whole."},
            "reason": {"help_text": "Why it replaces the edition before."},
        }


class KpiOfArea(RowOfArea):
    """The id of a KPI of the area: all of them are read once, however many are named."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Indicator, **options)

    def to_internal_value(self, data: Any) -> Indicator:
        key = self.pk_field.to_internal_value(data)
        known = self.context.get("kpis")
        if known is None:
            rows = self.get_queryset().select_related("area", "owner")
            known = self.context["kpis"] = {row.pk: row for row in rows}
        if key not in known:
            self.fail("does_not_exist", pk_value=data)
        found: Indicator = known[key]
        return found


class PeriodGiven(Given):
    """A KPI, and the first and the last day of a period of it, or its name."""

    kpi = KpiOfArea(help_text="The id of the KPI.")
    period = serializers.CharField(
        required=False,
        max_length=60,
        help_text="As people write it: 2019-10, Oct 2019, 2019/20 Q1, 2018-19. Or give both days.",
    )
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """`period` becomes a Period."""
        name, days = given.pop("period", None), (given.pop("start", None), given.pop("end", None))
        if (name is None) == (days == (None, None)):
            raise serializers.ValidationError({"period": "Give the period, or both of its days."})
        given["period"] = _named(name, given["kpi"]) if name is not None else _of_days(*days)
        return given


def _named(name: str, kpi: Indicator) -> Period:
    found = read(name, kpi.frequency)
    if found.period is None:
        ways = " or ".join(way.label for way in found.ways or ())
        said = found.fault or f"“{name}” can be {ways}. Give both of its days."
        raise serializers.ValidationError({"period": said})
    return found.period


def _of_days(start: date | None, end: date | None) -> Period:
    if start is None or end is None or end < start:
        said = "Give the first day and the last day of the period."
        raise serializers.ValidationError({"end" if start else "start": said})
    return Period(start, end)


class FigureGiven(PeriodGiven):
    """One figure: counts, or a value where only that is known. Without either there is no figure,
    and `note` says why."""

    numerator = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_COUNT
    )
    denominator = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MOST_COUNT,
        help_text="With both 0, none was due.",
    )
    value = serializers.DecimalField(
        required=False, allow_null=True, max_digits=12, decimal_places=4, min_value=0
    )
    vintage = serializers.ChoiceField(Vintage.choices, default=Vintage.FINAL.value)
    comparator = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="Whose figure it is, such as “Scotland”; blank for the area's own.",
    )
    split = serializers.CharField(required=False, allow_blank=True, max_length=60)
    part = serializers.CharField(required=False, allow_blank=True, max_length=120)
    source = serializers.CharField(
        required=False, allow_blank=True, max_length=2000, help_text="Blank: that of the KPI."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=2000,
        help_text="Needed where a settled figure changes.",
    )
    edition = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The edition that you have read, 0 for none. Another one by now is not written "
        "over: 412. Left out, whatever stands gets a next edition.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(given)
        nothing = all(given.get(name) is None for name in ("numerator", "denominator", "value"))
        if nothing and not given.get("note", "").strip():
            raise serializers.ValidationError({"note": "Say why there is no figure."})
        return given


class FiguresGiven(Given):
    """Some figures, of one KPI or of many: all of them are recorded, or none."""

    figures = FigureGiven(many=True, min_length=1, max_length=MOST)
    confirm = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="The `confirm` of the answer that told the doubts: they were seen.",
    )
    preview = serializers.BooleanField(
        default=False, help_text="Only say what is doubtful; nothing is recorded."
    )


class FigureOutcomeShown(serializers.Serializer):
    """What becomes of one figure, in the order in which they were given."""

    kpi = serializers.IntegerField(source="entry.indicator.pk")
    period = serializers.CharField(source="entry.period.label")
    stands = serializers.SerializerMethodField(help_text="The figure that stands, or blank.")
    doubts = serializers.ListField(child=serializers.CharField())
    same = serializers.BooleanField(help_text="It says what stands: nothing is recorded of it.")

    def get_stands(self, outcome: Outcome) -> str:
        return services.told(outcome.stands) if outcome.stands else ""


class FiguresRecordedShown(serializers.Serializer):
    """What was recorded, or with doubts that were not confirmed nothing."""

    recorded = serializers.BooleanField()
    confirm = serializers.CharField(
        help_text="Send it with the same figures to record them all the same; blank without doubts."
    )
    outcomes = FigureOutcomeShown(many=True)


class FigureLockShown(serializers.ModelSerializer):
    kpi = serializers.PrimaryKeyRelatedField(source="indicator", read_only=True)

    class Meta:
        model = PeriodLock
        fields = ["id", "kpi", "start", "end", "locked", "reason", "entered_by", "entered_at"]


class ApprovedGiven(PeriodGiven):
    """One figure, as it was looked at."""

    edition = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class FigureApprovalGiven(Given):
    """Figures that are approved, all of them or none."""

    figures = ApprovedGiven(many=True, min_length=1, max_length=MOST)


class FigureOpeningGiven(PeriodGiven):
    """Approved figures of one KPI's period, which change again."""

    reason = serializers.CharField(max_length=20_000)


class MissingFigureShown(serializers.Serializer):
    """A period that has ended and has no figure."""

    kpi = serializers.IntegerField(source="indicator.pk")
    period = serializers.CharField(source="period.label")
    start = serializers.DateField(source="period.start")
    end = serializers.DateField(source="period.end")
    wanted_by = serializers.DateField()
    owner = serializers.IntegerField(
        source="indicator.owner_id", allow_null=True, help_text="The id of the post that owns it."
    )
    held = serializers.SerializerMethodField(help_text="Whether anybody holds that post.")
    asked = serializers.SerializerMethodField(help_text="When its holders were asked, by e-mail.")

    def get_held(self, one: asking.Missing) -> bool:
        return bool(one.holders)

    def get_asked(self, one: asking.Missing) -> list[str]:
        return [request.entered_at.isoformat() for request in one.asked]


class FigureFilter(FilterSet):
    kpi = IdFilter(field_name="indicator", help_text="The id of the KPI.")
    start = DayFilter(help_text="Periods that begin on this day.")
    end = DayFilter(help_text="Periods that end on this day.")
    comparator = TextFilter(help_text="Whose figures, such as “Scotland”.")
    on = DayFilter(method="_any", help_text="As they stood at the end of this day.")
    every = YesNoFilter(method="_any", help_text="Every edition, and not the newest of each alone.")

    def _any(self, rows: Any, name: str, value: Any) -> Any:
        """Both decide which editions there are: see `filter_queryset`."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        on, every = (self.form.cleaned_data.get(name) for name in ANY)
        known = clock.end_of(on) if on is not None and on < clock.today() else None
        if not every:
            return rows.latest_editions(known_by=known)
        return rows if known is None else rows.filter(entered_at__lte=known)


@extend_schema_view(
    list=extend_schema(summary="Figures by KPI and period: the newest edition of each, or every"),
    retrieve=extend_schema(summary="One edition of a figure"),
)
class Figures(AreaRows):
    """Editions of figures, none of which is ever changed: a correction is the next one."""

    model = Observation
    serializer_class = EditionShown
    filterset_class = FigureFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "kpi.view",
        "retrieve": "kpi.view",
        "create": "kpi.report",
        "approve": "kpi.lock",
        "reopen": "kpi.lock",
        "locks": "kpi.view",
        "due": "kpi.report",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": FiguresGiven,
        "approve": FigureApprovalGiven,
        "reopen": FigureOpeningGiven,
    }
    versions_in_body: ClassVar[set[str]] = {"create", "approve"}
    tag = "figures"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("indicator")
        order = ("indicator__code", "start", "end", "comparator", "split", "part", "edition", "pk")
        return rows.order_by(*order)

    @extend_schema(
        summary="Give some figures",
        responses={200: FiguresRecordedShown, 201: FiguresRecordedShown},
    )
    def create(self, request: Request, **where: Any) -> Response:
        """All of them or none. What is doubtful is told with 200, and nothing is recorded until
        the same figures come with the answer's `confirm`."""
        given = self.given()
        entries = [_entry(one) for one in given["figures"]]
        services.require_reports(request.user, [entry.indicator for entry in entries])
        outcomes = look_over(entries)
        recorded = False
        try:
            _refuse(outcomes)
            if not given["preview"]:
                seen = given.get("confirm", "")
                report_figures(by=request.user, area=request.area, entries=entries, seen=seen)
                recorded = True
        except Held as held:
            outcomes = held.outcomes
            _refuse(outcomes)
        mark = "" if recorded else mark_of(outcomes)
        told = {"recorded": recorded, "confirm": mark, "outcomes": outcomes}
        return Response(FiguresRecordedShown(told).data, status=201 if recorded else 200)

    @extend_schema(
        summary="Approve figures", responses={200: FigureLockShown(many=True)}, filters=False
    )
    @step(detail=False, methods=["post"])
    def approve(self, request: Request, **where: Any) -> Response:
        """All of them or none, as they were looked at: from now on they change only once they are
        opened again."""
        given = self.given()["figures"]
        chosen = {(one["kpi"], one["period"]): one["edition"] for one in given}
        made = services.lock_periods(by=request.user, area=request.area, chosen=chosen)
        return Response(FigureLockShown(made, many=True).data)

    @extend_schema(summary="Open approved figures again", responses=FigureLockShown, filters=False)
    @step(detail=False, methods=["post"], url_path="open")
    def reopen(self, request: Request, **where: Any) -> Response:
        """With a reason, which is kept."""
        given = self.given()
        made = services.unlock_period(
            by=request.user,
            indicator=given["kpi"],
            period=given["period"],
            reason=given["reason"],
        )
        return Response(FigureLockShown(made).data)

    @extend_schema(
        summary="Every approval and every opening, oldest first",
        responses=FigureLockShown(many=True),
        filters=False,
    )
    @step(detail=False, methods=["get"])
    def locks(self, request: Request, **where: Any) -> Response:
        """The latest of a KPI's period holds."""
        rows = PeriodLock.objects.visible_to(request.user).in_area(request.area)
        return self.page_of(rows.order_by("pk"), FigureLockShown)

    @extend_schema(
        summary="Figures that are missing", responses=MissingFigureShown(many=True), filters=False
    )
    @step(detail=False, methods=["get"])
    def due(self, request: Request, **where: Any) -> Response:
        """Of periods that have ended: by when they are wanted, and of which post."""
        rows = Indicator.objects.visible_to(request.user).in_area(request.area)
        return self.page_of(asking.missing(rows), MissingFigureShown)


def _entry(given: dict[str, Any]) -> Entry:
    facts = {name: value for name, value in given.items() if name not in {"kpi", "edition"}}
    return Entry(given["kpi"], **facts, read=given.get("edition"))


def _refuse(outcomes: Sequence[Outcome]) -> None:
    """Raises Outdated for what somebody else has given since; ValidationError for what is wrong."""
    changed = {
        f"figures.{at}": f"{one.stands.entered_by} has given {services.told(one.stands)} since "
        f"then: edition {one.stands.edition}."
        if one.stands
        else "It is not there."
        for at, one in enumerate(outcomes)
        if one.changed
    }
    if changed:
        raise Outdated(changed)
    wrong = {
        f"figures.{at}.{name}": sentence
        for at, one in enumerate(outcomes)
        for name, sentence in one.errors.items()
    }
    if wrong:
        raise serializers.ValidationError(wrong)
