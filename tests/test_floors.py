"""The house has floors: an import points down, and what a floor may know ends with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import appointment_app

HOUSE = Path(appointment_app.__file__).parent
# From the front door down to what knows nothing of the others; packages and modules side by side.
FLOORS = (
    {"appointment_app"},
    {"pages"},
    {"components"},
    {"states", "api", "serve"},
    {"manage", "startup", "tidying"},
    {"demo", "privacy"},
    {"bulk"},
    {"clinics", "figures", "notifications"},
    {"scheduling", "record"},
    {"accounts", "live", "migrations"},
    {"database"},
    {"database_errors"},
    {"errors", "links", "outbox"},
    {"models"},
    {"frontend_build", "i18n", "inline_scripts", "inserting", "origins", "sqlite_connection"},
    {"aside", "clock", "csv_files", "settings", "texts"},
)
# Who knows the framework, and who knows HTTP. Plugins of the build are part of the framework.
KNOW_REFLEX = {
    "appointment_app",
    "components",
    "inline_scripts",
    "origins",
    "pages",
    "serve",
    "states",
}
KNOW_HTTP = {"api", "states"}

FILES = sorted(HOUSE.rglob("*.py"))


def _part_of(file: Path) -> str:
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


def _imported(file: Path) -> Iterator[str]:
    """The dotted names of the modules that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{file} imports from a dot"
            is_house = node.module == "appointment_app"
            yield from (
                [f"{node.module}.{each.name}" for each in node.names] if is_house else [node.module]
            )


def test_every_part_stands_on_one_floor() -> None:
    parts = [part for floor in FLOORS for part in floor]
    assert sorted(parts) == sorted({_part_of(file) for file in FILES} - {"__init__"})


@pytest.mark.parametrize("number", range(len(FLOORS)))
def test_imports_point_down(number: int) -> None:
    below = set().union(*FLOORS[number + 1 :])
    upwards = {
        f"{file.relative_to(HOUSE)}: {name}"
        for file in FILES
        if (part := _part_of(file)) in FLOORS[number]
        for name in _imported(file)
        if name.startswith("appointment_app.") and name.split(".")[1] not in below | {part}
    }
    assert not upwards


@pytest.mark.parametrize(
    ("library", "know"),
    [("reflex", KNOW_REFLEX), ("fastapi", {"api"}), ("starlette", KNOW_HTTP)],
)
def test_only_some_know_the_framework(library: str, know: set[str]) -> None:
    found = {
        _part_of(file)
        for file in FILES
        if any(name.split(".")[0] in {library, f"{library}_base"} for name in _imported(file))
    }
    assert found == know
