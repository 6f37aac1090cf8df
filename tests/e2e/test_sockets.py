"""The websocket of the running server, spoken to by hand from a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Server
from tests.e2e.practice import (
    Login,
    Practice,
    add_appointment,
    log_in,
    open_account,
    open_practice,
)

_STATE = "reflex___state____state"
_SESSION = f"{_STATE}.appointment_app___states___session_state____session_state"
_CALENDAR = f"{_SESSION}.appointment_app___states___doctor_calendar____doctor_calendar"
_REASON = "Xanthopsia since Sunday"

# Opens a socket, sends the events in order, and resolves to all that came back.
_SPEAK = """
([token, events]) => new Promise((resolve) => {
  const heard = [];
  const query = `EIO=4&transport=websocket&token=${token}`;
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/_event/?${query}`);
  socket.onerror = () => resolve(["refused"]);
  socket.onmessage = ({ data }) => {
    if (data.startsWith("0")) socket.send("40/_event,{}");
    else if (data === "2") socket.send("3");
    else if (data.startsWith("40")) {
      for (const event of events) socket.send(`42/_event,${JSON.stringify(["event", event])}`);
      setTimeout(() => { socket.close(); resolve(heard); }, 1500);
    } else heard.push(data);
  };
})
"""


@pytest.fixture(scope="module")
def practice(server: Server) -> Practice:
    """A practice with an appointment whose reason stands nowhere else."""
    practice = open_practice(server, "Sockets")
    patient = open_account(server, "Sara", "Sockets")
    add_appointment(server, practice, patient.person, reason=_REASON)
    return practice


def enter(page: Page, server: Server, login: Login) -> None:
    """Log in and open a page from which sockets can be opened."""
    log_in(page, server, login)
    page.goto("/login")


def event(name: str, **payload: Any) -> dict[str, Any]:
    """An event as a page of the calendar sends it."""
    where = {"pathname": "/calendar", "asPath": "/calendar?view=week&date=2026-11-23"}
    return {"name": name, "payload": payload, "router_data": where}


def speak(page: Page, token: str, *events: dict[str, Any]) -> str:
    """Send the events over a socket of the page; all that came back."""
    return "\n".join(page.evaluate(_SPEAK, [token, list(events)]))


def test_only_handlers_can_be_called(
    new_page: Callable[..., Page], server: Server, practice: Practice
) -> None:
    page = new_page()
    enter(page, server, practice.login)
    hidden = [f"{_SESSION}._actor", f"{_SESSION}._show", f"{_CALENDAR}._read", "no.such.handler"]
    hidden += [f"{_SESSION}.setvar", f"{_CALENDAR}.setvar", f"{_STATE}.setvar"]
    refused = [event(name, var_name="is_administrator", value=_REASON) for name in hidden]
    assert speak(page, "made-by-hand-1", *refused) == ""
    log = server.log.read_text(errors="replace")
    assert _REASON not in log
    assert "session=" not in log
    # The same socket, used as pages do.
    heard = speak(page, "made-by-hand-2", *refused, event(f"{_CALENDAR}.load"))
    assert "Sockets" in heard


def test_a_socket_hears_nothing_more_once_its_login_has_ended_elsewhere(
    new_page: Callable[..., Page], server: Server, practice: Practice
) -> None:
    page, elsewhere = new_page(), new_page()
    enter(page, server, practice.login)
    assert "Sara Sockets" in speak(page, "made-by-hand-3", event(f"{_CALENDAR}.load"))
    elsewhere.context.add_cookies(page.context.cookies())
    elsewhere.goto("/")
    ended = elsewhere.evaluate(
        "() => fetch('/api/v1/auth/logout', { method: 'POST' }).then((answer) => answer.status)"
    )
    assert ended == 200
    heard = speak(page, "made-by-hand-3", event(f"{_CALENDAR}.load"))
    assert "/login?next=" in heard
    assert "Sara Sockets" not in heard


def test_anothers_token_brings_nothing_of_what_their_tab_held(
    new_page: Callable[..., Page], server: Server, practice: Practice
) -> None:
    theirs, mine = new_page(), new_page()
    enter(theirs, server, practice.login)
    assert "Sara Sockets" in speak(theirs, "made-by-hand-4", event(f"{_CALENDAR}.load"))
    enter(mine, server, open_account(server, "Mallory"))
    heard = speak(
        mine,
        "made-by-hand-4",
        event(f"{_STATE}.hydrate_and_load"),
        event(f"{_CALENDAR}.keep_appointment"),
    )
    assert "Mallory" in heard
    assert "Sara Sockets" not in heard
