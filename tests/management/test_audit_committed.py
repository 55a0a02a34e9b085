"""The audit trail where transactions end: commits, threads, database consoles, migrations."""

import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models
from django.db.migrations.loader import MigrationLoader

from governance.models import Frozen
from management import audit
from management.access import System
from management.models import Area, AuditEvent, Post
from plans.models import KeyMessage, Update
from tests import factories

NIGHT = System("the night job")
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="words of SQLite only")
pytestmark = pytest.mark.django_db(transaction=True)


def errors_found() -> list[str]:
    return [error.id for error in audit.check_triggers(None, databases=["default"])]


# --- the actor -----------------------------------------------------------------------------------


def test_the_actor_ends_with_the_commit(nobody: Any) -> None:
    with audit.acting(NIGHT, "night"):
        area = Area.objects.create(slug="a", name="A", partnership="A")
    with pytest.raises(IntegrityError, match=audit.NO_ACTOR):
        nobody(area.save)
    with audit.naming(NIGHT, "night, without a transaction"):
        area.save()
    with pytest.raises(IntegrityError, match=audit.NO_ACTOR):
        nobody(area.save)
    assert AuditEvent.objects.count() == 2


def test_another_thread_has_no_actor_until_it_names_one() -> None:
    refused: list[BaseException] = []

    def work() -> None:
        try:
            Area.objects.create(slug="a", name="A", partnership="A")
        except DatabaseError as error:
            refused.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert audit.NO_ACTOR in str(refused[0])
    assert not Area.objects.exists()


# --- by other doors than ours ------------------------------------------------------------------


def test_a_database_console_is_refused(subtests: pytest.Subtests) -> None:
    factories.area(name="A")
    before = [list(m.objects.values()) for m in (Area, AuditEvent)]
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        console: Any = sqlite3.connect(settings["NAME"], isolation_level=None)
    else:
        console = psycopg.connect(
            host=settings["HOST"],
            port=settings["PORT"],
            user=settings["USER"],
            password=settings["PASSWORD"],
            dbname=settings["NAME"],
            autocommit=True,
        )
    refused = r"throughline|actor|append-only"
    for statement in (
        "INSERT INTO management_area (slug, name, partnership) VALUES ('b', 'B', 'B')",
        "UPDATE management_area SET name = 'changed'",
        "DELETE FROM management_area",
        "UPDATE management_auditevent SET actor_name = 'somebody else'",
        "DELETE FROM management_auditevent",
    ):
        with subtests.test(statement=statement):
            with pytest.raises((sqlite3.Error, psycopg.Error), match=refused):
                console.execute(statement)
            assert [list(m.objects.values()) for m in (Area, AuditEvent)] == before
    console.close()


@only_sqlite
def test_an_event_cannot_be_replaced_by_the_sqlite_console() -> None:
    """It has recursive triggers off, so that REPLACE removes a row without asking a trigger."""
    factories.area(name="A")
    before = list(AuditEvent.objects.values())
    console = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    console.execute("PRAGMA recursive_triggers = OFF")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        console.execute("REPLACE INTO management_auditevent SELECT * FROM management_auditevent")
    console.close()
    assert list(AuditEvent.objects.values()) == before


# --- migrations ----------------------------------------------------------------------------------

LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [({app!r}, {last!r})]
    operations = [
        step
        for model, field in {altered!r}
        for step in (
            migrations.AlterField(model, field, models.TextField(null=True)),
            migrations.AddConstraint(
                model, models.CheckConstraint(condition=~models.Q(id=-1), name=f"later_{{model}}")
            ),
        )
    ]
"""


@pytest.mark.parametrize(
    "altered",
    [{Area: "partnership", Post: "title", AuditEvent: "reason"}, {KeyMessage: "text"}],
    ids=["management", "plans"],
)
def test_a_later_migration_that_rebuilds_tables_keeps_the_rows_and_the_triggers(
    altered: dict[Any, str], tmp_path: Any, settings: Any, monkeypatch: Any, nobody: Any
) -> None:
    """Each of these tables is named by the triggers of others, which SQLite would not have."""
    world = factories.world("CANARY-ARDMORE", "ardmore")
    before = [list(model.objects.order_by("pk").values()) for model in altered]
    app = next(iter(altered))._meta.app_label
    (leaf,) = MigrationLoader(None).graph.leaf_nodes(app)
    package = tmp_path / f"later_{app}"
    shutil.copytree(Path(apps.get_app_config(app).path) / "migrations", package)
    (package / "9999_later.py").write_text(
        LATER.format(
            app=app,
            last=leaf[1],
            altered=[(model._meta.model_name, field) for model, field in altered.items()],
        )
    )
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {app: package.name}
    for name in ("9999_later", leaf[1]):
        call_command("migrate", app, name, verbosity=0)
        assert audit.missing() == []
        assert errors_found() == []
        assert [list(model.objects.order_by("pk").values()) for model in altered] == before
        with pytest.raises(IntegrityError, match=audit.NO_ACTOR):
            nobody(world.key_message.save)


@only_sqlite
def test_the_check_sees_that_a_rebuilt_table_has_lost_its_triggers() -> None:
    """By a rebuild that no `migrate` surrounds: the silent loss that the check is for."""
    field = Frozen._meta.get_field("text")
    other = models.TextField(null=True)
    other.set_attributes_from_name("text")
    other.model = Frozen
    with connection.schema_editor() as editor:
        editor.alter_field(Frozen, field, other)
    with connection.schema_editor() as editor:
        editor.alter_field(Frozen, other, field)
    assert "tl_governance_frozen_keep_delete" in audit.missing()
    assert errors_found() == ["throughline.E001"]
    call_command("migrate", verbosity=0)
    assert audit.missing() == []


def test_going_back_and_forth_through_the_migrations_ends_with_every_trigger() -> None:
    call_command("migrate", "governance", "zero", verbosity=0)
    assert [name for name in audit.missing() if "governance" not in name] == []
    call_command("migrate", verbosity=0)
    assert audit.missing() == []


def test_a_failed_installation_leaves_the_triggers_as_they_were(monkeypatch: Any) -> None:
    """The old ones go and the new ones come in one transaction: no write slips in between."""
    good = audit._statements
    monkeypatch.setattr(
        audit, "_statements", lambda m, v: [*good(m, v)] + ["CREATE nonsense"] * (m is Update)
    )
    with pytest.raises(DatabaseError):
        audit.install()
    monkeypatch.undo()
    assert audit.missing() == []


@pytest.mark.parametrize("again", [1, 2])
def test_a_transactional_test_finds_the_triggers_and_an_empty_database(again: int) -> None:
    """What tests/conftest.py promises; twice, because the second one follows an emptying."""
    assert not AuditEvent.objects.exists()
    assert audit.missing() == []
    factories.area()
    assert AuditEvent.objects.count() == 1
