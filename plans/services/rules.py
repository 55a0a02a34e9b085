"""What an area decides about all of its actions: what is late, and its own words and colours."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import CharField, F, IntegerField, Value
from django.db.models.functions import Cast

from management import access, audit, clock
from management.access import Actor
from management.models import Area
from management.versions import Stale, advance
from plans.models import Action, Rules, StatusWord
from plans.services.locking import lock, lock_actions
from plans.statuses import CLOSED
from plans.words import Line, Rule, Word, key_of, word_for


def rules_of(area: Area) -> Rules:
    """The area's rules; those that everybody begins with where it has not chosen."""
    found: Rules | None = Rules.objects.in_area(area).first()
    return found or Rules(area=area, version=0)


def words_of(area: Area) -> list[Word]:
    """The area's own words, in the order of its key."""
    rows = StatusWord.objects.in_area(area)
    return [Word(r.word, r.rule, r.colour, r.status, r.least) for r in rows]


class Own(NamedTuple):
    """An area's own words, by what it chooses among them, and which due date counts (`late`)."""

    words: list[Word]
    rule: str
    late: str

    def of(self, action: Action, status: str = "") -> Word | None:
        """Its word for the action as it stands today, or as it would with another status."""
        return word_for(
            self.words,
            self.rule,
            status=status or action.status,
            percent=action.percent,
            late_after=action.late_after,
            on=clock.today(),
        )

    @property
    def key(self) -> list[Line]:
        """The key as it is printed."""
        return key_of(self.words, self.rule)


def own_words(area: Area) -> Own:
    """For pages that print the area's words beside the statuses: one query."""
    blank = {name: Value("", CharField()) for name in ("of_status", "of_colour")}
    no_number = Cast(Value(None), IntegerField())
    rules = (
        Rules.objects.in_area(area).order_by().annotate(**blank, of_least=no_number, at=no_number)
    )
    words = StatusWord.objects.in_area(area).order_by()
    told = rules.values_list("late", "colours", "of_status", "of_colour", "of_least", "at", "pk")
    found = list(
        told.union(
            words.values_list("rule", "word", "status", "colour", "least", "place", "pk"), all=True
        )
    )
    chosen = [row for row in found if row[5] is None]
    late, rule = chosen[0][:2] if chosen else (Rules.Late.CURRENT, Rule.STATUS)
    kept = sorted((row for row in found if row[5] is not None), key=itemgetter(0, 5, 6))
    return Own([Word(w, r, colour, s, least) for r, w, s, colour, least, *_ in kept], rule, late)


def set_rules(
    *, by: Actor, area: Area, version: int, late: str, colours: str, words: Sequence[Word]
) -> Rules:
    """The area's rules and its whole list of words, from now on.

    `version` is that of the rules as they were shown, 0 where there were none. Open actions are
    late by the new rule at once. Raises ValidationError for words that are the same or mean the
    same, for one without a meaning, and for a rule that has no word of its own; Stale.
    """
    access.require(by, "rules.edit", area)
    _refuse_words(words)
    if colours != Rule.STATUS and not any(word.rule == colours for word in words):
        raise ValidationError({"colours": "Give at least one word for it below."})
    with audit.acting(by, "set rules"):
        rules = rules_of(lock(area))
        if rules.version != version:
            raise Stale(rules)
        # Whoever moves a date meanwhile waits, and then reads the new rules.
        lock_actions(_open_of(area))
        rules.late, rules.colours = late, colours
        rules.full_clean()
        if rules.pk is None:
            rules.version = 1
            rules.save()
        else:
            advance(rules, version, late=late, colours=colours)
        _replace_words(area, words)
        _count_again(area, rules)
    return rules


def _refuse_words(words: Sequence[Word]) -> None:
    seen: set[tuple[str, str | int]] = set()
    for word in words:
        if word.rule == Rule.STATUS and not word.status:
            raise ValidationError({"words": f"Say which status “{word.word}” is for."})
        if word.rule != Rule.STATUS and word.least is None:
            raise ValidationError({"words": f"Say from where on “{word.word}” is meant."})
        if word.rule == Rule.PERCENT and (word.least or 0) > 100:
            raise ValidationError({"words": f"“{word.word}” begins at more than 100 per cent."})
        if (word.rule, word.word.casefold()) in seen:
            raise ValidationError({"words": f"“{word.word}” stands twice."})
        if word.least is not None and (word.rule, word.least) in seen:
            raise ValidationError({"words": f"Two words begin where “{word.word}” does."})
        seen |= {(word.rule, word.word.casefold()), (word.rule, word.least or 0)}


def _replace_words(area: Area, words: Sequence[Word]) -> None:
    StatusWord.objects.in_area(area).delete()
    for place, word in enumerate(words):
        facts: dict[str, Any] = {"status": word.status, "least": word.least, "place": place}
        row = StatusWord(area=area, rule=word.rule, word=word.word, colour=word.colour, **facts)
        row.full_clean()
        row.save()


def _open_of(area: Area) -> Any:
    return Action.objects.in_area(area).exclude(status__in=CLOSED)


def _count_again(area: Area, rules: Rules) -> None:
    """Set `late_after` of the open actions by the rule."""
    rows = _open_of(area)
    if rules.late == Rules.Late.CURRENT:
        # An action without a date is as it was: a new version would tell of a change.
        dated = rows.filter(due__isnull=False).exclude(late_after=F("due"))
        dated.update(late_after=F("due"))
        return
    dated = rows.filter(original_due__isnull=False)
    dated.exclude(late_after=F("original_due")).update(late_after=F("original_due"))
    for action in rows.filter(original_due=None, due__isnull=False):
        first = action.date_changes.order_by("id").first()
        if first is not None and action.late_after != first.new:
            Action.objects.filter(pk=action.pk).update(late_after=first.new)
