"""Who may do what: the whole permission table, and the one place that answers from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is in one area."""

    SERVICE_MANAGER = "service_manager", "Service manager"
    PERFORMANCE_LEAD = "performance_lead", "Performance lead"
    HEAD_OF_SERVICE = "head_of_service", "Head of service"
    BOARD_MEMBER = "board_member", "Board member"
    INSPECTOR = "inspector", "Inspector"
    ADMINISTRATOR = "administrator", "Administrator"


_EVERYONE = frozenset(Role)
_KEEPERS = frozenset({Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE})
_SERVICE = _KEEPERS | {Role.SERVICE_MANAGER}

# Deed: the roles that may do it in their own area. Every route names one of these.
DEEDS: dict[str, frozenset[Role]] = {
    "area.view": _EVERYONE,
    "plan.view": _EVERYONE,
    "inspection.view": _EVERYONE,
    # An inspection is confidential until its report is published.
    "inspection.draft": _SERVICE,
    "kpi.view": _EVERYONE,
    # A service manager may update the actions of a post that they hold (see `plans.services`).
    "action.update": _SERVICE,
    "action.update_any": _KEEPERS,
    "action.verify": frozenset({Role.HEAD_OF_SERVICE}),
    "action.note": _SERVICE,
    # As a second person: nobody agrees to what they asked for themselves.
    "date.approve": _KEEPERS,
    "plan.edit": _KEEPERS,
    "plan.approve": frozenset({Role.HEAD_OF_SERVICE}),
    # To record a named body's decision: not a right to decide.
    "plan.close": _KEEPERS,
    "rules.edit": _KEEPERS,
    # An action needs a post to lead it, so those who add actions may name a new one.
    "post.create": _KEEPERS | {Role.ADMINISTRATOR},
    "inspection.edit": _KEEPERS,
    # To record a named body's decision: not a right to decide.
    "recommendation.decide": _KEEPERS,
    "framework.view": _EVERYONE,
    "framework.word": _KEEPERS,
    # Drafts are seen by those who may write; the others see what was submitted.
    "self_evaluation.view": _EVERYONE - {Role.ADMINISTRATOR},
    # A service manager writes what was assigned to them (see `plans.services.self_evaluations`).
    "self_evaluation.write": _SERVICE,
    "self_evaluation.edit": _KEEPERS,
    "self_evaluation.validate": frozenset({Role.HEAD_OF_SERVICE, Role.INSPECTOR}),
    "kpi.edit": _KEEPERS,
    # A service manager may report the figures of a KPI whose owner post they hold (see
    # `kpis.services.figures`).
    "kpi.report": _SERVICE,
    # To approve figures, and to open approved ones again.
    "kpi.lock": _KEEPERS,
    "pack.view": _EVERYONE - {Role.INSPECTOR},
    "pack.write": _SERVICE,
    "pack.request": _KEEPERS,
    "people.view": frozenset({Role.ADMINISTRATOR, Role.HEAD_OF_SERVICE}),
    "people.edit": frozenset({Role.ADMINISTRATOR}),
    "audit.view": frozenset({Role.ADMINISTRATOR}),
    # To read who was sent what, and to decide what becomes of messages that went astray.
    "message.manage": frozenset({Role.ADMINISTRATOR}),
    # To let a program act in one's own name: it may never do more than the person.
    "api.use": _EVERYONE,
}

PUBLIC = "public"
SIGNED_IN = "signed in"
# Each action of a viewset names its own deed, and `management.api` asks for it, in JSON.
API = "as the viewset says"
# Routes of libraries, whose views cannot carry the decorator.
LIBRARY_ROUTES = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
}

View = TypeVar("View", bound=Callable[..., Any])


class Actor(Protocol):
    """Anyone or anything that may write: a User, or a `System`."""

    @property
    def actor_id(self) -> int | None: ...
    @property
    def actor_name(self) -> str: ...
    def may(self, deed: str, area: Any) -> bool: ...


@dataclass(frozen=True)
class System:
    """The program itself, when no person asked: a job, a command, a demonstration."""

    actor_name: str
    actor_id: None = None

    def may(self, deed: str, area: Any) -> bool:
        return True


def policy(deed: str) -> Callable[[View], View]:
    """Declare what a view's visitors must be allowed to do; the middleware enforces it."""
    if deed not in DEEDS and deed not in {PUBLIC, SIGNED_IN}:
        raise LookupError(f"{deed!r} is not in the permission table")

    def declare(view: View) -> View:
        view.policy = deed  # type: ignore[attr-defined]
        return view

    return declare


def roles_allow(roles: set[str], deed: str) -> bool:
    """Whether any of the roles may do the deed."""
    return bool(DEEDS[deed] & roles)


def require(by: Actor, deed: str, area: Any) -> None:
    """Raise PermissionDenied, with a sentence for the person, unless `by` may do the deed there."""
    if not by.may(deed, area):
        raise PermissionDenied("Your role does not allow this.")
