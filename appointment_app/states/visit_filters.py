"""What past appointments are narrowed down by: it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx

from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.i18n import t
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling.visit_history import VisitChoices, WantedVisits, visit_choices
from appointment_app.states.address import address, public_id
from appointment_app.states.session_state import SessionState

PAST = "/appointments?show=past"
NAMES = ("doctor", "clinic", "person", "status", "year")
_STATUS_NAMES = {
    AppointmentStatus.PENDING: t("To confirm"),
    AppointmentStatus.CONFIRMED: t("Confirmed"),
    AppointmentStatus.CHECKED_IN: t("Checked in"),
    AppointmentStatus.COMPLETED: t("Completed"),
    AppointmentStatus.NO_SHOW: t("Missed"),
    AppointmentStatus.CANCELLED: t("Cancelled"),
}


class VisitFilters(SessionState):
    """The lists to choose from, pairs of value and name, and what is chosen of each."""

    doctors: list[list[str]] = []
    clinics: list[list[str]] = []
    people: list[list[str]] = []
    statuses: list[list[str]] = []
    years: list[list[str]] = []
    chosen: dict[str, str] = {}
    is_narrowed: bool = False

    @rx.event
    async def choose(self, name: str, value: str) -> Any:
        """Go to the address that asks for another choice too."""
        if name not in NAMES:
            return None
        asked = self.router.url.query_parameters
        query = {each: asked.get(each, "") for each in NAMES} | {name: str(value)[:64]}
        return rx.redirect(address("/appointments", show="past", **query))

    async def _show_filters(self, actor: Actor, asked: Mapping[str, str]) -> WantedVisits:
        """Show what there is to choose from; return what the address asks for."""
        async with get_database().session() as session:
            choices = await visit_choices(session, actor)
        self._show_choices(choices)
        wanted = _wanted(asked)
        # As it is shown, what is no choice is none.
        self.chosen = {name: asked.get(name, "") for name in NAMES}
        self.is_narrowed = not wanted.is_all
        return wanted

    def _show_choices(self, choices: VisitChoices) -> None:
        everybody = ["", t("All")]
        self.doctors = [everybody, *([str(key), name] for key, name in choices.doctors)]
        self.clinics = [everybody, *([str(key), name] for key, name in choices.clinics)]
        self.people = [everybody, *([str(key), name] for key, name in choices.people)]
        self.statuses = [
            everybody,
            *([each.value, _STATUS_NAMES[each]] for each in choices.statuses),
        ]
        self.years = [everybody, *([str(each), str(each)] for each in choices.years)]


def _wanted(asked: Mapping[str, str]) -> WantedVisits:
    status, year = asked.get("status", ""), asked.get("year", "")
    return WantedVisits(
        doctor_id=public_id(asked.get("doctor")),
        clinic_id=public_id(asked.get("clinic")),
        person_id=public_id(asked.get("person")),
        status=AppointmentStatus(status) if status in {*AppointmentStatus} else None,
        year=int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None,
    )
