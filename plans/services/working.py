"""What people keep for their own work: lists of actions as they like to see them, by name."""

from django.core.exceptions import PermissionDenied

from management import access, audit
from management.access import Actor
from management.models import Area, User
from plans.models import SavedView

DEEDS = {SavedView.Page.MINE: "action.update", SavedView.Page.ALL: "plan.view"}


def save_view(
    *, by: User, area: Area, page: str, name: str, query: str, replace: bool = False
) -> SavedView:
    """Keep what the person has chosen on that page, under a name.

    `query` is as the page's own form writes it. Raises ValidationError for a name that the person
    has used there before, unless it is to `replace` what was kept under it.
    """
    access.require(by, DEEDS[SavedView.Page(page)], area)
    view = SavedView(area=area, user=by, page=page, name=name.strip())
    if replace:
        own = SavedView.objects.in_area(area).filter(user_id=by.pk, page=page, name=view.name)
        view = own.first() or view
    view.query = query
    with audit.acting(by, "save view"):
        view.full_clean()
        view.save()
    return view


def rename_view(*, by: Actor, view: SavedView, name: str) -> SavedView:
    """Raises ValidationError for a name that the person has used there before."""
    _require_own(by, view)
    view.name = name.strip()
    with audit.acting(by, "rename view"):
        view.full_clean()
        view.save()
    return view


def remove_view(*, by: Actor, view: SavedView) -> None:
    """The list itself stays; only this way to it goes."""
    _require_own(by, view)
    with audit.acting(by, "remove view"):
        view.delete()


def _require_own(by: Actor, view: SavedView) -> None:
    access.require(by, DEEDS[SavedView.Page(view.page)], view.area)
    if by.actor_id != view.user_id:
        raise PermissionDenied("This view belongs to somebody else.")
