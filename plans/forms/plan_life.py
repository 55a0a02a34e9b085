"""Forms of the steps in a plan's life: changed, approved, sent, begun, closed."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms

from management import clock
from management.fields import day_field, line_field, text_field, version_field
from plans.forms.drafting import approval_field, ends_field, offer, one_of
from plans.models import Action, Inspection, Residual, SelfEvaluation
from plans.services.advising import Standing
from plans.services.plans import decided, names_a_home

HOME_SIZE = Residual._meta.get_field("home").max_length or 0


def mark_field() -> forms.CharField:
    """What was read, as `services.plans.mark_of` it; whatever else is sent tells of a change."""
    return forms.CharField(required=False, widget=forms.HiddenInput)


class PlanEditForm(forms.Form):
    """What a plan says of itself.

    Once it is approved, the day of agreement and what it answers stay as they are.
    """

    title = line_field("Title", "", "Give it a title by which people will know it.", 200)
    inspection = one_of("Inspection that it answers", "Published ones only.")
    self_evaluation = one_of("Self-evaluation that it answers", "Submitted ones only.")
    agreed_on = day_field("Agreed on", "Give the day on which it was, or will be, agreed.")
    ends_on = ends_field()
    dates_need_approval = approval_field()
    source = text_field("Source (optional)", "The document in which the plan stands.", rows=2)
    version = version_field()

    def __init__(
        self,
        *args: Any,
        draft: bool,
        inspections: Iterable[Inspection],
        self_evaluations: Iterable[SelfEvaluation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not draft:
            for name in ("agreed_on", "inspection", "self_evaluation"):
                del self.fields[name]
            return
        offer(self, "inspection", {"": list(inspections)}, "None")
        offer(self, "self_evaluation", {"": list(self_evaluations)}, "None")


class ApproveForm(forms.Form):
    """A reason for each piece of the SMART check's advice that is accepted as it stands."""

    for_all = text_field(
        "One reason for every field above that is left empty (optional)",
        "It is kept beside each of those actions.",
        rows=2,
    )
    agreed_on = day_field("Agreed on", "Give the day on which it was agreed.")
    text = text_field("Note (optional)", "For example the meeting at which it was agreed.", rows=2)
    version = version_field()
    mark = mark_field()

    def __init__(
        self, *args: Any, advice: Iterable[Standing], day_is_given: bool, **kwargs: Any
    ) -> None:
        """The day of agreement is asked for where nobody has said it yet."""
        super().__init__(*args, **kwargs)
        if day_is_given:
            del self.fields["agreed_on"]
        else:
            self.fields["agreed_on"].help_text = (
                "Nobody has said it yet: this is the day on which the file was brought in. From "
                "the approval on it stays as it is."
            )
        # By what it says of which action, not by its place: a reason stays with its advice.
        self.advice = {_name(one): one for one in advice}
        if not self.advice:
            del self.fields["for_all"]
        for name, one in self.advice.items():
            self.fields[name] = text_field(
                f"{one.reference}: {one.sentence.rstrip('.')}", "Why it stands as it is.", rows=2
            )

    def clean(self) -> None:
        if self.cleaned_data.get("for_all"):
            return
        for name in self.advice:
            if name not in self.errors and not self.cleaned_data[name]:
                self.add_error(name, "Change the action, or say why it stands as it is.")

    def groups(self) -> list[tuple[Standing, list[Any]]]:
        """Of each action with advice, in order: its first piece, and the fields of all of them."""
        found: dict[int, tuple[Standing, list[Any]]] = {}
        for name, one in self.advice.items():
            found.setdefault(one.action, (one, []))[1].append(self[name])
        return list(found.values())

    def accepted(self) -> dict[Standing, str]:
        said = self.cleaned_data
        return {one: said[name] or said["for_all"] for name, one in self.advice.items()}


def _name(one: Standing) -> str:
    return f"r{hashlib.sha256(f'{one.action} {one.sentence}'.encode()).hexdigest()[:16]}"


class SubmitPlanForm(forms.Form):
    """When the inspectorate was sent the plan."""

    on = day_field("Sent on", "Give the day on which it was sent.")
    text = text_field("Note (optional)", "For example to whom, and how.", rows=2)
    version = version_field()


class BeginForm(forms.Form):
    """That work has begun."""

    text = text_field("Note (optional)", rows=2)
    version = version_field()


class ClosePlanForm(forms.Form):
    """What a named body decided, and where the remaining work of each open action goes on."""

    body = line_field(
        "Body", "For example “HSCP Board”.", "Name the body that decided: nobody else can.", 150
    )
    on = day_field("Date of the decision", "Give the day on which the body decided.")
    minute_reference = line_field(
        "Minute reference",
        "Where the decision stands, for example “item 7”.",
        "Give the minute in which the decision stands.",
        120,
    )
    for_all = line_field(
        "One home for every action above that is left empty (optional)",
        "For example “Justice service plan 2021” or “everyday work of the team”.",
        "",
        HOME_SIZE,
    )
    text = text_field("Note (optional)", rows=2)
    version = version_field()
    mark = mark_field()

    def __init__(self, *args: Any, left: Iterable[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = {f"home_{action.pk}": action for action in left}
        if not self.left:
            del self.fields["for_all"]
        for name, action in self.left.items():
            self.fields[name] = line_field(
                f"Where the remaining work of {action.reference} goes on", "", "", HOME_SIZE
            )

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > clock.today():
            raise forms.ValidationError("This day has not come yet.")
        return self.cleaned_data["on"]

    def clean(self) -> None:
        for_all = self.cleaned_data.get("for_all", "")
        for name in ("for_all", *self.left):
            if (home := self.cleaned_data.get(name)) and not names_a_home(home):
                self.add_error(name, f"“{home}” names nothing. Say in words where it goes on.")
        for name in self.left:
            if name not in self.errors and not self.cleaned_data[name] and not for_all:
                self.add_error(name, "Name where it goes on, or withdraw the action first.")

    def rows(self) -> list[tuple[Action, Any]]:
        return [(action, self[name]) for name, action in self.left.items()]

    def homes(self) -> dict[int, str]:
        said = self.cleaned_data
        return {a.pk: said[name] or said["for_all"] for name, a in self.left.items()}

    @property
    def decision(self) -> str:
        return decided(**{n: self.cleaned_data[n] for n in ("body", "on", "minute_reference")})
