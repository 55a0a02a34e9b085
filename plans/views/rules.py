"""The page on which an area says when an action is overdue, and which words it uses."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from management import clock
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans.forms.rules import RulesForm, rows_of
from plans.models import Action, Rules
from plans.services import rules as services
from plans.words import READY, key_of


@policy("rules.edit")
@require_http_methods(FORM_METHODS)
def rules(request: Request, area: str) -> HttpResponse:
    here = request.area
    words, ready = services.words_of(here), READY.get(request.GET.get("start", ""))
    if ready is not None:
        # A set takes the place of its own tables; what is in the others stays.
        ours = {word.rule for word in ready.words}
        words = [*ready.words, *(word for word in words if word.rule not in ours)]

    def form(data: Any, *, initial: dict[str, Any]) -> RulesForm:
        if ready is not None:
            initial |= {"colours": ready.rule, **rows_of(words)}
        return RulesForm(data, initial=initial, words=words)

    saving = Saving(request, services.rules_of(here), _stand, form)
    previews = "preview" in request.POST
    if not previews and saving.saves(
        lambda: services.set_rules(
            by=request.user,
            area=here,
            words=saving.form.words(),
            **{name: saving.form.cleaned_data[name] for name in ("version", "late", "colours")},
        )
    ):
        late = Action.objects.visible_to(request.user).in_area(here).overdue(on=clock.today())
        messages.success(request, f"Saved. By these rules, {_counted(late.count())} overdue today.")
        return redirect("rules", area)
    context = {
        "ready": READY,
        "started": None if request.method == "POST" else ready,
        "previews": previews,
        "lines": key_of(saving.form.words(), saving.form.chosen),
    }
    return saving.page("plans/rules.html", context)


def _stand(rules: Rules) -> dict[str, Any]:
    words = services.words_of(rules.area)
    return {"late": rules.late, "colours": rules.colours, **rows_of(words)}


def _counted(number: int) -> str:
    return "1 action is" if number == 1 else f"{number} actions are"
