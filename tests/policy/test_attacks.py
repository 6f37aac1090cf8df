"""What somebody tries who does not use our pages: other names, other tabs, other sites."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from appointment_app import clock
from appointment_app.accounts import login_sessions, throttle
from appointment_app.accounts.next_path import safe_next_path
from appointment_app.appointment_app import app
from tests.accounts.people import NOON, PASSWORD
from tests.api.clients import ORIGIN, browser
from tests.policy.expected_of_calendar import CALENDAR
from tests.policy.expected_of_handlers import APPOINTMENT
from tests.policy.tabs import Sockets, handlers
from tests.policy.who_sees_what import Who, leaks
from tests.policy.world import World, changed_tables

_SESSION = handlers()["DoctorCalendar.load"].rpartition(".")[0].rpartition(".")[0]
_CALENDAR = handlers()["DoctorCalendar.load"].rpartition(".")[0]
_PRIVATE = [
    f"{_SESSION}.{name}"
    for name in (
        "_actor",
        "_show",
        "_recognise",
        "_identity",
        "_refused",
        "setvar",
        "set_is_administrator",
        "set__user_id",
        "reset",
        "get_state",
        "dict",
        "__init__",
        "__class__",
        "is_administrator",
    )
] + [
    f"{_CALENDAR}._read",
    f"{_CALENDAR}._change",
    f"{_CALENDAR}.setvar",
    "reflex___state____state.setvar",
    "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
    "_redirect",
    "_call_script",
    "",
    "no.such.state.handler",
    "\x00",
]
_TYPED = "Fainting in the morning"


@pytest.mark.parametrize("name", _PRIVATE)
async def test_names_that_are_no_handlers_do_nothing_and_log_nothing_private(
    name: str, world: World, sockets: Sockets, silent_log: pytest.LogCaptureFixture
) -> None:
    tab = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR))
    await tab.send("DoctorCalendar.load")
    before = world.rows()
    for arguments in (
        {},
        {"var_name": "is_administrator", "value": _TYPED},
        {"vars": {f"{_SESSION}.is_administrator": True}},
        {"self": None, "error": _TYPED},
    ):
        assert await tab.send(name, arguments) == ""
    assert changed_tables(before, world.rows()) == set()
    said = "\n".join(record.getMessage() for record in silent_log.records)
    assert _TYPED not in said
    assert world.tokens[Who.DOCTOR] not in said
    # The tab goes on as if nothing had been.
    assert "November 2026" in await tab.send("DoctorCalendar.load")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        7,
        _TYPED,
        '{"name": "x"}',
        {},
        {"name": None},
        {"name": ["x"]},
        {"name": handlers()["DoctorCalendar.load"], "router_data": _TYPED},
        {"name": handlers()["DoctorCalendar.load"], "router_data": {"pathname": 7}},
        {"name": handlers()["DoctorCalendar.load"], "router_data": {"query": _TYPED}},
        {"name": handlers()["DoctorCalendar.load"], "payload": _TYPED},
    ],
    ids=repr,
)
async def test_what_is_no_event_is_refused_without_a_trace_of_what_was_in_it(
    data: Any, world: World, sockets: Sockets, silent_log: pytest.LogCaptureFixture
) -> None:
    tab = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR))
    sockets.sent.clear()
    await app.event_namespace.on_event(tab.socket, data)
    assert sockets.sent == {}
    assert _TYPED not in "\n".join(record.getMessage() for record in silent_log.records)
    assert "November 2026" in await tab.send("DoctorCalendar.load")


async def test_a_browser_cannot_say_in_its_event_who_it_is(world: World, sockets: Sockets) -> None:
    """Cookie and network address come from the socket, whatever the event says."""
    tab = await sockets.open(CALENDAR)
    event = {
        "name": handlers()["DoctorCalendar.load"],
        "payload": {},
        "router_data": {
            "pathname": "/calendar",
            "asPath": CALENDAR,
            "headers": {"cookie": world.cookie(Who.DOCTOR)},
            "ip": "203.0.113.1",
            "token": "somebody else's",
            "sid": "somebody else's",
        },
    }
    await app.event_namespace.on_event(tab.socket, event)
    shown = await tab.send("DoctorCalendar.load")
    assert '"path": "/login?next=' in shown
    assert leaks(shown, Who.NOBODY) == []
    async with tab.states() as root:
        assert root.router.session.client_ip == "192.0.2.7"
        assert root.router.session.client_token == tab.token


async def test_a_tab_whose_login_was_ended_elsewhere_gets_nothing_more(
    world: World, sockets: Sockets
) -> None:
    tab = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR))
    await tab.send("DoctorCalendar.load")
    shown = await tab.send("DoctorCalendar.open_appointment", {"appointment_id": _id(world)})
    assert _TYPED in shown
    async with browser(cookie=world.cookie(Who.DOCTOR)) as elsewhere:
        assert (await elsewhere.post("/auth/logout")).is_success
    before = world.rows()
    shown = await tab.send("DoctorCalendar.confirm")
    assert '"path": "/login?next=' in shown
    assert leaks(shown, Who.NOBODY) == []
    assert changed_tables(before, world.rows()) == set()
    for handler in ("DoctorCalendar.load", "DoctorCalendar.confirm", "MyAppointments.load_list"):
        shown = await tab.send(handler)
        assert leaks(shown, Who.NOBODY) == []
    assert changed_tables(before, world.rows()) == set()


async def test_another_process_ended_the_login_and_seconds_later_this_one_knows(
    world: World, sockets: Sockets
) -> None:
    tab = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR))
    assert "November 2026" in await tab.send("DoctorCalendar.load")
    async with browser(cookie=world.cookie(Who.DOCTOR)) as elsewhere:
        remembered = dict(login_sessions._found)
        assert (await elsewhere.post("/auth/logout")).is_success
        login_sessions._found.update(remembered)
    with clock.frozen(NOON + login_sessions.REMEMBERED):
        assert '"path": "/login?next=' in await tab.send("DoctorCalendar.confirm")


@pytest.mark.parametrize("who", [who for who in Who if who is not Who.DOCTOR])
@pytest.mark.parametrize("first", ["reflex___state____state.hydrate_and_load", "ask", "refuse"])
async def test_the_token_of_anothers_tab_brings_nothing_of_what_it_held(
    who: Who, first: str, world: World, sockets: Sockets
) -> None:
    theirs = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR))
    await theirs.send("DoctorCalendar.load")
    await theirs.send("DoctorCalendar.open_appointment", {"appointment_id": _id(world)})
    await theirs.disconnect()
    taken = await sockets.open(CALENDAR, world.cookie(who), token=theirs.token)
    before = world.rows()
    events: dict[str, tuple[str, dict[str, Any]]] = {
        "ask": ("MyAppointments.ask", {"appointment_id": "no such id"}),
        "refuse": ("DoctorCalendar.confirm", {}),
    }
    shown = await taken.send(*events.get(first, (first, {})))
    shown += await taken.send("DoctorCalendar.keep_appointment")
    shown += await taken.send("reflex___state____state.hydrate_and_load")
    assert leaks(shown, who) == []
    assert changed_tables(before, world.rows()) == set()


async def test_a_token_in_use_is_not_shared(world: World, sockets: Sockets) -> None:
    theirs = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR))
    await theirs.send("DoctorCalendar.load")
    taken = await sockets.open(CALENDAR, world.cookie(Who.DOCTOR), token=theirs.token)
    shown = await taken.send("reflex___state____state.hydrate_and_load")
    assert theirs.token not in shown


async def test_somebody_in_the_same_tab_after_another_finds_it_empty(
    world: World, sockets: Sockets
) -> None:
    """The page loads anew after logging in, with the tab's token and another cookie."""
    address = world.filled(APPOINTMENT)
    pias = await sockets.open(address, world.cookie(Who.PATIENT))
    assert "Quillfeather" in await pias.send("MyAppointments.load_one")
    await pias.disconnect()
    pauls = await sockets.open(address, world.cookie(Who.OTHER_PATIENT), token=pias.token)
    shown = await pauls.send("reflex___state____state.hydrate_and_load")
    assert leaks(shown, Who.OTHER_PATIENT) == []
    assert '"is_missing_rx_state_": true' in shown


@pytest.mark.parametrize(
    "address",
    [
        "//elsewhere.example/calendar",
        "/\\elsewhere.example",
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "/calendar?next=//elsewhere.example",
        "/calendar\r\nSet-Cookie: a=b",
        "",
        "x" * 5000,
    ],
)
async def test_the_way_to_the_login_page_leads_nowhere_else(
    address: str, world: World, sockets: Sockets, silent_log: pytest.LogCaptureFixture
) -> None:
    tab = await sockets.open(address)
    shown = await tab.send("DoctorCalendar.load")
    events = [event for line in shown.splitlines() for event in json.loads(line).get("events", [])]
    (path,) = [event["payload"]["path"] for event in events if event["name"] == "_redirect"]
    target = urlsplit(path)
    assert (target.scheme, target.netloc, target.path) == ("", "", "/login")
    for wanted in parse_qs(target.query).get("next", []):
        leads_to = urlsplit(safe_next_path(wanted))
        assert (leads_to.scheme, leads_to.netloc) == ("", "")
    async with browser() as somebody:
        login = {"email": "pia@secret.example", "password": PASSWORD, "next": address}
        answer = await somebody.post("/auth/login", json=login)
    leads_to = urlsplit(answer.json()["next"])
    assert (leads_to.scheme, leads_to.netloc) == ("", "")
    assert answer.json()["next"].startswith("/")


async def test_a_stranger_who_guesses_passwords_does_not_lock_the_owner_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "LONGEST_PAUSE", timedelta(0))
    wrong = {"email": "pia@secret.example", "password": "a wrong guess"}
    statuses = set()
    async with browser("203.0.113.5") as stranger:
        for _ in range(throttle.FREE_FAILURES + 20):
            statuses.add((await stranger.post("/auth/login", json=wrong)).status_code)
        right = wrong | {"password": PASSWORD}
        assert (await stranger.post("/auth/login", json=right)).status_code == 429
    assert statuses == {401, 429}
    async with browser("192.0.2.7") as owner:
        assert (await owner.post("/auth/login", json=right)).is_success


async def test_no_answer_lets_other_sites_read_it(world: World) -> None:
    async with browser(cookie=world.cookie(Who.PATIENT), origin="https://elsewhere.example") as b:
        for path in ("/auth/me", f"/appointments/{_id(world)}.ics", "/health"):
            headers = (await b.get(path)).headers
            assert "access-control-allow-origin" not in headers
        answer = await b.options("/auth/login", headers={"access-control-request-method": "POST"})
        assert "access-control-allow-origin" not in answer.headers
    assert ORIGIN not in str(answer.headers)


def _id(world: World) -> str:
    return world.ids["pending"]
