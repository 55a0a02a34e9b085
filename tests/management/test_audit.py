"""The audit trail: every way of writing is recorded with its actor, or refused without one."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.utils import timezone

from management import audit
from management.access import System
from management.models import Area, AuditEvent, Owned, Post, User
from plans.models import KeyMessage, KeyMessageLink
from tests import factories
from tests.factories import World

NIGHT = System("the night job")
MODELS = audit.our_models()
APPEND_ONLY = [model for model in MODELS if getattr(model, "append_only", False)]
RECORDED = [
    model for model in MODELS if getattr(model, "audited", True) and model is not AuditEvent
]
OWNED = [model for model in MODELS if issubclass(model, Owned)]


only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="words of SQLite only")


def named(model: type[models.Model]) -> str:
    return model._meta.label


def sql(text: str, params: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, params or [])


@pytest.fixture(scope="module")
def made(of_its_own: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of the tests of this module, made once and undone after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with audit.naming(System("test"), "test"):
            whole = factories.world("CANARY-ARDMORE", "ardmore")
            factories.frozen(whole.pack, '{"secret": "frozen content"}')
            factories.rendition(whole.pack)
        connection.check_constraints()  # PostgreSQL alters no table that has checks to come
        yield whole
        transaction.set_rollback(True)


@pytest.fixture
def world(made: World, db: None) -> World:
    """What a test writes is undone, and the objects are its own."""
    return deepcopy(made)


@pytest.fixture
def other(world: World) -> World:
    made = factories.world("CANARY-BENDOR", "bendor")
    factories.frozen(made.pack)
    factories.rendition(made.pack)
    return made


# --- the matrix: each way of writing one table -------------------------------------------------


@dataclass
class Write:
    """A way of writing, and what the trail then says: operation, some of the old and new row."""

    name: str
    call: Callable[[World], Any]
    said: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]
    table: str = "plans_keymessage"


def message(world: World, number: int, text: str) -> KeyMessage:
    return KeyMessage(area=world.area, inspection=world.inspection, number=number, text=text)


def save_with_f(world: World) -> None:
    world.key_message.number = F("number") + 4
    world.key_message.save()


def save_some(world: World) -> None:
    world.key_message.text = "some"
    world.key_message.save(update_fields=["text"])


def save_all(world: World) -> None:
    world.key_message.text = "all"
    world.key_message.save()


def bulk_update(world: World) -> None:
    world.key_message.text = "bulk"
    KeyMessage.objects.bulk_update([world.key_message], ["text"])


def spare(world: World) -> KeyMessage:
    """A key message that nothing points at, so that it can be deleted."""
    return KeyMessage.objects.get(area=world.area, number=9)


def columns(world: World) -> tuple[str, list[Any]]:
    return (
        "INSERT INTO plans_keymessage (area_id, inspection_id, number, text)"
        " VALUES (%s, %s, %s, %s)",
        [world.area.pk, world.inspection.pk, 2, "raw"],
    )


def upsert(world: World) -> None:
    KeyMessage.objects.bulk_create(
        [message(world, 1, "upserted"), message(world, 2, "new")],
        update_conflicts=True,
        unique_fields=["inspection", "number"],
        update_fields=["text"],
    )


def executemany(world: World) -> None:
    text, params = columns(world)
    with connection.cursor() as cursor:
        cursor.executemany(text, [params, [*params[:2], 3, "raw too"]])


LINK = "plans_keymessagelink"
MINE = "CANARY-ARDMORE key message"
WRITES = [
    Write("create", lambda w: message(w, 2, "new").save(), [("insert", None, {"text": "new"})]),
    Write("save", save_all, [("update", {"text": MINE, "number": 1}, {"text": "all"})]),
    Write("save of some fields", save_some, [("update", {"text": MINE}, {"text": "some"})]),
    Write("save with F()", save_with_f, [("update", {"number": 1}, {"number": 5})]),
    Write(
        "queryset update",
        lambda w: KeyMessage.objects.filter(number=1).update(text="queryset"),
        [("update", {"text": MINE}, {"text": "queryset"})],
    ),
    Write(
        "bulk create",
        lambda w: KeyMessage.objects.bulk_create([message(w, 2, "b"), message(w, 3, "c")]),
        [("insert", None, {"number": 2}), ("insert", None, {"number": 3})],
    ),
    Write("bulk update", bulk_update, [("update", {"text": MINE}, {"text": "bulk"})]),
    Write(
        "queryset delete",
        lambda w: KeyMessage.objects.filter(number=9).delete(),
        [("delete", {"text": "spare"}, None)],
    ),
    Write("instance delete", lambda w: spare(w).delete(), [("delete", {"text": "spare"}, None)]),
    Write(
        "raw delete",
        lambda w: KeyMessage.objects.filter(number=9)._raw_delete("default"),
        [("delete", {"text": "spare"}, None)],
    ),
    Write(
        "get or create",
        lambda w: KeyMessage.objects.get_or_create(
            area=w.area, inspection=w.inspection, number=2, defaults={"text": "got"}
        ),
        [("insert", None, {"text": "got"})],
    ),
    Write(
        "update or create, of a new row",
        lambda w: KeyMessage.objects.update_or_create(
            area=w.area, inspection=w.inspection, number=2, defaults={"text": "made"}
        ),
        [("insert", None, {"text": "made"})],
    ),
    Write(
        "update or create, of an old row",
        lambda w: KeyMessage.objects.update_or_create(
            area=w.area, inspection=w.inspection, number=1, defaults={"text": "put"}
        ),
        [("update", {"text": MINE}, {"text": "put"})],
    ),
    Write(
        "upsert",
        upsert,
        [("update", {"text": MINE}, {"text": "upserted"}), ("insert", None, {"text": "new"})],
    ),
    Write("raw insert", lambda w: sql(*columns(w)), [("insert", None, {"text": "raw"})]),
    Write(
        "raw insert of many",
        executemany,
        [("insert", None, {"text": "raw"}), ("insert", None, {"text": "raw too"})],
    ),
    Write(
        "raw update",
        lambda w: sql("UPDATE plans_keymessage SET text = 'raw' WHERE number = 1"),
        [("update", {"text": MINE}, {"text": "raw"})],
    ),
    Write(
        "raw update below a comment",
        lambda w: sql(
            "-- a note\n /* and one more */"
            " UPDATE plans_keymessage SET text = 'raw' WHERE number = 1"
        ),
        [("update", {"text": MINE}, {"text": "raw"})],
    ),
    Write(
        "raw update below a WITH",
        lambda w: sql(
            "WITH one AS (SELECT 1 AS number) UPDATE plans_keymessage SET text = 'raw'"
            " WHERE number IN (SELECT number FROM one)"
        ),
        [("update", {"text": MINE}, {"text": "raw"})],
    ),
    Write(
        "raw delete by a cursor",
        lambda w: sql("DELETE FROM plans_keymessage WHERE number = 9"),
        [("delete", {"text": "spare"}, None)],
    ),
    Write(
        "many-to-many add",
        lambda w: w.action.key_messages.add(spare(w), through_defaults={"area": w.area}),
        [("insert", None, {"key_message_id": "spare"})],
        LINK,
    ),
    Write(
        "many-to-many set",
        lambda w: w.action.key_messages.set([spare(w)], through_defaults={"area": w.area}),
        [
            ("delete", {"key_message_id": "message"}, None),
            ("insert", None, {"key_message_id": "spare"}),
        ],
        LINK,
    ),
    Write(
        "many-to-many remove",
        lambda w: w.action.key_messages.remove(w.key_message),
        [("delete", {"key_message_id": "message"}, None)],
        LINK,
    ),
    Write(
        "many-to-many clear",
        lambda w: w.action.key_messages.clear(),
        [("delete", {"key_message_id": "message"}, None)],
        LINK,
    ),
]
every_write = pytest.mark.parametrize("write", [pytest.param(w, id=w.name) for w in WRITES])


@pytest.fixture
def stage(world: World) -> World:
    """The world of the matrix: one action's link to key message 1, and a spare key message 9."""
    KeyMessageLink.objects.exclude(action=world.action).delete()
    message(world, 9, "spare").save()
    return world


def rows_now() -> dict[str, list[Any]]:
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for model in (KeyMessage, KeyMessageLink, AuditEvent)
    }


def events_since(number: int) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(pk__gt=number).order_by("pk"))


def last_event() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def holds(row: str | None, part: dict[str, Any] | None, ids: dict[str, int]) -> bool:
    if row is None or part is None:
        return row is None and part is None
    part = {k: ids[v] if k == "key_message_id" else v for k, v in part.items()}
    whole = json.loads(row)
    return whole == whole | part and "area_id" in whole


@every_write
def test_every_way_of_writing_is_recorded_with_who_what_and_why(write: Write, stage: World) -> None:
    before = last_event()
    ids = {"spare": spare(stage).pk, "message": stage.key_message.pk}
    with audit.naming(stage.people["administrator"], "repair", "because", "request-1"):
        write.call(stage)
    events = events_since(before)
    assert [(e.table_name, e.operation) for e in events] == [
        (write.table, operation) for operation, _, _ in write.said
    ]
    for event, (_, old, new) in zip(events, write.said, strict=True):
        assert holds(event.old, old, ids)
        assert holds(event.new, new, ids)
        assert event.row_id == str(json.loads(event.new or event.old)["id"])
        assert event.area_id == stage.area.pk
        assert event.actor_id == stage.people["administrator"].pk
        assert event.actor_name == "CANARY-ARDMORE Administrator"
        assert (event.verb, event.reason) == ("repair", "because")
        assert event.request_id == "request-1"
        assert abs(timezone.now() - event.at) < timedelta(minutes=1)


@every_write
def test_every_way_of_writing_is_refused_without_an_actor(
    write: Write, stage: World, nobody: Any
) -> None:
    before = rows_now()
    with pytest.raises(IntegrityError, match=audit.NO_ACTOR), transaction.atomic():
        nobody(write.call, stage)
    assert rows_now() == before


@every_write
def test_a_write_that_is_undone_leaves_no_record(write: Write, stage: World) -> None:
    before = rows_now()
    with transaction.atomic():
        write.call(stage)
        assert rows_now() != before
        transaction.set_rollback(True)
    assert rows_now() == before


@every_write
def test_a_write_without_an_actor_borrows_no_earlier_name(
    write: Write, stage: World, nobody: Any
) -> None:
    before = last_event()
    with transaction.atomic():
        with audit.naming(NIGHT, "night"):
            Post.objects.create(area=stage.area, title="Made at night")
        with pytest.raises(IntegrityError, match=audit.NO_ACTOR), transaction.atomic():
            nobody(write.call, stage)
    assert [e.actor_name for e in events_since(before)] == ["the night job"]


def test_no_row_of_ours_is_deleted_or_changed_by_the_deletion_of_another() -> None:
    """A cascade has no place in the matrix because there is none. One that is added needs a row."""
    for model in MODELS:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                assert field.remote_field.on_delete is models.PROTECT, f"{model}.{field.name}"


# --- the actor -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_acting_undoes_everything_and_its_record_when_it_fails() -> None:
    area = factories.area()
    before = last_event()
    with pytest.raises(ZeroDivisionError), audit.acting(NIGHT, "try"):
        Post.objects.create(area=area, title="Never")
        raise ZeroDivisionError
    assert not Post.objects.filter(title="Never").exists()
    assert events_since(before) == []


@pytest.mark.django_db
def test_the_inner_actor_wins_and_the_outer_comes_back_with_the_request_id() -> None:
    area = factories.area()
    before = last_event()
    with audit.naming(System("outer"), "one", "", "request-2"):
        with audit.acting(System("inner"), "two", "why"):
            Post.objects.create(area=area, title="A")
        Post.objects.create(area=area, title="B")
    assert [(e.actor_name, e.verb, e.reason, e.request_id) for e in events_since(before)] == [
        ("inner", "two", "why", "request-2"),
        ("outer", "one", "", "request-2"),
    ]


@pytest.mark.django_db
def test_a_verb_that_is_too_long_is_cut_and_the_write_goes_through() -> None:
    before = last_event()
    with audit.naming(NIGHT, "x" * 300, "because " * 500):
        factories.area()
    (event,) = events_since(before)
    assert event.verb == "x" * 100
    assert event.reason == "because " * 500


def test_a_write_while_a_page_is_read_is_recorded_with_the_person_and_the_request(
    client: Any, world: World, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.management.routes"
    person = world.people["inspector"]
    client.force_login(person)
    before = last_event()
    response = client.get(f"/rename-signed-in/{world.lead.pk}")
    (event,) = events_since(before)
    assert (event.actor_id, event.actor_name) == (person.pk, "CANARY-ARDMORE Inspector")
    assert event.verb == f"GET /rename-signed-in/{world.lead.pk}"
    assert event.request_id == response["X-Request-ID"]
    assert event.area_id == world.area.pk
    assert json.loads(event.new)["title"] == "Renamed by a visit"


def test_a_write_by_somebody_who_is_not_signed_in_says_so(
    client: Any, world: World, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.management.routes"
    before = last_event()
    client.get(f"/rename/{world.lead.pk}")
    (event,) = events_since(before)
    assert (event.actor_id, event.actor_name) == (None, "visitor who is not signed in")


def test_a_page_that_writes_is_refused_where_no_middleware_names_an_actor(
    client: Any, world: World, settings: Any, nobody: Any
) -> None:
    settings.ROOT_URLCONF = "tests.management.routes"
    left_out = {"RequestIdMiddleware", "ActorMiddleware"}
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if m.split(".")[-1] not in left_out]
    with pytest.raises(IntegrityError, match=audit.NO_ACTOR), transaction.atomic():
        nobody(client.get, f"/rename/{world.lead.pk}")
    world.lead.refresh_from_db()
    assert world.lead.title == "CANARY-ARDMORE lead post"


# --- what is recorded --------------------------------------------------------------------------


def test_each_table_records_the_whole_row_and_its_area(
    world: World, subtests: pytest.Subtests
) -> None:
    """Seen on the rows of the world; a new model needs a row there (tests/factories)."""
    for model in RECORDED:
        with subtests.test(model=named(model)):
            row = model._base_manager.first()
            assert row is not None, f"tests/factories: world() makes no {named(model)}"
            event = AuditEvent.objects.filter(
                table_name=model._meta.db_table, row_id=str(row.pk), operation="insert"
            ).get()
            secret = set(getattr(model, "not_recorded", ()))
            wanted = {f.column for f in model._meta.concrete_fields if f.name not in secret}
            assert set(json.loads(event.new)) == wanted
            assert event.area_id == (row.pk if model is Area else getattr(row, "area_id", None))


@pytest.mark.parametrize(
    "model",
    [m for m in MODELS if m not in RECORDED and m is not AuditEvent],
    ids=named,
)
def test_a_table_that_is_not_recorded_is_one_of_the_machine(model: Any) -> None:
    """Nothing that a person enters may be left out: a new name here needs a reason in the model."""
    assert model._meta.label in {"management.JobTick", "governance.PackBuild"}


@pytest.mark.django_db
def test_a_password_never_reaches_the_trail() -> None:
    before = last_event()
    person = factories.user()
    person.set_password("another long passphrase")
    person.save()
    User.objects.filter(pk=person.pk).update(password="hash-by-queryset")
    sql("UPDATE management_user SET password = 'hash-by-sql' WHERE id = %s", [person.pk])
    User.objects.bulk_create([User(email="b@example.org", name="B", password="hash-by-bulk")])
    trail = events_since(before)
    assert [event.table_name for event in trail] == ["management_user"] * 5
    for event in trail:
        told = f"{event.old}{event.new}"
        assert "password" not in told
        assert "hash" not in told
        assert "md5" not in told


def test_the_content_of_a_pack_is_not_copied_into_the_trail(world: World) -> None:
    event = AuditEvent.objects.get(table_name="governance_frozen")
    assert "frozen content" not in event.new
    assert world.pack.frozen.sha256 in event.new


@pytest.mark.django_db
def test_text_that_looks_like_code_comes_out_of_the_trail_as_it_went_in() -> None:
    text = '\'; DROP TABLE x; -- "quoted" \\ {} % %s \u202e 👩‍👩‍👧 \n<script>'
    with audit.naming(System(text[:100]), text, text):
        row = factories.area(name=text)
    event = AuditEvent.objects.of_row(row).get()
    assert json.loads(event.new)["name"] == text
    assert (event.actor_name, event.verb, event.reason) == (text[:100], text, text)


# --- append-only tables ------------------------------------------------------------------------


def plain_field(model: Any) -> Any:
    return next(
        f
        for f in model._meta.concrete_fields
        if not f.primary_key
        and not f.is_relation
        and isinstance(f, models.CharField | models.TextField)
    )


def save_row(row: Any) -> None:
    row.save()


def bulk_update_row(row: Any) -> None:
    type(row)._base_manager.bulk_update([row], [plain_field(type(row)).name])


def upsert_row(row: Any) -> None:
    type(row)._base_manager.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[plain_field(type(row)).name],
    )


def update_row(row: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**{plain_field(type(row)).name: "x"})


def replace_row(row: Any) -> None:
    table = row._meta.db_table
    sql(f"REPLACE INTO {table} SELECT * FROM {table} WHERE id = {row.pk}")  # noqa: S608


def truncate_table(row: Any) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # those that wait would refuse it before our trigger
    sql(f"TRUNCATE {row._meta.db_table} CASCADE")


CHANGES = {
    "save": save_row,
    "bulk update": bulk_update_row,
    "upsert": upsert_row,
    "queryset update": update_row,
    "delete": lambda row: row.delete(),
    "queryset delete": lambda row: type(row)._base_manager.filter(pk=row.pk).delete(),
    "raw delete": lambda row: type(row)._base_manager.filter(pk=row.pk)._raw_delete("default"),
    "update by a cursor": lambda row: sql(f"UPDATE {row._meta.db_table} SET id = id"),  # noqa: S608
    "delete by a cursor": lambda row: sql(f"DELETE FROM {row._meta.db_table}"),  # noqa: S608
}
if connection.vendor == "sqlite":
    CHANGES["replace"] = replace_row
else:
    CHANGES["truncate"] = truncate_table


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_append_only_row_cannot_be_changed_or_removed(
    change: Callable[[Any], Any], world: World, subtests: pytest.Subtests
) -> None:
    for model in APPEND_ONLY:
        with subtests.test(model=named(model)):
            row = model._base_manager.order_by("pk").first()
            assert row is not None, f"tests/factories: world() makes no {named(model)}"
            before = list(model._base_manager.order_by("pk").values())
            with pytest.raises(IntegrityError, match=r"is append-only"), transaction.atomic():
                change(row)
            assert list(model._base_manager.order_by("pk").values()) == before


def test_what_was_said_and_frozen_is_append_only() -> None:
    assert {m._meta.model_name for m in APPEND_ONLY} >= {
        *{"auditevent", "observation", "update", "datechange", "evidence", "verification"},
        *{"frozen", "rendition"},
    }


@pytest.mark.services
def test_a_recorded_table_cannot_be_truncated_behind_the_trail(
    db: None, subtests: pytest.Subtests
) -> None:
    for model in RECORDED:
        refusal = pytest.raises(IntegrityError, match=r"is append-only")
        with subtests.test(model=named(model)), refusal, transaction.atomic():
            sql(f"TRUNCATE {model._meta.db_table} CASCADE")


@only_sqlite
def test_a_replaced_row_is_recorded_as_removed_and_added(world: World) -> None:
    before = last_event()
    sql("REPLACE INTO management_post SELECT * FROM management_post WHERE id = %s", [world.lead.pk])
    assert [e.operation for e in events_since(before)] == ["delete", "insert"]


# --- other areas ---------------------------------------------------------------------------------

GUARDED = [
    (model, field)
    for model in [*OWNED, apps.get_model("governance.PackBuild")]
    for field in model._meta.concrete_fields
    if isinstance(field, models.ForeignKey) and issubclass(field.related_model, Owned)
]


def refuse_area(model: Any, field: Any) -> Any:
    return pytest.raises(IntegrityError, match=rf"{model._meta.db_table}: .* another area")


def test_a_new_row_cannot_point_at_another_areas_row(
    world: World, other: World, subtests: pytest.Subtests
) -> None:
    for model, field in GUARDED:
        with subtests.test(field=str(field)):
            here = {"area": world.area, f"{field.name}__isnull": False}
            row = model._base_manager.filter(**here).first()
            theirs = field.related_model._base_manager.filter(area=other.area).first()
            assert row and theirs, f"tests/factories: world() makes no {named(model)} with {field}"
            row.pk = None
            setattr(row, field.attname, theirs.pk)
            with refuse_area(model, field), transaction.atomic():
                model._base_manager.bulk_create([row])


def test_a_row_cannot_be_turned_towards_another_areas_row(
    world: World, other: World, subtests: pytest.Subtests
) -> None:
    for model, field in GUARDED:
        if model in APPEND_ONLY:
            continue
        with subtests.test(field=str(field)):
            rows = model._base_manager.filter(area=world.area, **{f"{field.name}__isnull": False})
            theirs = field.related_model._base_manager.filter(area=other.area).first()
            before = list(rows.values())
            with refuse_area(model, field), transaction.atomic():
                rows.update(**{field.attname: theirs.pk})
            assert list(rows.values()) == before


def test_a_row_never_moves_to_another_area(
    world: World, other: World, subtests: pytest.Subtests
) -> None:
    """Otherwise what hangs below it would stay behind, in an area whose people cannot see it."""
    for model in OWNED:
        if model in APPEND_ONLY:
            continue
        with subtests.test(model=named(model)):
            rows = model._base_manager.filter(area=world.area)
            before = list(rows.values())
            with refuse_area(model, None), transaction.atomic():
                rows.update(area=other.area)
            assert list(rows.values()) == before


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_whatever_belongs_to_an_area_says_so_in_a_column_of_its_own(model: Any) -> None:
    names = {f.name for f in model._meta.concrete_fields}
    points_at_owned = [
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, models.ForeignKey) and issubclass(f.related_model, Owned)
    ]
    assert "area" in names or not points_at_owned, f"{model} needs an area: {points_at_owned}"


# --- the triggers themselves ---------------------------------------------------------------------


def errors_found() -> list[str]:
    return [error.id for error in audit.check_triggers(None, databases=["default"])]


@pytest.mark.django_db
def test_after_all_migrations_every_trigger_is_there() -> None:
    assert audit.missing() == []
    assert errors_found() == []
    call_command("check", databases=["default"], tags=["database"])


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 17, -1])
def test_one_missing_trigger_is_noticed_and_mended(number: int) -> None:
    name, table = sorted(pair[:2] for pair in audit._installed(connection))[number]
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    sql(f'DROP TRIGGER "{name}"{on}')
    assert audit.missing() == [name]
    assert errors_found() == ["throughline.E001"]
    with pytest.raises(SystemCheckError, match=name):
        call_command("check", databases=["default"], tags=["database"])
    audit.install()
    assert audit.missing() == []
    assert errors_found() == []


@pytest.mark.services
@pytest.mark.django_db
def test_a_trigger_that_was_switched_off_counts_as_missing() -> None:
    sql("ALTER TABLE management_area DISABLE TRIGGER tl_management_area_audit")
    assert audit.missing() == ["tl_management_area_audit"]
    audit.install()
    assert audit.missing() == []


@pytest.mark.django_db
def test_installing_again_changes_nothing() -> None:
    before = sorted(audit._installed(connection))
    audit.install()
    assert sorted(audit._installed(connection)) == before
