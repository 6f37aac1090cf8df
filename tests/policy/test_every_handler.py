"""Every event handler, called by everybody: what they get, what changes, what they see."""

from __future__ import annotations

from logging import ERROR
from typing import Any

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext

from appointment_app.errors import Forbidden, NotFound
from appointment_app.i18n import t
from appointment_app.states.session_state import SessionState
from tests.policy.expected_of_handlers import ROWS
from tests.policy.handler_rows import Gets, Row, Step
from tests.policy.tabs import Sockets, Tab, handlers, state_classes
from tests.policy.who_sees_what import SECRETS, Who, leaks
from tests.policy.world import World, changed_tables

_NO_RIGHT = (
    Forbidden().sentence,
    t("This account is not a patient's, so it cannot book for itself."),
    '"is_forbidden_rx_state_": true',
)
_NOT_THERE = (NotFound().sentence, '"is_missing_rx_state_": true')
_TO_LOGIN = '"path": "/login?next='


def test_every_handler_has_a_row() -> None:
    without = sorted(handlers().keys() - {row.handler for row in ROWS})
    assert not without, (
        "Any browser can call these handlers with any arguments. Write a row in"
        f" tests/policy/expected_of_*.py that says what everybody gets: {without}"
    )


def test_every_row_has_a_handler() -> None:
    gone = sorted({row.handler for row in ROWS} - handlers().keys())
    assert not gone, f"No handler has these names any more; take their rows out: {gone}"


def test_every_row_says_something_for_everybody() -> None:
    assert {len(row.gets) for row in ROWS} == {len(Who)}
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
async def test_handler(
    row: Row,
    world: World,
    sockets: Sockets,
    silent_log: pytest.LogCaptureFixture,
) -> None:
    theirs = _Situation(row, world, sockets)
    wrong = []
    for who in Who:
        try:
            await _ask(row, who, world, theirs)
            assert [each.getMessage() for each in silent_log.records if each.levelno >= ERROR] == []
        except AssertionError as error:
            wrong.append(f"{who.name}: {error}")
        silent_log.clear()
        await world.restore()
    assert not wrong, "\n\n".join(wrong)


async def _ask(row: Row, who: Who, world: World, situation: _Situation) -> None:
    tab, known = await situation.tab_of(who)
    before = world.rows()
    shown = await tab.send(row.handler, world.filled(row.arguments))
    changed = changed_tables(before, world.rows())
    await tab.disconnect()

    expected = row.expected(who)
    assert _refusal(shown) == _refusal_expected(expected), shown
    does = expected in {Gets.DONE, Gets.UNSEEN}
    assert changed == (row.changes if does else set())
    assert expected is not Gets.DONE or row.shows in shown
    assert [secret for secret in leaks(shown, who) if secret not in known] == []
    assert not any(token in shown for token in world.tokens.values())


class _Situation:
    """The situation of a row, into which it brings everybody's tab."""

    def __init__(self, row: Row, world: World, sockets: Sockets) -> None:
        self._row, self._world, self._sockets = row, world, sockets
        self._state = row.handler.partition(".")[0]
        self._owners: dict[type[rx.State], dict[str, Any]] | None = None

    async def tab_of(self, who: Who) -> tuple[Tab, set[str]]:
        """Return somebody's tab, and the secrets that it holds by that alone."""
        if self._row.owner in {None, who}:
            return await self._walked(who), set()
        held = self._owners or await self._held_by_owner()
        tab = await self._open(who)
        # So that the tab knows who looks at it.
        await tab.send("MyAppointments.keep")
        for state_class, values in held.items():
            await tab.hold(state_class, values)
        text = repr(held)
        return tab, {secret for secrets in SECRETS.values() for secret in secrets if secret in text}

    async def _held_by_owner(self) -> dict[type[rx.State], dict[str, Any]]:
        theirs = await self._walked(self._row.owner)
        state_class = next(each for each in state_classes() if each.__name__ == self._state)
        held = {
            each: await theirs.held(each)
            for each in state_class.mro()
            if each in state_classes() and each is not SessionState
        }
        # What the way there wrote is taken back before the next one asks.
        self._owners = None if self._world.is_changed() else held
        return held

    async def _walked(self, who: Who) -> Tab:
        tab = await self._open(who)
        await _walk(tab, self._state, self._row.before, self._world)
        return tab

    async def _open(self, who: Who) -> Tab:
        address = self._world.filled(self._row.address)
        return await self._sockets.open(address, self._world.cookie(who))


async def _walk(tab: Tab, state: str, steps: tuple[Step, ...], world: World) -> None:
    for step in steps:
        name, arguments = (step, {}) if isinstance(step, str) else step
        handler = name if "." in name else f"{state}.{name}"
        await tab.send(handler, world.filled(arguments))


def _refusal(shown: str) -> Gets | None:
    if _TO_LOGIN in shown:
        return Gets.LOGIN
    if any(sentence in shown for sentence in _NO_RIGHT):
        return Gets.FORBIDDEN
    return Gets.MISSING if any(sentence in shown for sentence in _NOT_THERE) else None


def _refusal_expected(expected: Gets) -> Gets | None:
    if expected is Gets.UNSEEN:
        return Gets.FORBIDDEN
    return None if expected in {Gets.DONE, Gets.NOTHING} else expected


def test_reflex_adds_no_handler_that_pages_may_call() -> None:
    """What Reflex brings is refused at the door, except what its own front end needs."""
    ours = set(handlers().values())
    theirs = {
        name.rpartition(".")[2]
        for name, registered in RegistrationContext.get().event_handlers.items()
        if name not in ours and not registered.states[0].__module__.startswith("tests.")
    }
    assert theirs == {
        "handle_frontend_exception",  # writes to the log what a script of ours stumbled over
        "hydrate",  # sends the tab its own state
        "hydrate_and_load",
        "on_load_internal",  # calls the handlers that load the page at the address
        "set_is_hydrated",
        # Refused:
        "setvar",
        "update_vars_internal",
    }
