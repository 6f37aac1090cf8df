"""Handlers are called with what no page sends: nobody stumbles, nothing changes, nothing shows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from inspect import Parameter, signature
from typing import Any, get_type_hints
from urllib.parse import quote
from uuid import uuid4

import pytest
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from appointment_app.database import Database
from tests.api.clients import browser
from tests.databases import BACKENDS
from tests.policy.expected_of_handlers import ROWS
from tests.policy.expected_of_routes import ROWS as ROUTES
from tests.policy.expected_of_routes import Row as Route
from tests.policy.handler_rows import Gets, Row
from tests.policy.tabs import Sockets, Tab, handlers
from tests.policy.who_sees_what import Who, leaks
from tests.policy.world import World, changed_tables

_TEXTS = (
    "",
    "x" * 200_000,
    "\x00",
    "nul \x00 inside",
    "\ud800",
    "'; DROP TABLE appointment; --",
    "<img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} %s %n {pending}",
    "../../../etc/passwd",
    "not-a-uuid",
    str(uuid4()),
    "0",
    "-1",
    "9" * 400,
    "9" * 5000,
    "1e308",
    "NaN",
    "²",
    "٣",
    date.max.isoformat(),
    date.min.isoformat(),
    f"{date.min}/{date.max}",
    f"{date.max}/{date.min}",
    "/",
    "99:99",
    "24:00",
    "_actor",
    "is_administrator",
)
# A form of more fields than this is tried with a third of the texts in each.
_MANY_FIELDS = 4
_NUMBERS = (-1, 7, 10**30, -(10**30), 10**400)
_MISFITS = (None, [], {}, 2.5, float("inf"), [None], {"a": {"b": []}}, [[["deep"]]])


def parameters(handler: str) -> dict[str, Any]:
    """The names and types of what a handler takes."""
    fn = RegistrationContext.get().event_handlers[handlers()[handler]].handler.fn
    hints = get_type_hints(fn)
    names = [
        name for name, each in signature(fn).parameters.items() if each.default is Parameter.empty
    ]
    return {name: hints[name] for name in names if name != "self"}


_WITH_BODY = [row for row in ROUTES if row.method == "POST"]
ROWS_WITH_ARGUMENTS = [row for row in ROWS if row.arguments]


def misfitting(handler: str, fitting: dict[str, Any]) -> Iterator[Any]:
    """Arguments that the handler does not take at all."""
    yield from (None, [], "text", 7, {"no_such_argument": 1})
    yield fitting | {"no_such_argument": 1}
    yield fitting | {"self": 1}
    for name, kind in parameters(handler).items():
        yield {each: value for each, value in fitting.items() if each != name}
        for misfit in _MISFITS:
            if not (kind == dict[str, Any] and isinstance(misfit, dict)):
                yield fitting | {name: misfit}
        yield fitting | {name: {FORM_DATA_ENTRIES_KEY: 5}}
        yield fitting | {name: {FORM_DATA_ENTRIES_KEY: [["only a name"]]}}


def nonsense(handler: str, fitting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Arguments of the right kind that no page sends: one nonsense in each."""
    for name, kind in parameters(handler).items():
        if kind == dict[str, Any]:
            form = fitting[name]
            values = [form | {field: each} for field, each in _pairs(form)]
            values += [{}, {"no_such_field": "text"}]
        else:
            values = list({str: _TEXTS, int: _NUMBERS}[kind])
        for value in values:
            yield fitting | {name: value}


def _pairs(fields: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Fields with nonsense in them; of many fields each gets a third of it, all of it is used."""
    texts = _TEXTS + _MISFITS
    step = 3 if len(fields) > _MANY_FIELDS else 1
    for number, field in enumerate(fields):
        yield from ((field, each) for each in texts[number % step :: step])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
async def test_misfitting_arguments_reach_no_handler(
    row: Row, world: World, sockets: Sockets, silent_log: pytest.LogCaptureFixture
) -> None:
    tab = await _tab(row, world, sockets)
    before = world.rows()
    for arguments in misfitting(row.handler, world.filled(row.arguments)):
        if arguments is not None and arguments != row.arguments:
            assert await tab.send(row.handler, arguments) == "", arguments
    assert changed_tables(before, world.rows()) == set()


@pytest.mark.parametrize("row", ROWS_WITH_ARGUMENTS, ids=lambda row: row.name.replace(" ", "_"))
async def test_nonsense_makes_nobody_stumble(
    row: Row, world: World, sockets: Sockets, caplog: pytest.LogCaptureFixture
) -> None:
    tab = await _tab(row, world, sockets)
    who = _rightful(row)
    before = world.rows()
    prepared, found = await tab.saved(), before
    for arguments in nonsense(row.handler, world.filled(row.arguments)):
        if row.before and world.rows() != found:
            await _prepare(row, tab, world)
            prepared, found = await tab.saved(), world.rows()
        elif row.before:  # The way there would lead to the same place.
            await tab.put_back(prepared)
        shown = await tab.send(row.handler, arguments)
        said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
        assert said == [], f"{str(arguments)[:300]}\n{said}"
        assert leaks(shown, who) == []
    assert changed_tables(before, world.rows()) <= row.changes


@pytest.mark.parametrize("route", _WITH_BODY, ids=lambda row: row.route.replace(" ", "_"))
async def test_nonsense_makes_no_route_stumble(
    route: Route, backend: str, installed_database: Database, silent_log: pytest.LogCaptureFixture
) -> None:
    filled = {
        name: uuid4().hex if str(value).startswith("{") else value
        for name, value in route.body.items()
    }
    # Each nonsense in each field, on one of the databases.
    turn = BACKENDS.index(backend)
    pairs = [
        (field, each)
        for field in sorted({*filled, "next"})
        for each in _TEXTS + _NUMBERS + _MISFITS
    ][turn :: len(BACKENDS)]
    bodies = [filled | {field: each} for field, each in pairs]
    async with browser() as somebody:
        for body in [*bodies, *_MISFITS, *_TEXTS[:1]]:
            answer = await somebody.post(
                route.path, content=json.dumps(body), headers={"content-type": "application/json"}
            )
            assert answer.status_code < 500


async def test_nonsense_in_an_address_makes_no_route_stumble(
    installed_database: Database, silent_log: pytest.LogCaptureFixture
) -> None:
    async with browser() as somebody:
        for path in sorted({row.route.partition(" ")[2] for row in ROUTES if "{" in row.route}):
            for text in _TEXTS[2:]:
                nonsense = quote(text, safe="", errors="ignore")
                answer = await somebody.get(re.sub(r"{\w+}", lambda _, by=nonsense: by, path))
                assert answer.status_code < 500, (path, text)


async def _tab(row: Row, world: World, sockets: Sockets) -> Tab:
    tab = await sockets.open(world.filled(row.address), world.cookie(_rightful(row)))
    await _prepare(row, tab, world)
    return tab


async def _prepare(row: Row, tab: Tab, world: World) -> None:
    state = row.handler.partition(".")[0]
    for step in row.before:
        name, arguments = (step, {}) if isinstance(step, str) else step
        handler = name if "." in name else f"{state}.{name}"
        await tab.send(handler, world.filled(arguments))


def _rightful(row: Row) -> Who:
    """Somebody who gets furthest with the handler."""
    if row.owner is not None:
        return row.owner
    state = row.handler.partition(".")[0]
    order = [Who.DOCTOR, Who.PATIENT, Who.ADMINISTRATOR]
    if state in {"BookingForm", "MoveForm", "MyAppointments"}:
        order = [Who.PATIENT]
    of_administrators = {"DoctorRecord", "DoctorSuspension", "FiguresView", "ImportView"}
    if state.startswith("Admin") or state in of_administrators:
        order = [Who.ADMINISTRATOR]
    return next((who for who in order if row.expected(who) is Gets.DONE), Who.PATIENT)
