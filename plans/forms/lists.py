"""What of a list of actions is shown. All of it stands in the URL, and none of it is trusted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join

from management.days import day_text
from management.fields import choose, optional_day
from plans.forms.bulk import ViewForm
from plans.lines import titled
from plans.references import named
from plans.states import PlanState
from plans.statuses import Status, is_open
from plans.wanted import SITUATIONS, SORTS, WORDS, Wanted

ALL = ("", "All")
PAGES = ("50", "100")  # rows
NOT_OFFERED = "“{}” has no “%(value)s” here. Choose one from the list."
LONGEST = 2_000  # characters of a query
GROUPS = {
    "indicator": "Quality indicator",
    "message": "Key message",
    "status": "Status",
    "post": "Post",
}
Choices = Mapping[str, Iterable[tuple[int, str, str, int]]]


class QuickSelect(forms.Select):
    """The template of a select, written in a tenth of its time: lists of choices are long here."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        chosen = self.format_value(value)
        options = (
            (key, " selected" if str(key) in chosen else "", label) for key, label in self.choices
        )
        return format_html(
            '<div class="ds_select-wrapper"><select name="{}" class="ds_select"{}>{}</select>'
            '<span class="ds_select-arrow" aria-hidden="true"></span></div>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


class SeveralSelects(forms.SelectMultiple):
    """A select for each that is chosen and one for the next: lists with several marked lines are
    hard to use by finger and by keyboard."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        attrs = self.build_attrs(self.attrs, attrs)
        selects = []
        for place, one in enumerate([*dict.fromkeys(filter(None, value or [])), ""]):
            own = {"id": f"{attrs.get('id')}_{place}", "aria-label": "Or another"}
            select = QuickSelect(choices=self.choices)
            selects.append((select.render(name, one, own if place else attrs),))
        return format_html_join("", "{}", selects)


class SeveralField(forms.MultipleChoiceField):
    """Any of the choices; the address repeats the name."""

    widget = SeveralSelects

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(filter(None, super().clean(value))))


class QuietChoice(forms.ChoiceField):
    """Nobody types it: what is not among the choices is as if it were not there."""

    def validate(self, value: Any) -> None:
        pass

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        return value if self.valid_value(value) else ""


def one_of(label: str, choices: Iterable[Any] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=QuickSelect)


def posts_field() -> SeveralField:
    return SeveralField(label="Post (lead or supporting)", required=False)


def sort_field() -> forms.ChoiceField:
    names = [(name, name) for sort in SORTS for name in (sort, f"-{sort}")]
    return QuietChoice(choices=names, required=False, widget=forms.HiddenInput)


class ListForm(forms.Form):
    """What every list has. `always` are the fields that stand open; the others fold away."""

    always: ClassVar[tuple[str, ...]] = ("q", "status")
    # What a choice stands for: the keys of indicators, and that of a key message.
    indicators: Mapping[str, Sequence[int]] = MappingProxyType({})
    messages: Mapping[str, int] = MappingProxyType({})

    q = forms.CharField(
        label="Words",
        help_text="In the reference, the action, the evidence expected or the last update.",
        max_length=100,
        required=False,
    )
    status = one_of("Status", [ALL, *SITUATIONS.items(), *Status.choices])
    sort = sort_field()

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        if (number := len(text.split())) > WORDS:
            raise forms.ValidationError(
                f"Give {WORDS} words at most, those that matter. You gave {number}; none was used."
            )
        return text

    def __init__(self, data: Any, choices: Choices) -> None:
        super().__init__(data)
        for name, options in self.offered(choices).items():
            choose(self, name, [ALL, *options])
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = NOT_OFFERED.format(field.label)
        self.is_valid()  # a choice that is not there is said at its field, and filters nothing

    def offered(self, choices: Choices) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen in each field of the rows that `plans.querysets.choices` found."""
        labels = dict(PlanState.choices)  # a plan is told by its state, a post by who it is with
        return {
            name: sorted(
                (
                    (str(key), titled(title, labels.get(more, more) if name == "plan" else more))
                    for key, title, more, _ in choices[name]
                ),
                key=lambda choice: choice[1].casefold(),
            )
            for name in ("plan", "post")
            if name in choices and name in self.fields
        }

    def wanted(self) -> Wanted:
        """Whatever of it can be understood."""
        found = self.cleaned_data
        return Wanted(
            text=found.get("q", ""),
            status=found.get("status", ""),
            state=found.get("state", ""),
            indicators=frozenset(self.indicators.get(found.get("indicator", ""), ())),
            message=self.messages.get(found.get("message", "")),
            due_from=found.get("due_from"),
            due_to=found.get("due_to"),
            sort=found.get("sort", ""),
            plan=int(found["plan"]) if found.get("plan") else None,
            posts=frozenset(map(int, found.get("post", ()))),
        )

    def chosen(self) -> list[tuple[str, str]]:
        """Label and words of each field by which the list is narrowed."""
        found = []
        for name, value in self._told():
            field = self.fields[name]
            if name == "by" or field.widget.is_hidden:
                continue
            if isinstance(value, date):
                words = day_text(value)
            else:
                labels = dict(getattr(field, "choices", ()))
                several = value if isinstance(value, list) else [value]
                words = " or ".join(str(labels.get(one, one)) for one in several)
            found.append((str(field.label), words))
        return found

    def query(self, **changes: str) -> str:
        """What of it can be understood, as it stands in a URL: always written the same way."""
        told = dict(self._told()) | changes
        days = {name: f"{v:%Y-%m-%d}" for name, v in told.items() if isinstance(v, date)}
        whole = {name: value for name, value in (told | days).items() if value}
        return urlencode(whole, doseq=True)

    def _told(self) -> list[tuple[str, Any]]:
        found = self.cleaned_data
        return [(name, found[name]) for name in self.fields if found.get(name)]

    @property
    def open_fields(self) -> list[Any]:
        return [self[name] for name in self.always]

    @property
    def folded_fields(self) -> list[Any]:
        return [field for field in self.visible_fields() if field.name not in self.always]

    @property
    def unfolded(self) -> bool:
        return any(
            field.errors or self.cleaned_data.get(field.name) for field in self.folded_fields
        )


class LongListForm(ListForm):
    """Of a list that has pages of its own size."""

    per = QuietChoice(
        choices=[(size, size) for size in PAGES], required=False, widget=forms.HiddenInput
    )

    @property
    def page_size(self) -> int:
        return int(self.cleaned_data.get("per") or PAGES[0])


class MyActionsForm(LongListForm):
    """Of what the posts of one person lead or support: all of it is open."""

    status = one_of(
        "Status",
        [
            ALL,
            *(item for item in SITUATIONS.items() if item[0] != "open"),
            *(choice for choice in Status.choices if is_open(choice[0])),
        ],
    )
    plan = one_of("Plan")

    always = ()


class ActionsForm(LongListForm):
    """Of every action of an area."""

    plan = one_of("Plan")
    state = one_of("State of the plan", [ALL, *PlanState.choices])
    post = posts_field()
    indicator = one_of("Quality indicator")
    message = one_of("Key message")
    due_from = optional_day("Due from", "")
    due_to = optional_day("Due to", "For example 31 3 2020 or 2020-03-31.")

    always = ("q", "status", "post")

    def clean(self) -> None:
        """No day is both after the one and before the other."""
        first, last = self.cleaned_data.get("due_from"), self.cleaned_data.get("due_to")
        if first and last and last < first:
            said = f"Give {day_text(first)}, which is “Due from”, or a later day."
            self.add_error("due_to", said)

    def offered(self, choices: Choices) -> dict[str, list[tuple[str, str]]]:
        """An indicator that two frameworks have under one name is offered once."""
        named_so: dict[tuple[int, str], list[int]] = {}
        for key, code, name, place in choices["indicator"]:
            named_so.setdefault((place, f"{code} {name}"), []).append(key)
        self.indicators = {str(min(keys)): keys for keys in named_so.values()}
        self.messages = {str(key): key for key, *_ in choices["message"]}
        messages = sorted(choices["message"], key=lambda choice: (choice[1], choice[3]))
        return super().offered(choices) | {
            "indicator": [(str(min(keys)), name) for (_, name), keys in sorted(named_so.items())],
            "message": [(str(key), named(f"KM{n}", title)) for key, title, _, n in messages],
        }


class PlanFilter(ListForm):
    """Of one plan: what of it is shown, and how it is grouped."""

    by = one_of("Group by", GROUPS.items())
    indicator = one_of("Quality indicator")
    message = one_of("Key message")
    post = posts_field()

    always = ("by", "q", "status")

    def among_all(self, plan: int) -> str:
        """What of it the list of all actions has fields for, as it stands in that list's URL."""
        told = {n: v for n, v in self._told() if n in {"q", "status", "post", "sort"}}
        return urlencode({"plan": plan, **told}, doseq=True)

    def offered(self, choices: Choices) -> dict[str, list[tuple[str, str]]]:
        """Indicators by their codes, and the messages of the plan's inspection by their numbers."""
        codes: dict[str, list[int]] = {}
        names = {}
        for key, code, name, place in choices["indicator"]:
            codes.setdefault(code, []).append(key)
            names[place, code] = f"{code} {name}"
        self.indicators = codes
        self.messages = {str(number): key for key, *_, number in choices["message"]}
        return super().offered(choices) | {
            "indicator": [(code, name) for (_, code), name in sorted(names.items())],
            "message": [(n, f"KM{n}") for n in sorted(self.messages, key=int)],
        }


class SaveViewForm(ViewForm):
    """What is chosen in a list, under a name that may be that of a view already."""

    replace = forms.BooleanField(
        label="Save over the view that has this name",
        help_text="What it showed before is then gone.",
        required=False,
    )


FORMS: dict[str, type[ListForm]] = {"my_actions": MyActionsForm, "actions": ActionsForm}


def kept(page: str, query: str) -> str:
    """Of a query that somebody sent, what that page's form has fields for; the page itself reads
    it through its form again."""
    fields = FORMS[page].base_fields
    sent = QueryDict(query[:LONGEST])
    return urlencode([(name, value) for name in fields for value in sent.getlist(name) if value])
