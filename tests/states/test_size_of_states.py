"""What the server keeps for one open tab: it can be stored, it is small, and no page's rest."""

from __future__ import annotations

import pytest
import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.logging_in import log_in
from appointment_app.database import Database
from appointment_app.demo.logins import ADMINISTRATOR, DEMO_PASSWORD, DOCTOR, PATIENT, DemoLogin
from appointment_app.demo.seed import load_demo
from appointment_app.states.doctor_calendar import DoctorCalendar
from tests.policy.tabs import Tab, running_sockets

# A thousand of the largest are 64 MB of Redis.
BYTES_OF_A_TAB = 64 * 1024
PAGES: dict[DemoLogin | None, list[str]] = {
    None: ["/?words=", "/doctor"],
    DOCTOR: ["/calendar?view=month", "/calendar?view=list", "/availability", "/visit-types"],
    PATIENT: ["/appointments", "/"],
    ADMINISTRATOR: [
        "/admin/doctors",
        "/admin/clinics",
        "/admin/rooms",
        "/front-desk",
        "/admin/figures",
    ],
}
_LOAD = "reflex___state____state.hydrate_and_load"


@pytest.fixture
def backend() -> str:
    """What a tab holds does not depend on the database."""
    return "sqlite"


def stored_bytes(state: rx.State) -> int:
    """As Redis gets them: each state by itself. Raises where one cannot be stored."""
    own = len(state._serialize())
    return own + sum(stored_bytes(each) for each in state.substates.values())


async def test_the_fullest_pages_of_the_demo_are_small_and_leave_nothing_behind(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load_demo(installed_database)
    async with running_sockets(monkeypatch) as sockets:
        for login, addresses in PAGES.items():
            cookie = await cookie_of(installed_database, login) if login else ""
            for address in addresses:
                tab = await sockets.open(address, cookie)
                await tab.send(_LOAD, {"vars": {}})
                async with tab.states() as root:
                    assert stored_bytes(root) < BYTES_OF_A_TAB, address

        tab = await sockets.open(
            "/calendar?view=month", await cookie_of(installed_database, DOCTOR)
        )
        await tab.send(_LOAD, {"vars": {}})
        patients = await names_in(tab)
        assert patients
        tab.address = "/"
        await tab.send(_LOAD, {"vars": {}})
        async with tab.states() as root:
            held = everything(root)
        assert not [name for name in patients if name.encode() in held]


async def names_in(tab: Tab) -> set[str]:
    """The patients whom the calendar names."""
    async with tab.states() as root:
        events = (await root.get_state(DoctorCalendar)).events
        return {event["title"] for event in events if event["title"]}


def everything(state: rx.State) -> bytes:
    """All that is stored of a tab."""
    return state._serialize() + b"".join(everything(each) for each in state.substates.values())


async def cookie_of(database: Database, login: DemoLogin) -> str:
    """Log in; returns the cookie header."""
    async with database.session() as session:
        opened = await log_in(
            session,
            Actor(address="192.0.2.7"),
            email=login.email,
            password=DEMO_PASSWORD,
            next_path="",
            user_agent="",
        )
    return f"session={opened.token}"
