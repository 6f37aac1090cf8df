"""An appointment on its way to another time, as the pages on that way show and address it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.errors import NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.scheduling.appointments import AppointmentView, get_appointment
from appointment_app.states.address import address, moment_text, public_id


@dataclass(frozen=True)
class Moving:
    """The appointment that is moved, in words; all empty where a new one is booked."""

    when: str = ""
    whose: str = ""
    href: str = ""


def moving_in_words(found: AppointmentView) -> Moving:
    """Return what a page says of the appointment that is moved."""
    return Moving(
        when=format_moment(found.starts_at, found.zone),
        whose="" if found.is_patient else t("for {name}", name=found.patient_name),
        href=address("/appointment", id=found.id),
    )


def other_times_link(
    found: AppointmentView, *, clinic_id: UUID | None = None, day: date | None = None
) -> str:
    """Return the address of the free times to which an appointment can be moved."""
    return address(
        "/doctor",
        id=found.doctor_id,
        clinic=clinic_id or found.clinic_id,
        type=found.visit_type_id,
        day=day,
        move=found.id,
    )


def move_link(appointment_id: UUID, clinic_id: UUID, starts_at: datetime) -> str:
    """Return the address of the page that asks whether to move there (UTC)."""
    return move_links(appointment_id, clinic_id) + moment_text(starts_at)


def move_links(appointment_id: UUID, clinic_id: UUID) -> str:
    """Return how all such addresses begin; a start (UTC) ends them."""
    return address("/move", appointment=appointment_id, clinic=clinic_id) + "&start="


async def load_moving(
    session: AsyncSession, actor: Actor, query: Mapping[str, str]
) -> AppointmentView | None:
    """Return the actor's own appointment that the address (``move``) wants to move.

    None when it names none, or one that cannot be moved. Raises ``LoginRequired``.
    """
    key = public_id(query.get("move"))
    if key is None:
        return None
    try:
        found = await get_appointment(session, actor, key)
    except NotFound:
        return None
    return found if found.can_move else None
