"""The import rules of this repository, checked by reading the source."""

import ast
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Lowest first: an app may use itself and the apps before it.
APPS = ["management", "kpis", "plans", "governance", "tracker"]
# Lowest first, inside one app. A module not named here is pure: it ranks below them all.
LEVELS = [
    {"querysets"},
    {"models"},
    {"audit", "packs", "requests"},
    {"outbox"},
    {"services", "papers", "tokens"},
    {"building"},
    {"fields", "saving", "forms"},
    {"jobs", "api", "views", "middleware", "logs", "apps"},
    {"urls"},
]
RANK = {part: level for level, parts in enumerate(LEVELS) for part in parts}
PRIVATE = {"forms", "jobs", "api", "views", "urls"}  # never used by another app
ONLY_IN: dict[str, set[str]] = {
    "pandas": set(),
    "openpyxl": {"management/sheets/formats.py"},
    "matplotlib": {
        f"kpis/charts/{name}.py" for name in ("__init__", "axes", "dots", "lines", "look", "small")
    },
    "typst": {"governance/render/typeset.py"},
    "docx": {
        "plans/form/writing.py",
        "plans/form/tables.py",
        "governance/render/word.py",
        "governance/render/word_styles.py",
        "management/word.py",
        "plans/plan_file/word.py",
    },
    "xlsxwriter": {
        "governance/render/workbook.py",
        "management/cells.py",
        "plans/form/workbook.py",
        "plans/tracker/writing.py",
    },
    "django_q": {"management/queue.py"},
    "PIL": {"management/attachments.py"},
}
# Pure modules that need a piece of Django all the same.
NEEDS_DJANGO = {
    "management/store.py": {"django.conf"},
    "governance/render/page.py": {"django.template", "django.utils"},
    "governance/render/pdf.py": {"django.conf"},  # where the fonts are
    "plans/scales.py": {"django.db"},  # IntegerChoices
    "plans/states.py": {"django.db"},  # TextChoices
    "plans/statuses.py": {"django.db"},  # TextChoices
    "plans/words.py": {"django.db"},  # TextChoices
}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
SQL_BY_HAND = {"management/audit.py"}
SIGNALS = {"management/audit.py"}
FILES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]


def every_file(check: Callable[[Path], None]) -> Callable[[], None]:
    """One test of all files: one for each would take longer to collect than to run."""

    def test() -> None:
        wrong = []
        for path in FILES:
            try:
                check(path)
            except AssertionError as error:
                wrong.append(f"{path.relative_to(ROOT)}: {error}")
        assert not wrong, "\n".join(wrong)

    return test


@functools.cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def part_of(where: Path) -> str:
    """The module, or the package of modules, by which a file of an app is ranked."""
    return where.parts[1].removesuffix(".py")


def names_used(path: Path) -> Iterator[str]:
    """Every dotted name a file depends on: its imports, and 'app.Model' in relations."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in RELATIONS:
            yield from (str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant))


def attributes(path: Path) -> Iterator[ast.Attribute]:
    for node in nodes(path):
        if isinstance(node, ast.Attribute):
            yield node


def test_the_rules_read_the_whole_product() -> None:
    assert len(FILES) > 60


@every_file
def test_imports_go_down(path: Path) -> None:
    where = path.relative_to(ROOT)
    app, part = where.parts[0], part_of(where)
    for name in names_used(path):
        other, _, rest = name.partition(".")
        assert other != "tests", f"{where} must not use the tests"
        if other not in APPS or app == "tracker" or "commands" in where.parts:
            continue  # the project package and the operator commands may use everything
        other_part = rest.split(".")[0]
        assert APPS.index(other) <= APPS.index(app), f"{where} must not use {name}"
        if other != app:
            # What every viewset stands on is in management.api, for the api modules alone.
            shared = part == "api" and name.startswith("management.api.")
            assert shared or other_part not in PRIVATE, f"{where} must not use {name}"
        elif other_part in RANK and other_part != part:
            assert RANK[other_part] < RANK.get(part, -1), f"{where} must not use {name}"


@every_file
def test_heavy_packages_stay_put(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    for name in names_used(path):
        package = name.split(".")[0]
        assert where in ONLY_IN.get(package, {where}), f"{where} must not import {package}"


@every_file
def test_pure_modules_know_nothing_of_django(path: Path) -> None:
    where = path.relative_to(ROOT)
    if where.parts[0] in {"management", "tracker"} or part_of(where) in RANK:
        return
    allowed = NEEDS_DJANGO.get(str(where), set())
    for name in names_used(path):
        short = ".".join(name.split(".")[:2])
        assert not name.startswith("django") or short in allowed, f"{where} must not use {name}"


@every_file
def test_doors_read_only_what_the_user_may_see(path: Path) -> None:
    """Views and API endpoints start every query with .visible_to(user)."""
    if part_of(path.relative_to(ROOT)) not in {"views", "api"}:
        return
    for node in attributes(path):
        assert node.attr not in {"_default_manager", "_base_manager"}, f"{path.name}:{node.lineno}"
        if getattr(node.value, "attr", "") == "objects":
            assert node.attr == "visible_to", f"{path.name}:{node.lineno} .objects.{node.attr}"


@every_file
def test_views_write_through_services_only(path: Path) -> None:
    if part_of(path.relative_to(ROOT)) not in {"views", "api", "forms"}:
        return
    writes = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
    for node in attributes(path):
        owner = getattr(node.value, "id", "")
        if owner != "cache":
            assert node.attr not in writes | {"save"}, f"{path}:{node.lineno} .{node.attr}"


@every_file
def test_sql_is_written_by_hand_in_the_audit_trail_alone(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    if where in SQL_BY_HAND:
        return
    called = {id(node.func) for node in nodes(path) if isinstance(node, ast.Call)}
    for node in attributes(path):
        # A field may be called raw: what is not called, and is not of a manager, runs no SQL.
        runs = id(node) in called or getattr(node.value, "attr", "") == "objects"
        assert not (runs and node.attr in {"raw", "extra", "cursor"}), f"{where}:{node.lineno}"
        assert node.attr != "RawSQL", f"{where}:{node.lineno}"
    assert not any(name.endswith("RawSQL") for name in names_used(path)), where


def test_no_exception_has_outlived_its_use() -> None:
    for package, places in ONLY_IN.items():
        for where in places:
            used = {name.split(".")[0] for name in names_used(ROOT / where)}
            assert package in used, f"{where} does not import {package}"
    for where, allowed in NEEDS_DJANGO.items():
        used = {".".join(name.split(".")[:2]) for name in names_used(ROOT / where)}
        assert allowed <= used, f"{where} does not use {allowed - used}"
    for where in SQL_BY_HAND:
        assert any(node.attr == "cursor" for node in attributes(ROOT / where)), where
    for where in SIGNALS:
        assert any("signals" in name.split(".") for name in names_used(ROOT / where)), where


@every_file
def test_nothing_happens_behind_a_signal(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    if where in SIGNALS:
        return
    for name in names_used(path):
        assert not name.startswith("django.dispatch"), f"{where} must not use {name}"
        assert "signals" not in name.split("."), f"{where} must not use {name}"


@every_file
def test_no_form_is_exempt_from_the_check_of_its_origin(path: Path) -> None:
    assert not any(name.endswith("csrf_exempt") for name in names_used(path)), path


HAZARDS = (
    *("|safe", "| safe", "autoescape off", "autoescape false", "safeseq"),
    *("javascript:", "<style", "<script>", " onclick="),
)
HARMLESS = {
    # A file to download, which brings its own style; its response allows no script.
    ("governance/templates/governance/pack_file.html", "<style"),
    # The help text of a form field is ours, never a person's; Django's template does the same.
    ("tracker/templates/django/forms/field.html", "|safe"),
}


def test_templates_never_switch_off_escaping() -> None:
    paths = sorted([*ROOT.glob("*/templates/**/*.html"), *ROOT.glob("*/jinja2/**/*.html")])
    assert len(paths) > 20
    for path in paths:
        where = str(path.relative_to(ROOT))
        for hazard in HAZARDS:
            found = hazard in path.read_text()
            assert not found or (where, hazard) in HARMLESS, f"{where}: {hazard}"
