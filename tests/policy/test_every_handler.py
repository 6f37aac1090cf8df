"""Every event handler, called by everybody: what they get, what changes, what they see."""

from __future__ import annotations

import pytest
from reflex_base.registry import RegistrationContext

from appointment_app.errors import Forbidden, NotFound
from appointment_app.i18n import t
from appointment_app.states.session_state import SessionState
from tests.policy.expected_of_handlers import ROWS
from tests.policy.handler_rows import Gets, Row, Step
from tests.policy.tabs import Sockets, Tab, handlers, state_classes
from tests.policy.who_sees_what import SECRETS, Who, leaks
from tests.policy.world import World, changed_tables, rows_by_table

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


@pytest.mark.parametrize("who", list(Who), ids=lambda who: who.name.lower())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
async def test_handler(
    row: Row, who: Who, world: World, sockets: Sockets, silent_log: pytest.LogCaptureFixture
) -> None:
    tab = await sockets.open(world.filled(row.address), world.cookie(who))
    known = await _prepare(row, who, tab, sockets, world)
    before = rows_by_table(world.path)
    shown = await tab.send(row.handler, world.filled(row.arguments))
    changed = changed_tables(before, rows_by_table(world.path))

    expected = row.expected(who)
    assert _refusal(shown) == _refusal_expected(expected), shown
    does = expected in {Gets.DONE, Gets.UNSEEN}
    assert changed == (row.changes if does else set())
    assert expected is not Gets.DONE or row.shows in shown
    assert [secret for secret in leaks(shown, who) if secret not in known] == []
    assert not any(token in shown for token in world.tokens.values())


async def _prepare(row: Row, who: Who, tab: Tab, sockets: Sockets, world: World) -> set[str]:
    """Bring the tab into the situation; return the secrets that it holds by that alone."""
    state = row.handler.partition(".")[0]
    if row.owner in {None, who}:
        await _walk(tab, state, row.before, world)
        return set()
    theirs = await sockets.open(world.filled(row.address), world.cookie(row.owner))
    await _walk(theirs, state, row.before, world)
    # So that the tab knows who looks at it.
    await tab.send("MyAppointments.keep")
    state_class = next(each for each in state_classes() if each.__name__ == state)
    held = ""
    for each in state_class.mro():
        if each in state_classes() and each is not SessionState:
            held += await tab.copy_from(theirs, each)
    return {secret for secrets in SECRETS.values() for secret in secrets if secret in held}


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
