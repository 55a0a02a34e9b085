"""The form of what an area decides about all of its actions."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from management.fields import version_field
from plans.models import Rules, StatusWord
from plans.statuses import Status
from plans.words import Colour, Rule, Word

SPARE, MOST = 2, 30  # empty rows below those that are there, and rows in all
WORD_SIZE = StatusWord._meta.get_field("word").max_length
LAST = {Rule.LATE: 120, Rule.PERCENT: 100}
SENT = re.compile(r"(status|late|percent)_([0-9]{1,2})_word")
HEADINGS = {Rule.STATUS: "Status", Rule.LATE: "From months late", Rule.PERCENT: "From per cent"}


class RulesForm(forms.Form):
    """When an action is overdue, and the words and colours of the area: a table for each rule.

    Row 3 of the words by months late is late_3_word, late_3_colour and late_3_least.
    """

    late = forms.ChoiceField(
        label="When does an open action count as overdue?",
        help_text="For example, an action was first due on 31 March 2020, and its date was moved "
        "to 30 June 2020. After its current due date, it is overdue from 1 July on; after its "
        "first one, from 1 April on, although the new date was agreed.",
        choices=Rules.Late.choices,
        widget=forms.RadioSelect,
    )
    colours = forms.ChoiceField(
        label="By what is the word of an open action chosen?",
        help_text="An action that is done, complete, withdrawn or superseded has the word of its "
        "status in any case. Where no word of yours fits, the status itself is printed.",
        choices=Rule.choices,
        widget=forms.RadioSelect,
    )
    version = version_field()

    def __init__(self, *args: Any, words: Iterable[Word], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = list(words)
        sent = [found.groups() for name in self.data if (found := SENT.fullmatch(name))]
        self.sizes = {}
        for rule in Rule:
            known = sum(word.rule == rule for word in words) + SPARE
            typed = [int(number) + 1 for kind, number in sent if kind == rule]
            self.sizes[rule] = max(known, min(max(typed, default=0), MOST))
            for number in range(self.sizes[rule]):
                self._add_row(rule, number)

    def _add_row(self, rule: Rule, number: int) -> None:
        row = f"{rule.label}, row {number + 1}"
        name = f"{rule}_{number}"
        self.fields[f"{name}_word"] = forms.CharField(
            label=f"{row}: word", max_length=WORD_SIZE, required=False
        )
        self.fields[f"{name}_colour"] = forms.ChoiceField(
            label=f"{row}: colour", choices=[("", "None"), *Colour.choices], required=False
        )
        if rule == Rule.STATUS:
            self.fields[f"{name}_status"] = forms.ChoiceField(
                label=f"{row}: status", choices=[("", "Choose"), *Status.choices], required=False
            )
        else:
            self.fields[f"{name}_least"] = forms.IntegerField(
                label=f"{row}: {HEADINGS[rule].lower()}",
                min_value=0,
                max_value=LAST[rule],
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                error_messages={"invalid": "Enter a whole number, such as 3."},
            )

    def tables(self) -> list[tuple[Rule, str, list[list[Any]]]]:
        """Of each rule: the heading of its last column, and its rows of three fields."""
        return [
            (rule, HEADINGS[rule], [self._row(rule, n) for n in range(size)])
            for rule, size in self.sizes.items()
        ]

    def _row(self, rule: Rule, number: int) -> list[Any]:
        names = ("word", "colour", _meant(rule))
        return [self[f"{rule}_{number}_{name}"] for name in names]

    def clean(self) -> None:
        for rule, size in self.sizes.items():
            for number in range(size):
                self._clean_row(rule, f"{rule}_{number}")

    def _clean_row(self, rule: Rule, name: str) -> None:
        word, meant = f"{name}_word", f"{name}_{_meant(rule)}"
        if word in self.errors or meant in self.errors:
            return
        given = self.cleaned_data[meant] not in (None, "")
        if self.cleaned_data[word] and not given:
            said = "Choose its status." if rule == Rule.STATUS else "Give the number."
            self.add_error(meant, said)
        if given and not self.cleaned_data[word]:
            self.add_error(word, "Give the word, or empty the whole row.")

    def words(self) -> list[Word]:
        """The rows with a word that can be read, in their order; before anything is sent, those
        that the form begins with."""
        return [
            Word(*told)
            for rule, size in self.sizes.items()
            for number in range(size)
            if (told := self._told(rule, f"{rule}_{number}")) is not None
        ]

    def _told(self, rule: Rule, name: str) -> tuple[str, str, str, str, int | None] | None:
        said: Any = self.initial
        if self.is_bound:
            self.is_valid()  # reads what was sent, unless that is done
            said = self.cleaned_data
        word, meant = said.get(f"{name}_word"), said.get(f"{name}_{_meant(rule)}")
        if not word or meant in (None, ""):
            return None
        status, least = (meant, None) if rule == Rule.STATUS else ("", meant)
        return (word, rule, said.get(f"{name}_colour") or "", str(status), least)

    @property
    def chosen(self) -> str:
        """By what the words are chosen, as it stands in the form."""
        given = self["colours"].value()
        return given if given in Rule.values else Rule.STATUS


def _meant(rule: str) -> str:
    return "status" if rule == Rule.STATUS else "least"


def rows_of(words: Iterable[Word]) -> dict[str, Any]:
    """The form's values of these words; what is not there is empty."""
    words = list(words)
    stand: dict[str, Any] = {
        f"{rule}_{number}_{name}": ""
        for rule in Rule
        for number in range(MOST + len(words))
        for name in ("word", "colour", _meant(rule))
    }
    places = dict.fromkeys(Rule, 0)
    for word in words:
        rule = Rule(word.rule)
        name = f"{rule}_{places[rule]}"
        meant = word.status if rule == Rule.STATUS else word.least
        stand |= {f"{name}_word": word.word, f"{name}_colour": word.colour}
        stand[f"{name}_{_meant(rule)}"] = meant
        places[rule] += 1
    return stand
