"""The tab of somebody at the front desk of a doctor's clinic."""

from __future__ import annotations

import reflex as rx

from appointment_app.models import Role, RoleAssignment, row_id
from tests.factories import make_user
from tests.states.doctors_tab import DoctorsTab, log_in
from tests.states.tabs import go_to, open_tab


class DesksTab:
    """A tab of the reception, at an address."""

    def __init__(self, tab: DoctorsTab, cookie: str) -> None:
        self.root: rx.State = open_tab("/front-desk", cookie=cookie)
        self.database, self._cookie = tab.database, cookie

    def go_to(self, address: str) -> None:
        """Let the tab show another address."""
        go_to(self.root, address, cookie=self._cookie)


async def open_desks_tab(tab: DoctorsTab) -> DesksTab:
    """Store somebody who works at the front desk, log in, and open a tab."""
    async with tab.database.session() as session:
        user = await make_user(session)
        clinic_id = row_id(tab.clinic)
        session.add(RoleAssignment(user_id=row_id(user), role=Role.RECEPTION, clinic_id=clinic_id))
        await session.commit()
    return DesksTab(tab, await log_in(tab.database, row_id(user)))
