"""What a page showed of patients does not stay in the tab once another page is open there."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import Event
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from appointment_app.states.account_page import AccountPage
from appointment_app.states.calendar_move import MoveAppointment
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.family_page import FamilyPage
from appointment_app.states.front_desk import FrontDesk
from appointment_app.states.group_session import GroupSessionPanel
from appointment_app.states.invitation_page import InvitationPage
from appointment_app.states.move_form import MoveForm
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.new_appointment import NewAppointment
from appointment_app.states.patient_panel import PatientPanel
from appointment_app.states.profile_form import ProfileForm
from appointment_app.states.session_state import SessionState
from appointment_app.states.visit_filters import VisitFilters

_PAGE_EVENTS = ("hydrate_and_load", "on_load_internal")
# The first state of each says whether its page was shown.
_STATES_OF_PAGES: dict[frozenset[str], tuple[Any, ...]] = {
    frozenset({"/calendar"}): (
        DoctorCalendar,
        NewAppointment,
        MoveAppointment,
        GroupSessionPanel,
        PatientPanel,
    ),
    frozenset({"/front-desk"}): (FrontDesk,),
    frozenset({"/appointments", "/appointment"}): (MyAppointments, VisitFilters),
    frozenset({"/move"}): (MoveForm,),
    frozenset({"/profile"}): (ProfileForm,),
    frozenset({"/account"}): (AccountPage,),
    frozenset({"/invitation"}): (InvitationPage,),
    frozenset({"/family"}): (FamilyPage,),
}


class LeftPages(Middleware):
    """Empties the states of other pages before a page loads."""

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        """Let every event go on."""
        if event.name.rpartition(".")[2] in _PAGE_EVENTS:
            session_state = await state.get_state(SessionState)
            path = session_state.router.url.path
            for pages, classes in _STATES_OF_PAGES.items():
                if path not in pages and (await state.get_state(classes[0])).is_loaded:
                    for state_class in classes:
                        (await state.get_state(state_class)).reset()
        return None


def empty_left_pages(app: rx.App) -> None:
    """Let each page of ``app`` forget the page before it."""
    app.add_middleware(LeftPages())
