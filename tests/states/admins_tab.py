"""The tab of an administrator of a doctor's clinic."""

from __future__ import annotations

import reflex as rx

from appointment_app.models import Clinic, Role, RoleAssignment, row_id
from tests.factories import make_user
from tests.states.doctors_tab import DoctorsTab, log_in
from tests.states.tabs import open_tab


async def open_admins_tab(tab: DoctorsTab, address: str, clinic: Clinic | None = None) -> rx.State:
    """Store somebody who administers ``clinic``, by default the doctor's; log in, open a tab."""
    async with tab.database.session() as session:
        user = await make_user(session)
        clinic_id = row_id(clinic or tab.clinic)
        session.add(
            RoleAssignment(user_id=row_id(user), role=Role.ADMINISTRATOR, clinic_id=clinic_id)
        )
        await session.commit()
    return open_tab(address, cookie=await log_in(tab.database, row_id(user)))
