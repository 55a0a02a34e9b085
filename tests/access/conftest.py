"""Two areas that know nothing of each other, each with everything in it."""

import logging
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from governance import packs
from governance.content import fingerprint, freeze
from governance.models import PackBuild, Rendition
from management import audit, store
from management.access import Role, System
from plans.models import PlanImport
from plans.services import tracker
from tests import factories
from tests.factories import World
from tests.plans.trackers_built import downloaded, filled

Worlds = tuple[World, World]
DAY = date(2020, 1, 15)


def finish(world: World) -> None:
    """Build the world's pack, with a small file in place of each real one."""
    pack = world.pack
    factories.frozen(pack, text := freeze(packs.gather(pack)))
    assert fingerprint(text) == pack.frozen.sha256
    for form in Rendition.Format:
        content = f"{world.canary} {form} file".encode()
        store.put(content)
        factories.rendition(pack, content, format=form)
    PackBuild.objects.filter(pack=pack).update(state=PackBuild.State.DONE)
    bring_back(world)


def bring_back(world: World) -> None:
    """A tracker workbook that came back, and waits for somebody to confirm what it changes."""
    lead = world.people[Role.PERFORMANCE_LEAD]
    cells = {"update": f"{world.canary} update from the workbook"}
    data = filled(downloaded(lead, world.plan), cells)
    world.rows["tracker"] = factories.plan_import(
        world.area,
        world.plan,
        file_name=f"{world.canary}.xlsx",
        sha256=store.put(data),
        kind=PlanImport.Kind.TRACKER,
        # Whoever brought it takes it in, beside those who keep the plan.
        user=world.people[Role.SERVICE_MANAGER],
    )
    seen = tracker.compare_kept(by=lead, kept=world.tracker)
    world.rows["tracker_mark"] = seen.mark


@pytest.fixture(scope="package")
def made(of_its_own: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[Worlds]:
    """Both worlds, made once for the tests of this folder, and undone after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(TODAY=DAY), audit.naming(System("test"), "test"):
            shared = factories.framework(title="Shared framework")
            both = (
                factories.world("CANARY-ARDMORE", "ardmore", shared),
                factories.world("CANARY-BENDOR", "bendor", shared),
            )
            for world in both:
                finish(world)
        yield both
        transaction.set_rollback(True)


@pytest.fixture
def worlds(made: Worlds, db: None, settings: Any) -> Worlds:
    """My area and the other one. They share the published framework, which belongs to nobody.

    What a test writes is undone; it gets objects of its own.
    """
    settings.TODAY = DAY
    return deepcopy(made)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refusals are not news."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
