"""Which page a dialog was opened on, to be read anew after what the dialog did."""

from __future__ import annotations

from uuid import UUID

from appointment_app.accounts.actor import Actor
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.front_desk import PATIENT as RECORD
from appointment_app.states.front_desk import ROUTE as FRONT_DESK
from appointment_app.states.front_desk import FrontDesk
from appointment_app.states.patient_record import PatientRecordPage
from appointment_app.states.session_state import SessionState


async def refresh_page(tab: SessionState, actor: Actor, appointment_id: UUID) -> None:
    """Read anew what the tab shows, after an appointment was booked or moved.

    Raises what reading that page raises.
    """
    path = tab.router.url.path
    if path == RECORD:
        await (await tab.get_state(PatientRecordPage))._read(actor)
    elif path == FRONT_DESK:
        await (await tab.get_state(FrontDesk))._read(actor)
    else:
        await (await tab.get_state(DoctorCalendar))._refresh(actor, appointment_id)
