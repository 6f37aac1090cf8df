"""The tab of a doctor who is logged in, without a browser."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import reflex as rx

from appointment_app.accounts import login_sessions
from appointment_app.accounts.actors import identity_of
from appointment_app.database import Database
from appointment_app.models import Clinic, Doctor, VisitType
from tests.factories import make_clinic, make_doctor, make_visit_type
from tests.states.tabs import go_to, open_tab

State = TypeVar("State", bound=rx.State)


@dataclass
class DoctorsTab:
    """A doctor who receives Monday to Friday from nine to five in Berlin, and their tab."""

    database: Database
    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType
    root: rx.State
    cookie: str

    def go_to(self, address: str) -> None:
        """Let the tab show another address."""
        go_to(self.root, address, cookie=self.cookie)

    async def state(self, kind: type[State]) -> State:
        """One of the states of the tab."""
        return await self.root.get_state(kind)


async def open_doctors_tab(database: Database, **doctor: Any) -> DoctorsTab:
    """Store the doctor, log in, and open a tab."""
    login_sessions.forget_everything()
    async with database.session() as session:
        clinic = await make_clinic(session)
        stored = await make_doctor(
            session, clinic, weekdays=range(5), ranges=((540, 1020),), **doctor
        )
        visit_type = await make_visit_type(session, stored, name="First visit")
    cookie = await log_in(database, stored.user_id)
    return DoctorsTab(database, stored, clinic, visit_type, open_tab("/", cookie=cookie), cookie)


async def log_in(database: Database, user_id: int) -> str:
    """Open a login session; return the cookie of its browser."""
    async with database.session() as session, session.begin():
        identity = await identity_of(session, user_id)
        opened = await login_sessions.open_login(session, user_id, identity)
    return f"session={opened.token}"


async def done(handler: Coroutine[Any, Any, Any]) -> str:
    """Run a handler; what it sent back to the browser, as text to look into."""
    return str(await handler)
