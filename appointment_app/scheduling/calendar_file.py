"""An appointment as an ``.ics`` file (RFC 5545) that any calendar can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from appointment_app.clock import now
from appointment_app.i18n import t
from appointment_app.links import appointment_link
from appointment_app.models import Appointment, AppointmentStatus, Clinic, Doctor, VisitMode
from appointment_app.scheduling.taken_resources import NOTHING_TAKEN, Taken
from appointment_app.settings import get_settings
from appointment_app.texts import in_groups

FILE_NAME = "appointment.ics"
MEDIA_TYPE = "text/calendar"

_STATUS = {
    AppointmentStatus.PENDING: "TENTATIVE",
    AppointmentStatus.CANCELLED: "CANCELLED",
}


def calendar_file(
    appointment: Appointment, doctor: Doctor, clinic: Clinic, taken: Taken = NOTHING_TAKEN
) -> bytes:
    """Return the ``.ics`` of a saved appointment, as a calendar to be published (RFC 5546).

    The same appointment has the same UID for ever and a SEQUENCE that grows with its version,
    so that a calendar replaces what it had. Nothing in it says why somebody sees the doctor:
    of what was ``taken`` it names the room alone.
    """
    return calendar_file_of([appointment], doctor, clinic, {appointment.block_id: taken})


def calendar_file_of(
    appointments: Iterable[Appointment],
    doctor: Doctor,
    clinic: Clinic,
    taken: Mapping[int, Taken],
) -> bytes:
    """Return the same of several appointments with one doctor at one clinic.

    ``taken`` says, by their blocks, what they have.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Appointment App//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for appointment in appointments:
        room = taken.get(appointment.block_id, NOTHING_TAKEN).room
        calendar.add_component(_event(appointment, doctor, clinic, room))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, doctor: Doctor, clinic: Clinic, room: str) -> Event:
    settings = get_settings()
    link = appointment_link(appointment)
    event = Event()
    event.add("uid", f"{appointment.public_id}@{urlsplit(settings.public_url).hostname}")
    event.add("sequence", appointment.version)
    event.add("dtstamp", now())
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", t("Appointment with {doctor}", doctor=doctor.full_name))
    event.add("location", where(appointment, clinic, room))
    event.add(
        "description",
        t("Reference {reference}", reference=in_groups(appointment.reference)) + f"\n{link}",
    )
    event.add("url", link)
    event.add("status", _STATUS.get(appointment.status, "CONFIRMED"))
    event.add("class", "PRIVATE")
    event.add("organizer", _organizer(clinic, settings.mail_from))
    return event


def where(appointment: Appointment, clinic: Clinic, room: str = "") -> str:
    """Return the place that was agreed: room and address, or the link of a video visit."""
    if appointment.mode is VisitMode.VIDEO:
        return appointment.join_link or t("Video visit")
    place = appointment.place or f"{clinic.name}, {clinic.address}"
    return f"{room}, {place}" if room else place


def _organizer(clinic: Clinic, mail_from: str) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{clinic.email or mail_from}")
    organizer.params["CN"] = vText(clinic.name)
    return organizer
