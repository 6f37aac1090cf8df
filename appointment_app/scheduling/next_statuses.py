"""What an appointment may become now, and by whom."""

from __future__ import annotations

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows
from appointment_app.models import Appointment, AppointmentStatus
from appointment_app.scheduling.statuses import ARROWS
from appointment_app.scheduling.visits import is_today

_ACTIONS = {
    AppointmentStatus.CONFIRMED: Action.CONFIRM_APPOINTMENT,
    AppointmentStatus.CHECKED_IN: Action.CHECK_IN,
    AppointmentStatus.COMPLETED: Action.CLOSE_APPOINTMENT,
    AppointmentStatus.NO_SHOW: Action.CLOSE_APPOINTMENT,
    AppointmentStatus.CANCELLED: Action.CANCEL_APPOINTMENT,
}
_AFTER_THE_START = {AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW}


def next_statuses(actor: Actor, row: Appointment) -> tuple[AppointmentStatus, ...]:
    """Return what the actor can make of an appointment now, in the order of its life.

    It is confirmed once more when it is checked in: the check-in is taken back.
    """
    begun = clock.now() >= row.starts_at
    record = Record(row.person_id, row.doctor_id, row.clinic_id)
    return tuple(
        status
        for status in AppointmentStatus
        if status in _ACTIONS
        and status in ARROWS[row.status]
        and allows(actor, _action(row.status, status), record)
        and (begun or status not in _AFTER_THE_START)
        and (status is not AppointmentStatus.CHECKED_IN or is_today(row))
    )


def _action(current: AppointmentStatus, wanted: AppointmentStatus) -> Action:
    """Return the action that leads there; who may check in may also take it back."""
    if current is AppointmentStatus.CHECKED_IN and wanted is AppointmentStatus.CONFIRMED:
        return Action.CHECK_IN
    return _ACTIONS[wanted]
