"""The addresses that stand in mails and calendar files, always under ``PUBLIC_URL``."""

from __future__ import annotations

from urllib.parse import urlencode

from appointment_app.models import Appointment
from appointment_app.settings import get_settings


def page_link(path: str, **query: str) -> str:
    """Return the full address of the page at ``path``, without the empty values of ``query``."""
    filled = {name: value for name, value in query.items() if value}
    return get_settings().public_url + path + (f"?{urlencode(filled)}" if filled else "")


def appointment_link(appointment: Appointment) -> str:
    """Return the address of the page where an appointment is seen and cancelled."""
    return page_link("/appointment", id=str(appointment.public_id))
