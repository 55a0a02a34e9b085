"""A plan file that is taken in, or undone, while somebody saves: nothing is overwritten unseen."""

import contextvars
import json
import threading
import time
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection

from management.access import Role
from management.models import Post
from management.versions import Stale
from plans.models import Action, ColumnMap, Plan, Update
from plans.services import due_dates, importing, links, progress, undoing
from plans.services.remembering import choose_columns
from plans.sheets.fields import Field
from plans.statuses import Status
from tests import factories
from tests.plans.importing.helpers import AGREED, Bring, table

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.usefixtures("today"),
]
ONE_OF_A_KIND = {"plans_plan", "management_post", "plans_columnmap"}
LATER = {"Status": "Red", "Progress": "Stuck", "Due": "30 June 2020"}


class World:
    """A plan that came from a file with one action of a key message, and a second file for it."""

    def __init__(self):
        self.area = factories.area()
        self.lead = factories.user(self.area, Role.PERFORMANCE_LEAD)
        self.other = factories.user(self.area, Role.PERFORMANCE_LEAD, name="Isla Grant")
        framework = factories.framework()
        inspection = factories.inspection(self.area, framework)
        for number in (1, 2):
            factories.key_message(inspection, number)
        self.recommendation = factories.recommendation(inspection)
        self.bring = Bring(self.lead, self.area, framework)
        kept = self.bring.keep(table({"Action": "Train all staff (KM1)"}), inspection=inspection)
        self.bring.take(kept, importing.look(kept), **AGREED, submitted_on=date(2019, 9, 17))
        self.plan = Plan.objects.get()
        self.kept = self.bring.keep(
            table(LATER | {"Action": "Train all staff (KM1, 2)"}), self.plan
        )
        self.seen = importing.look(self.kept)

    @property
    def action(self):
        return Action.objects.select_related("plan", "area").get()

    def take_in(self):
        self.bring.take(self.kept, self.seen, reason="The board said so")

    def undo(self):
        undoing.undo(by=self.lead, kept=self.kept, version=self.kept.version)

    def report(self):
        facts = {"status": Status.AT_RISK, "text": "Staff are ill"}
        progress.post_update(by=self.other, action=self.action, version=self.read, **facts)

    def move(self):
        new, why = date(2020, 12, 31), "The Chief Officer agreed"
        due_dates.move_date(
            by=self.other, action=self.action, version=self.read, new=new, reason=why
        )

    def link(self):
        links.choose_actions(
            by=self.other, row=self.recommendation, shown=[], actions=[self.action], reason="So"
        )


def rest(sql):
    """After each question about actions or inspections: the other one does what it can.

    And longer after a plan, a post or a meaning of columns is made, of which there can be but one.
    """
    if sql.startswith("SELECT") and ("plans_action" in sql or "plans_inspection" in sql):
        time.sleep(0.05)
    if sql.startswith("INSERT") and sql.split('"')[1] in ONE_OF_A_KIND:
        time.sleep(1)


def at_once(slow, quick, *, since=""):
    """Begin the one, then the other while it is at work; what each was refused for, or None.

    `since` is how the statement begins after which the other one does.
    """
    refused, begun = {}, threading.Event()

    def work(deed, wrapper):
        try:
            with connection.execute_wrapper(wrapper):
                refused[deed.__name__] = None
                deed()
        except (DatabaseError, Stale, ValidationError) as error:
            refused[deed.__name__] = error
        finally:
            connection.close()

    def first(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith(since):
            begun.set()
        rest(sql)
        return done

    def second(execute, sql, params, many, context):
        return execute(sql, params, many, context)

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(work, slow, first)),
        threading.Thread(target=contextvars.copy_context().run, args=(work, quick, second)),
    ]
    threads[0].start()
    assert begun.wait(10)
    time.sleep(0.3)
    threads[1].start()
    for thread in threads:
        thread.join(30)
    return refused


@pytest.mark.parametrize("deed", ["report", "move"])
@pytest.mark.parametrize("file", ["take_in", "undo"])
def test_of_a_file_and_a_person_one_is_too_late_and_sees_it(file, deed):
    world = World()
    if file == "undo":
        world.take_in()
    world.read = world.action.version
    before = Update.objects.count()
    refused = at_once(getattr(world, file), getattr(world, deed))
    assert sorted(type(error).__name__ for error in refused.values()) == ["NoneType", "Stale"]
    if refused[deed] is not None:
        assert not Update.objects.filter(by="Isla Grant").exists()
    assert Update.objects.count() > before or deed == "move"


@pytest.mark.parametrize("file", ["take_in", "undo"])
def test_a_file_and_a_link_of_the_same_inspection_do_not_end_each_other(file):
    world = World()
    if file == "undo":
        world.take_in()
    refused = at_once(getattr(world, file), world.link)
    assert not [error for error in refused.values() if isinstance(error, DatabaseError)]
    assert None in refused.values()


def test_of_two_files_that_make_a_plan_of_one_title_the_second_is_refused_in_words():
    world = World()
    files = [world.bring.keep(table({"Action": name})) for name in ("Open a site", "Hire")]
    looks = [importing.look(kept) for kept in files]

    def first():
        world.bring.take(files[0], looks[0], **AGREED | {"title": "Plan 2020"})

    def second():
        world.bring.take(files[1], looks[1], **AGREED | {"title": "Plan 2020"})

    refused = at_once(first, second, since='INSERT INTO "plans_plan"')
    assert refused["first"] is None
    assert refused["second"].messages == ["This area already has a plan with this title."]


def test_two_files_that_name_one_new_post_make_it_once():
    world = World()
    rows = [{"Ref": "2", "Action": name, "Lead": "Data Officer"} for name in ("Open a site", "B")]
    files = [world.bring.keep(table(rows[0]), world.plan), world.bring.keep(table(rows[1]))]
    looks = [importing.look(kept) for kept in files]

    def first():
        world.bring.take(files[0], looks[0], reason="So")

    def second():
        world.bring.take(files[1], looks[1], **AGREED | {"title": "Plan 2020"})

    refused = at_once(first, second, since='INSERT INTO "management_post"')
    assert refused["first"] is None
    # Its preview says that it makes the post, which is there now: that is shown first.
    assert isinstance(refused["second"], Stale)
    assert Post.objects.filter(title="Data Officer").count() == 1


def test_two_people_who_say_what_the_same_columns_mean_are_both_heard():
    world = World()
    [kept, other] = [world.bring.keep(table({"Action": name})) for name in ("A", "B")]
    [layout] = importing.look(kept).layouts
    fields = [column.field for column in layout.columns]

    def choose(by, kept, fields):
        mappings = {layout.signature: fields}
        choose_columns(by=by, kept=kept, version=kept.version, mappings=mappings)

    def first():
        choose(world.lead, kept, fields)

    def second():
        choose(world.other, other, [*fields[:-1], Field.NOTHING])

    refused = at_once(first, second, since='INSERT INTO "plans_columnmap"')
    assert refused == {"first": None, "second": None}
    chosen = ColumnMap.objects.get()
    assert (chosen.by, json.loads(chosen.mapping)[-1]) == ("Isla Grant", Field.NOTHING)
