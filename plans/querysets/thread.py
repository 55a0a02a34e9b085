"""All that was said of one action, and what it answers, each in one query."""

from typing import Any, Self

from django.db.models import BigIntegerField, Case, CharField, F, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from management.querysets import OwnedQuerySet


class UndoableQuerySet(OwnedQuerySet):
    def standing(self) -> Self:
        """Without pairs of which one undoes the other: both are history alone."""
        # Not `undoes=None`: SQLite takes the unique index for the narrowest way in, and would read
        # nearly every row there is by it.
        return self.exclude(undoes__isnull=False).filter(undone_by=None)


class ThreadQuerySet(OwnedQuerySet):
    def thread_of(self, action: Any) -> list[dict[str, Any]]:
        """All that was said of an action, newest first, in one query; nothing of one not in here.

        Each entry has kind, id, on, by, author (a key), recorded_at, illustrative, text, and old,
        new, more, beside, refers and number, which are "" or None where they say nothing:
        - update: its statuses; who decided an early end; the area's own word; the key of the update
          that it corrects; the per cent done
        - date: its dates; who agreed to what was asked for; the key of the one that it undoes
        - request (not agreed to): its dates; "" while it is open, else why it was refused, and by
          whom
        - evidence: address and SHA-256; the file's name and type; the key of its withdrawal; bytes
        - withdrawal: the key of the evidence in refers
        - revision: before and after; the name of the field
        - note and residual: the text alone
        """
        common = ("kind", "id", "on", "by", "author", "recorded_at", "illustrative")
        nothing = Value("", CharField())
        no_number = Cast(Value(None), BigIntegerField())
        empty = {
            **dict.fromkeys(("old", "new", "more", "beside"), nothing),
            **dict.fromkeys(("refers", "number"), no_number),
        }

        mine = self.filter(pk=action.pk).order_by().values("pk")

        def part(kind: str, rows: Any, text: str, way: str = "action", **told: Any) -> Any:
            told = empty | told
            its = {f"its_{name}": value for name, value in told.items()}
            return (
                rows.order_by()
                .in_area(action.area_id)
                .filter(**{f"{way}__in": mine})
                .annotate(kind=Value(kind), said=_text(F(text)), **its)
                .values_list(*common, "said", *its, named=False)
            )

        evidence: Any = action._meta.get_field("evidence").related_model
        withdrawals = evidence._meta.get_field("withdrawal").related_model._default_manager
        residuals: Any = action._meta.get_field("residual").related_model._default_manager
        dates = {"old": _text(F("old")), "new": _text(F("new"))}
        refused = Case(
            When(answer__isnull=True, then=nothing),
            When(answer__text="", then=Value("no reason given")),
            default=_text(F("answer__text")),
        )
        rows = part(
            "update",
            action.updates,
            "text",
            old=_text(F("old_status")),
            new=_text(F("status")),
            more=_text(F("decision")),
            beside=_text(F("word")),
            refers=F("corrects_id"),
            number=Cast(F("percent"), BigIntegerField()),
        ).union(
            part(
                "date",
                action.date_changes,
                "reason",
                **dates,
                more=_text(F("approver")),
                refers=F("undoes_id"),
            ),
            part(
                "request",
                action.date_requests.exclude(answer__agreed=True),
                "reason",
                **dates,
                more=refused,
                beside=_text(F("answer__by")),
            ),
            part(
                "evidence",
                action.evidence,
                "description",
                old=_text(F("url")),
                new=_text(F("sha256")),
                more=_text(F("file_name")),
                beside=_text(F("media_type")),
                refers=F("withdrawal"),
                number=Cast(F("size"), BigIntegerField()),
            ),
            part(
                "withdrawal",
                withdrawals,
                "reason",
                "evidence__action",
                refers=F("evidence_id"),
            ),
            part("note", action.notes, "text"),
            part(
                "revision",
                action.revisions,
                "reason",
                old=_text(F("old")),
                new=_text(F("new")),
                more=_text(F("field")),
            ),
            part("residual", residuals, "home"),
            all=True,
        )
        names = (*common, "text", *empty)
        entries = [dict(zip(names, row, strict=True)) for row in rows]
        return sorted(entries, key=lambda e: (e["on"], e["recorded_at"], e["id"]), reverse=True)

    def reasons_of(
        self, action: Any, *, inspections: Any, self_evaluations: Any
    ) -> list[dict[str, Any]]:
        """What an action answers of those inspections and self-evaluations, in one query; nothing
        for one not in here.

        Each has what (message, recommendation or finding), key, reference, text, kind, withdrawn
        (a day as text), and whole and title of what found it.
        """
        names = ("what", "key", "place", "reference", "text", "kind", "withdrawn", "whole", "title")

        mine = self.filter(pk=action.pk).order_by().values("pk")

        def part(what: str, relation: str, whole: str, given: Any, **told: Any) -> Any:
            found: Any = self.model._meta.get_field(relation).related_model
            rows = found._default_manager.order_by()
            rows = rows.filter(**{"actions__in": mine, f"{whole}__in": given})
            told |= {"what": Value(what), "key": F("pk"), "text": F("text")}
            told |= {"whole": F(f"{whole}_id"), "title": F(f"{whole}__title")}
            its = {f"its_{name}": told[name] for name in names}
            return rows.annotate(**its).values_list(*its)

        listed = {"place": F("sequence"), "reference": F("reference"), "kind": F("kind")}
        none = Value("", CharField())
        rows = part(
            "message",
            "key_messages",
            "inspection",
            inspections,
            place=F("number"),
            reference=Concat(Value("KM"), _text(F("number"))),
            kind=none,
            withdrawn=none,
        ).union(
            part(
                "recommendation",
                "recommendations",
                "inspection",
                inspections,
                **listed,
                withdrawn=none,
            ),
            part(
                "finding",
                "findings",
                "self_evaluation",
                self_evaluations,
                **listed,
                withdrawn=_text(F("withdrawn_on")),
            ),
            all=True,
        )
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return sorted(found, key=lambda reason: (reason["whole"], reason["place"]))


def _text(expression: Any) -> Any:
    return Coalesce(Cast(expression, CharField()), Value(""))
