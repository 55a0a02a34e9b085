"""The audit trail: database triggers that record every write, and refuse one without an actor.

The triggers are made from the models: each table of ours gets one that copies the old and the new
row into AuditEvent, with the actor, verb, reason and request id that the application has named
(`acting`). Tables that are `append_only` refuse change and deletion; a row is refused when it
points at another area's row, or moves to another area. A write by any other door (bulk update, raw
SQL, a database console) meets the same triggers. SQLite drops triggers silently when Django
rebuilds a table, and refuses to rebuild one that a trigger names, so there they step aside for
migrations. They are installed after every migration, and looked for by the system check and
/health.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import connections, models, transaction
from django.db.backends.signals import connection_created
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate

from management.access import Actor

OUR_APPS = ("management", "kpis", "plans", "governance")
NO_ACTOR = "A change without a named actor is refused."
# The first word of a statement, below any comments, and those that can write.
_FIRST_WORD = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(\w+)", re.DOTALL)
_WRITES = {"INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "COPY", "CALL", "DO", "EXPLAIN"}
_context: ContextVar[dict[str, Any] | None] = ContextVar("audit", default=None)


@contextmanager
def acting(by: Actor, verb: str, reason: str = "") -> Iterator[None]:
    """One transaction, all of whose writes are recorded as done by `by`, under `verb`."""
    with naming(by, verb, reason), transaction.atomic():
        yield


@contextmanager
def naming(by: Actor, verb: str, reason: str = "", request_id: str = "") -> Iterator[None]:
    """Name the actor of whatever is written inside. Does not open a transaction.

    The reason also says what acted for a person who did not sign in: the name of an API token.
    """
    outer = _context.get() or {}
    if came_by := getattr(by, "came_by", ""):
        reason = f"{reason} (by {came_by})".strip()
    token = _context.set(
        {
            "actor_id": by.actor_id,
            "actor_name": by.actor_name,
            "verb": verb[:100],
            "reason": reason,
            "request_id": request_id or outer.get("request_id", ""),
        }
    )
    try:
        yield
    finally:
        _context.reset(token)


def request_id() -> str:
    """The id of the request being served, or an empty string."""
    return (_context.get() or {}).get("request_id", "")


def connect() -> None:
    """Hand the context to the database, and install the triggers after every migration."""
    connection_created.connect(_prepare, dispatch_uid="audit")
    ours = apps.get_app_config("management")
    pre_migrate.connect(_step_aside, sender=ours, dispatch_uid="audit")
    post_migrate.connect(_migrated, sender=ours, dispatch_uid="audit")


def _prepare(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "throughline_context", 1, lambda key: (_context.get() or {}).get(key)
        )
    elif _hand_down not in connection.execute_wrappers:
        connection.execute_wrappers.append(_hand_down)


def _hand_down(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    """PostgreSQL: name the actor in the transaction of the write, and only there."""
    connection = context["connection"]
    named = _context.get()
    first = _FIRST_WORD.match(str(sql))
    writes = first is not None and first[1].upper() in _WRITES
    if not writes or (named is None and not connection.in_atomic_block):
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias, savepoint=False):
        with connection.cursor() as cursor:
            # Nobody's write must not borrow the name of an earlier one in this transaction.
            value = json.dumps(named) if named else ""
            cursor.execute("SELECT set_config('throughline.context', %s, true)", [value])
        return execute(sql, params, many, context)


def _step_aside(using: str, plan: list[Any], **kwargs: Any) -> None:
    if plan and connections[using].vendor == "sqlite":
        remove(using)


def _migrated(using: str, **kwargs: Any) -> None:
    install(using)


def our_models() -> list[type[models.Model]]:
    """Every table of ours, the many-to-many ones included."""
    return [
        model
        for app in OUR_APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.managed
    ]


def install(using: str = "default") -> None:
    """Make the triggers equal what the models ask for. Safe to repeat."""
    connection = connections[using]
    # In one transaction, so that no write slips in between the old triggers and the new.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        remove(using)
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTIONS)
        for model in our_models():
            if model._meta.db_table in tables:
                for statement in _statements(model, connection.vendor):
                    cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Drop our triggers: only for `install`, migrations and emptying a test database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table, _ in _installed(connection):
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def missing(using: str = "default") -> list[str]:
    """The triggers that should be there and are not, or are switched off."""
    connection = connections[using]
    there = {name for name, _, works in _installed(connection) if works}
    wanted = {name for model in our_models() for name in _trigger_names(model, connection.vendor)}
    return sorted(wanted - there)


@register(Tags.database)
def check_triggers(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    errors = []
    for alias in databases or []:
        # Before an upgrade the triggers are those of the old models: migrate brings the new ones.
        executor = MigrationExecutor(connections[alias])
        upgrading = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not upgrading and (gone := missing(alias)):
            errors.append(
                Error(
                    f"{len(gone)} audit triggers are missing, the first is {gone[0]}.",
                    hint="Run manage.py migrate, which installs them.",
                    id="throughline.E001",
                )
            )
    return errors


def _installed(connection: Any) -> list[tuple[str, str, bool]]:
    sql = (
        "SELECT name, tbl_name, 1 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tl_%%'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text, tgenabled <> 'D' FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgname LIKE 'tl_%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [])
        return [(name, table.strip('"'), bool(works)) for name, table, works in cursor.fetchall()]


def _kinds(model: type[models.Model]) -> tuple[bool, bool, list[models.ForeignKey]]:
    """Whether it is recorded, whether append-only, and its foreign keys to other areas' tables."""
    recorded = getattr(model, "audited", True) and model._meta.model_name != "auditevent"
    guarded = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and _is_owned(model)
        and _is_owned(field.related_model)
    ]
    return recorded, getattr(model, "append_only", False), guarded


def _is_owned(model: type[models.Model]) -> bool:
    """Whether each row belongs to an area."""
    return "area" in {f.name for f in model._meta.concrete_fields}


def _trigger_names(model: type[models.Model], vendor: str) -> list[str]:
    return [line.split('"')[1] for line in _statements(model, vendor)]


def _statements(model: type[models.Model], vendor: str) -> list[str]:
    recorded, append_only, guarded = _kinds(model)
    make = _sqlite if vendor == "sqlite" else _postgres
    return make(model, recorded, append_only, guarded)


def _area_column(model: type[models.Model]) -> str | None:
    if model._meta.label == "management.Area":
        return "id"
    fields = {f.name: f.column for f in model._meta.concrete_fields}
    return fields.get("area")


def _sqlite(model: Any, recorded: bool, append_only: bool, guarded: Any) -> list[str]:
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [
        f.column
        for f in model._meta.concrete_fields
        if f.name not in getattr(model, "not_recorded", ())
    ]
    area = _area_column(model)

    def row(side: str) -> str:
        return "json_object(" + ", ".join(f"'{c}', {side}.\"{c}\"" for c in columns) + ")"

    statements = []
    if recorded:
        for operation in ("INSERT", "UPDATE", "DELETE"):
            old = "NULL" if operation == "INSERT" else row("OLD")
            new = "NULL" if operation == "DELETE" else row("NEW")
            side = "OLD" if operation == "DELETE" else "NEW"
            statements.append(f"""
                CREATE TRIGGER "tl_{table}_{operation.lower()}" AFTER {operation} ON "{table}"
                BEGIN
                  SELECT RAISE(ABORT, '{NO_ACTOR}')
                    WHERE throughline_context('actor_name') IS NULL;
                  INSERT INTO "management_auditevent" ("at", "area_id", "table_name", "row_id",
                    "operation", "old", "new", "actor_id", "actor_name", "verb", "reason",
                    "request_id")
                  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'),
                    {f'{side}."{area}"' if area else "NULL"}, '{table}',
                    CAST({side}."{key}" AS TEXT), '{operation.lower()}', {old}, {new},
                    throughline_context('actor_id'), throughline_context('actor_name'),
                    throughline_context('verb'), throughline_context('reason'),
                    throughline_context('request_id'));
                END""")
    if append_only:
        statements += [
            f"""
            CREATE TRIGGER "tl_{table}_keep_{operation.lower()}" BEFORE {operation} ON "{table}"
            BEGIN SELECT RAISE(ABORT, '{table} is append-only.'); END"""
            for operation in ("UPDATE", "DELETE")
        ]
        # REPLACE deletes a row without asking a trigger, in a console without recursive triggers.
        statements.append(f"""
            CREATE TRIGGER "tl_{table}_keep_insert" BEFORE INSERT ON "{table}"
            WHEN EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}")
            BEGIN SELECT RAISE(ABORT, '{table} is append-only.'); END""")
    if _is_owned(model):
        statements.append(f"""
            CREATE TRIGGER "tl_{table}_stays" BEFORE UPDATE ON "{table}"
            WHEN OLD."area_id" <> NEW."area_id"
            BEGIN SELECT RAISE(ABORT, '{table}: a row never moves to another area.'); END""")
    if guarded:
        tests = "\n".join(
            f"SELECT RAISE(ABORT, '{table}: {f.name} belongs to another area.') WHERE EXISTS"
            f' (SELECT 1 FROM "{f.related_model._meta.db_table}" AS parent'
            f' WHERE parent."{f.target_field.column}" = NEW."{f.column}"'
            f' AND parent."area_id" <> NEW."area_id");'
            for f in guarded
        )
        statements += [
            f"""
            CREATE TRIGGER "tl_{table}_area_{operation.lower()}" BEFORE {operation} ON "{table}"
            BEGIN {tests} END"""
            for operation in ("INSERT", "UPDATE")
        ]
    return statements


def _postgres(model: Any, recorded: bool, append_only: bool, guarded: Any) -> list[str]:
    table = model._meta.db_table
    secret = ",".join(
        f.column
        for f in model._meta.concrete_fields
        if f.name in getattr(model, "not_recorded", ())
    )
    statements = []
    if recorded:
        statements.append(
            f'CREATE TRIGGER "tl_{table}_audit" AFTER INSERT OR UPDATE OR DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION throughline_audit"
            f"('{model._meta.pk.column}', '{_area_column(model) or ''}', '{secret}')"
        )
    if recorded or append_only:
        statements.append(
            f'CREATE TRIGGER "tl_{table}_truncate" BEFORE TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION throughline_refuse()"
        )
    if append_only:
        statements.append(
            f'CREATE TRIGGER "tl_{table}_keep" BEFORE UPDATE OR DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION throughline_refuse()"
        )
    if _is_owned(model):
        pairs = ", ".join(f"'{f.column}', '{f.related_model._meta.db_table}'" for f in guarded)
        statements.append(
            f'CREATE TRIGGER "tl_{table}_area" BEFORE INSERT OR UPDATE ON "{table}"'
            f" FOR EACH ROW EXECUTE FUNCTION throughline_same_area({pairs})"
        )
    return statements


_POSTGRES_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION throughline_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  context jsonb := NULLIF(current_setting('throughline.context', true), '')::jsonb;
  before jsonb; after jsonb; facts jsonb;
BEGIN
  IF context IS NULL OR context ->> 'actor_name' IS NULL THEN
    RAISE EXCEPTION '{NO_ACTOR}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD) - string_to_array(TG_ARGV[2], ','); END IF;
  IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW) - string_to_array(TG_ARGV[2], ','); END IF;
  facts := COALESCE(after, before);
  INSERT INTO management_auditevent (at, area_id, table_name, row_id, operation, old, new,
    actor_id, actor_name, verb, reason, request_id)
  VALUES (clock_timestamp(), (facts ->> NULLIF(TG_ARGV[1], ''))::bigint, TG_TABLE_NAME,
    facts ->> TG_ARGV[0], lower(TG_OP), before::text, after::text,
    (context ->> 'actor_id')::bigint, context ->> 'actor_name', context ->> 'verb',
    context ->> 'reason', context ->> 'request_id');
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION throughline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only.', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION throughline_same_area() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE facts jsonb := to_jsonb(NEW); other boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.area_id <> NEW.area_id THEN
      RAISE EXCEPTION '%: a row never moves to another area.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  FOR i IN 0 .. TG_NARGS / 2 - 1 LOOP
    EXECUTE format('SELECT true FROM %I WHERE id = $1 AND area_id <> $2', TG_ARGV[2 * i + 1])
      INTO other USING (facts ->> TG_ARGV[2 * i])::bigint, (facts ->> 'area_id')::bigint;
    IF other THEN
      RAISE EXCEPTION '%: % belongs to another area.', TG_TABLE_NAME, TG_ARGV[2 * i]
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
"""
