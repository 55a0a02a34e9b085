"""Every action of an area as one list, and what all lists of actions share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from management import clock
from management.access import policy
from management.models import Post
from management.requests import Request
from plans.forms.lists import PAGES, ActionsForm, ListForm, LongListForm, kept
from plans.lines import Line, Reader, line, linked
from plans.listing import tally
from plans.models import (
    Action,
    Inspection,
    KeyMessage,
    KeyMessageLink,
    Plan,
    SavedView,
    Support,
)
from plans.querysets import choices, links_of
from plans.querysets.joined import Choice
from plans.services.rules import Own, own_words
from plans.services.waiting import posts_of
from plans.statuses import KEY
from plans.wanted import SORTS


@dataclass(frozen=True)
class Head:
    """A column of a list. Where the list is sorted by it, `query` does so, or turns it round."""

    name: str
    label: str
    query: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Counted:
    """Rows of which it is known how many there are."""

    rows: Any
    number: int

    def count(self) -> int:
        return self.number

    def __getitem__(self, page: slice) -> list[Any]:
        return list(self.rows[page]) if self.number else []


@policy("plan.view")
@require_safe
def actions(request: Request, area: str) -> HttpResponse:
    """Every action of the area, as far as the address says."""
    user = request.user
    rows = Action.objects.visible_to(user).in_area(request.area)
    form, offered = actions_filter(request, rows)
    everybodys = user.may("action.update_any", request.area)
    posts = [] if everybodys else posts_of(user, request.area, on=clock.today())
    wanted = rows.wanted(form.wanted(), on=clock.today())
    counts = tally(wanted.tally(on=clock.today()))
    context = listed(request, form, wanted, counts.shown, [post.pk for post in posts])
    context |= {"counts": counts, "total": sum(number for number, *_ in offered["held"])}
    columns = columns_of(form, ("reference", "plan", "due", "status", "lead", "updated"))
    context |= {"plan_column": "plan" in columns, "heads": heads(form, columns)}
    context |= {"views": saved_views(request, SavedView.Page.ALL)}
    return render(request, "plans/actions.html", context)


def actions_filter(request: Request, rows: Any) -> tuple[ActionsForm, dict[str, list[Choice]]]:
    """What the address wants of the area's actions, and what there was to choose from."""
    user, area = request.user, request.area
    found = Inspection.objects.visible_to(user).in_area(area)
    plans = Plan.objects.visible_to(user).in_area(area)
    offered = choices(
        held=rows,
        plan=plans.standing(or_key=request.GET.get("plan")),
        post=Post.objects.visible_to(user).in_area(area),
        indicator=rows,
        message=KeyMessage.objects.visible_to(user).filter(inspection__in=found),
    )
    return ActionsForm(request.GET, offered), offered


def in_order(rows: Any, form: ListForm) -> Any:
    """As the address sorts them, else by what is needed first."""
    sort = form.wanted().sort
    return rows.sorted_by(sort) if sort else rows.by_need(on=clock.today())


def listed(
    request: Request, form: LongListForm, rows: Any, number: int, posts: Sequence[int]
) -> dict[str, Any]:
    """One page of the rows, `number` in all, and what every long list says beside them."""
    own = own_words(request.area)
    reader = reader_of(request, own, posts)
    ordered = read_for(in_order(rows, form), reader)
    page = page_of(request, Counted(ordered, number), form.page_size)
    lines = [line(row, reader) for row in page.object_list]
    return printed(request, own) | {
        "form": form,
        "number": number,
        "page": page,
        "lines": lines,
        "updatable": any(one.updatable for one in lines),
        "sizes": [(size, form.query(per=size), int(size) == form.page_size) for size in PAGES],
    }


def read_for(rows: Any, reader: Reader) -> Any:
    """What of these actions the reader's lines are made of."""
    return rows.with_mine(list(reader.posts)).lines("mine") if reader.posts else rows.lines()


def short(request: Request, own: Own, rows: Any, posts: Sequence[int]) -> list[Line]:
    """The lines of a list that has no pages, with what they are linked to."""
    reader = reader_of(request, own, posts)
    lines = [line(row, reader) for row in read_for(rows, reader)]
    link(request, lines)
    return lines


def link(request: Request, lines: Sequence[Line]) -> None:
    """Give the lines their supporting posts and key messages."""
    supports = Support.objects.visible_to(request.user)
    messages = KeyMessageLink.objects.visible_to(request.user)
    linked(lines, links_of(supports, messages, {int(one.key) for one in lines}))


def address(area: str, page: str, query: str) -> str:
    """Where a list is, with what was chosen there as far as its form has fields for it."""
    name = page if page in SavedView.Page.values else SavedView.Page.ALL
    chosen = kept(name, query)
    return reverse(name, args=[area]) + (f"?{chosen}" if chosen else "")


def page_of(request: Request, rows: Any, size: int) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def reader_of(request: Request, own: Own, posts: Sequence[int]) -> Reader:
    """For whom the lines are made, who holds these posts."""
    everybodys = request.user.may("action.update_any", request.area)
    mine = posts if request.user.may("action.update", request.area) else ()
    return Reader(clock.today(), own.words, own.rule, None if everybodys else mine)


def printed(request: Request, own: Own) -> dict[str, Any]:
    """What the tables of lists, and their keys, are printed with."""
    return {
        # One address for all lines: each adds its key.
        "action_url": reverse("action", args=[request.area.slug, 0]).removesuffix("0/"),
        "plan_url": reverse("plan", args=[request.area.slug, 0]).removesuffix("0/"),
        "key": KEY,
        "own": own,
        "today": clock.today(),
    }


def plain_heads(names: Sequence[str]) -> list[Head]:
    """The columns of a list that nobody sorts."""
    return [Head(name, SORTS[name]) for name in names]


def columns_of(form: ListForm, names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a list; in one of a single plan, its name would only be repeated."""
    return tuple(name for name in names if name != "plan" or form.wanted().plan is None)


def heads(form: ListForm, names: Sequence[str], labels: dict[str, str] | None = None) -> list[Head]:
    """The columns of a list, each with the address that sorts by it."""
    sort = form.wanted().sort
    found = []
    for name in names:
        state = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
        query = form.query(sort=f"-{name}" if sort == name else name)
        found.append(Head(name, (labels or {}).get(name, SORTS[name]), query, state))
    return found


def saved_views(request: Request, page: str) -> list[SavedView]:
    """The person's own views, those of that list first."""
    rows = SavedView.objects.visible_to(request.user).in_area(request.area)
    return sorted(rows.filter(user=request.user), key=lambda view: view.page != page)
