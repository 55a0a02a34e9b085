"""Two areas that know nothing of each other, each with everything in it."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from governance import packs
from governance.content import fingerprint, freeze
from governance.models import PackBuild, Rendition
from management import store
from management.access import Role
from plans.services import tracker
from tests import factories
from tests.factories import World
from tests.plans.trackers_built import downloaded, filled

Worlds = tuple[World, World]


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
        mapping=tracker.TRACKER,
    )
    seen = tracker.compare_kept(by=lead, kept=world.tracker)
    world.rows["tracker_mark"] = seen.mark


@pytest.fixture
def worlds(db: None, settings: Any) -> Worlds:
    """My area and the other one. They share the published framework, which belongs to nobody."""
    settings.TODAY = date(2020, 1, 15)
    shared = factories.framework(title="Shared framework")
    both = (
        factories.world("CANARY-ARDMORE", "ardmore", shared),
        factories.world("CANARY-BENDOR", "bendor", shared),
    )
    for world in both:
        finish(world)
    return both


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refusals are not news."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
