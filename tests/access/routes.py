"""Every route of the product, by hand: where it is, who may use it, and how it is used.

A route that is not here fails `test_every_route_has_a_row_here`. The deeds are those of the
hand-written table in tests/management/test_access.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.sections import SECTIONS
from management.access import PUBLIC, SIGNED_IN
from tests.factories import PASSWORD, World

Where = Callable[[World], dict[str, Any]]
FRESH = "another long passphrase"


def nowhere(world: World) -> dict[str, Any]:
    return {}


def area(world: World) -> dict[str, Any]:
    return {"area": world.area.slug}


def row_of(name: str) -> Where:
    """The page of one row: /areas/ardmore/plans/7/."""
    return lambda world: {"area": world.area.slug, "pk": getattr(world, name).pk}


@dataclass(frozen=True)
class Row:
    """`get` and `post` name the deed that the method asks for, or None where there is no such
    method; `form` is what a person who may would send. Answers are those for such a person."""

    where: Where
    get: str | None = None
    post: str | None = None
    form: Where = nowhere
    get_answers: frozenset[int] = frozenset({200})
    post_answers: frozenset[int] = frozenset({302})
    # Whether the page shows texts of its area, so that they must be there for who may see it.
    shows: bool = True
    # A page of a library, which decides for itself what it answers to odd methods.
    library: bool = False
    # Asks for one of the action's posts of a person who may only `action.update`.
    own_post: bool = False
    # Whether POST changes something that is recorded.
    writes: bool = True

    @property
    def policy(self) -> str:
        """What the route itself declares: asked before anything else."""
        policy = self.get or self.post
        assert policy is not None
        return policy


def account(policy: str, *, form: Where = nowhere, where: Where = nowhere) -> Row:
    return Row(
        where,
        policy,
        policy,
        form,
        get_answers=frozenset({200, 302}),
        post_answers=frozenset({200, 302}),
        shows=False,
        library=True,
        writes=False,
    )


def paragraphs(world: World) -> dict[str, Any]:
    versions = {f"{key}_version": 0 for key in SECTIONS} | {f"{key}_read": "-" for key in SECTIONS}
    texts = {key: f"New text of {key}" for key in SECTIONS}
    return versions | texts | {"risk_version": world.paragraph.version}


ROUTES: dict[str, Row] = {
    "home": Row(nowhere, SIGNED_IN, get_answers=frozenset({302}), shows=False),
    # 503 is its answer where there is no worker, as in these tests.
    "health": Row(nowhere, PUBLIC, get_answers=frozenset({200, 503}), shows=False),
    "account_login": account(
        PUBLIC, form=lambda w: {"login": "inspector@nowhere.example.org", "password": PASSWORD}
    ),
    "account_logout": account(PUBLIC),
    "account_inactive": account(PUBLIC),
    "account_change_password": account(
        SIGNED_IN,
        form=lambda w: {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH},
    ),
    "account_reset_password": account(
        PUBLIC, form=lambda w: {"email": f"inspector@{w.area.slug}.example.org"}
    ),
    "account_reset_password_done": account(PUBLIC),
    "account_reset_password_from_key": account(
        PUBLIC, where=lambda w: {"uidb36": "1", "key": "no-such-key"}
    ),
    "account_reset_password_from_key_done": account(PUBLIC),
    "area": Row(area, "area.view"),
    "plans": Row(area, "plan.view"),
    "plan": Row(row_of("plan"), "plan.view"),
    "action": Row(row_of("action"), "plan.view"),
    "action_update": Row(
        row_of("action"),
        "action.update",
        "action.update",
        lambda w: {"status": "at_risk", "text": "Later", "version": w.action.version},
        own_post=True,
    ),
    "action_date": Row(
        row_of("action"),
        "action.update",
        "action.update",
        lambda w: {"new": "2020-09-30", "reason": "More time", "version": w.action.version},
        own_post=True,
    ),
    "action_verify": Row(
        row_of("done_action"),
        "action.verify",
        "action.verify",
        lambda w: {"decision": "accept", "note": "Seen", "version": w.done_action.version},
    ),
    "inspections": Row(area, "inspection.view"),
    "inspection": Row(row_of("inspection"), "inspection.view"),
    "coverage": Row(row_of("inspection"), "inspection.view"),
    "kpis": Row(area, "kpi.view"),
    "kpi": Row(row_of("kpi"), "kpi.view"),
    "kpi_chart": Row(row_of("kpi"), "kpi.view"),
    "packs": Row(
        area,
        "pack.view",
        "pack.request",
        lambda w: {"body": w.body.pk, "period": "2019-04-01"},
    ),
    "pack": Row(row_of("pack"), "pack.view"),
    "pack_progress": Row(row_of("pack"), "pack.view", shows=False),
    "pack_edition": Row(
        row_of("pack"), None, "pack.request", lambda w: {"reason": "A figure was wrong"}
    ),
    "pack_retry": Row(row_of("failed_pack"), None, "pack.request", writes=False),
    "pack_file": Row(
        lambda w: {"area": w.area.slug, "pk": w.pack.pk, "extension": "html"}, "pack.view"
    ),
    "paragraphs": Row(
        lambda w: {"area": w.area.slug, "body": w.body.slug, "period": "2019-10-01"},
        "pack.write",
        "pack.write",
        paragraphs,
    ),
    "people": Row(area, "people.view"),
    "audit": Row(area, "audit.view"),
}
