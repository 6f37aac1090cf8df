"""The arrows along which an appointment's status moves, and no others."""

from __future__ import annotations

from appointment_app.models import AppointmentStatus as Status
from appointment_app.scheduling.errors import StatusConflict

ARROWS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    # Back to pending when the patient chose another time that has to be confirmed too.
    Status.CONFIRMED: frozenset(
        {
            Status.PENDING,
            Status.CHECKED_IN,
            Status.COMPLETED,
            Status.NO_SHOW,
            Status.CANCELLED,
        }
    ),
    # Back to confirmed when the wrong patient was checked in.
    Status.CHECKED_IN: frozenset({Status.CONFIRMED, Status.COMPLETED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.CANCELLED: frozenset(),
}


def require_arrow(current: Status, wanted: Status) -> None:
    """Return when ``current`` may become ``wanted``; raises ``StatusConflict`` otherwise."""
    if wanted not in ARROWS[current]:
        raise StatusConflict(current)
