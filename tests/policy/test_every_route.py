"""Every route of the API, asked by everybody: what they get, what changes, what they see."""

from __future__ import annotations

from collections.abc import Iterator
from logging import ERROR
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from appointment_app.api.app import API_PREFIX
from appointment_app.appointment_app import app
from tests.api.clients import bare_api, browser, program
from tests.policy.expected_of_routes import OF_REFLEX, ROWS
from tests.policy.route_rows import Row
from tests.policy.who_sees_what import Who, leaks
from tests.policy.world import World, changed_tables

_WITH_BODY = {"POST", "PUT", "PATCH"}
_SAFE = {"GET", "HEAD", "OPTIONS"}
_UNSAFE_ROWS = [row for row in ROWS if row.method not in _SAFE]


def routes() -> set[str]:
    """All routes of the API as ``METHOD /path``."""
    return set(_routes(bare_api().routes, ""))


def _routes(found: list[Any], prefix: str) -> Iterator[str]:
    for route in found:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from _routes(included.routes, prefix + route.include_context.prefix)
            continue
        for method in route.methods - {"HEAD", "OPTIONS"}:
            yield f"{method} {prefix}{route.path}"


def test_every_route_has_a_row() -> None:
    without = sorted(routes() - {row.route for row in ROWS})
    assert not without, (
        "Anybody can send requests to these routes. Write a row in"
        f" tests/policy/expected_of_routes.py that says what everybody gets: {without}"
    )


def test_every_row_has_a_route() -> None:
    gone = sorted({row.route for row in ROWS} - routes())
    assert not gone, f"There are no such routes any more; take their rows out: {gone}"


def test_every_row_says_something_for_everybody() -> None:
    assert {len(row.answers) for row in ROWS} == {len(Who)}


def test_beside_the_api_only_what_reflex_needs_is_served() -> None:
    assert {route.path for route in app._api.routes} == set(OF_REFLEX)
    mounts = [route.path for route in app.api_transformer[0].routes if isinstance(route, Mount)]
    assert mounts == [API_PREFIX, "/api/docs-files"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route.replace(" ", "_"))
async def test_route(row: Row, world: World, silent_log: pytest.LogCaptureFixture) -> None:
    wrong = []
    for who in Who:
        try:
            await _ask(row, who, world)
            assert [each.getMessage() for each in silent_log.records if each.levelno >= ERROR] == []
        except AssertionError as error:
            wrong.append(f"{who.name}: {error}")
        silent_log.clear()
        await world.restore()
    assert not wrong, "\n\n".join(wrong)


async def _ask(row: Row, who: Who, world: World) -> None:
    before = world.rows()
    answer = await ask(row, world, who, browser)
    changed = changed_tables(before, world.rows())

    assert answer.status_code == row.expected(who), answer.text
    assert changed == (row.changed_for(who) if answer.is_success else set())
    shown = f"{answer.headers}\n{answer.text}"
    # An iCalendar file folds long lines.
    assert not answer.is_success or world.filled(row.shows) in shown.replace("\r\n ", "")
    assert leaks(shown.replace("\r\n ", ""), who) == []


@pytest.mark.parametrize("row", _UNSAFE_ROWS, ids=lambda row: row.route.replace(" ", "_"))
async def test_a_page_of_another_site_changes_nothing(row: Row, world: World) -> None:
    # Which origins are others stands in tests/api/test_auth.py.
    before = world.rows()
    answer = await ask(row, world, Who.PATIENT, program, origin="https://elsewhere.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
    assert changed_tables(before, world.rows()) == set()


@pytest.mark.parametrize("row", _UNSAFE_ROWS, ids=lambda row: row.route.replace(" ", "_"))
async def test_a_login_cookie_without_an_origin_changes_nothing(row: Row, world: World) -> None:
    before = world.rows()
    answer = await ask(row, world, Who.PATIENT, program, referer="http://testserver/")
    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
    assert changed_tables(before, world.rows()) == set()


async def ask(row: Row, world: World, who: Who, client: Any, **headers: str) -> httpx.Response:
    """Send the request of the row with the cookie of ``who``."""
    if cookie := world.cookie(who):
        headers["cookie"] = cookie
    async with client(**headers) as sender:
        path = world.filled(row.path)
        body = world.filled(row.body)
        return await sender.request(
            row.method, path, json=body if row.method in _WITH_BODY else None, headers=row.headers
        )
