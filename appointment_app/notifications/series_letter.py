"""What a mail says about several appointments that were booked, or cancelled, together."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.i18n import format_date, t
from appointment_app.links import appointment_link, page_link
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Clinic,
    Doctor,
    MessageKind,
    OutboxMessage,
    User,
)
from appointment_app.notifications.appointment_words import (
    RecordMissing,
    facts_around,
    get_record,
    name_of_user,
    when_words,
)
from appointment_app.notifications.letter import Attachment, Letter
from appointment_app.scheduling.calendar_file import FILE_NAME, MEDIA_TYPE, calendar_file_of
from appointment_app.scheduling.taken_resources import NOTHING_TAKEN, Taken, load_taken
from appointment_app.texts import in_groups


async def series_letter(session: AsyncSession, outgoing: OutboxMessage) -> Letter:
    """Return the mail about the appointments of the payload, as each of them is now.

    Raises ``RecordMissing`` when the payload names none that exists.
    """
    appointments = await _appointments(session, outgoing.payload["appointment_ids"])
    first = appointments[0]
    doctor = await get_record(session, Doctor, first.doctor_id)
    clinic = await get_record(session, Clinic, first.clinic_id)
    day = format_date(first.starts_at.astimezone(ZoneInfo(first.zone)).date(), "EEEE d MMMM y")
    is_about_the_end = outgoing.kind is MessageKind.SERIES_CANCELLED
    taken = await load_taken(session, [each.block_id for each in appointments])
    times = [
        (t("Appointment {number}", number=number), _time(each, taken, is_about_the_end))
        for number, each in enumerate(appointments, start=1)
    ]
    if is_about_the_end:
        subject = t("Appointments cancelled: {count}, from {day} on", count=len(times), day=day)
        opening = await _cancelled(session, outgoing, first, doctor, clinic)
        link = (t("Find another time"), page_link("/doctor", id=str(doctor.public_id)))
        closing: tuple[str, ...] = ()
    else:
        subject = t("Appointments booked: {count}, from {day} on", count=len(times), day=day)
        opening = _booked(appointments)
        link = (t("See, move or cancel the appointments"), appointment_link(first))
        closing = (
            t("If you cannot come, please cancel with this link: then others can have the time."),
        )
    calendar = calendar_file_of(appointments, doctor, clinic, taken)
    return Letter(
        subject=subject,
        opening=opening,
        facts=await facts_around(session, first, doctor, clinic, *times),
        link=link,
        closing=closing,
        attachments=(Attachment(FILE_NAME, MEDIA_TYPE, calendar),),
    )


async def _appointments(session: AsyncSession, ids: list[int]) -> list[Appointment]:
    statement = select(Appointment).where(col(Appointment.id).in_(ids))
    found = list(await session.exec(statement.order_by(col(Appointment.starts_at))))
    if not found:
        raise RecordMissing(Appointment.__name__)
    return found


def _booked(appointments: list[Appointment]) -> tuple[str, ...]:
    if any(each.status is AppointmentStatus.PENDING for each in appointments):
        return (
            t(
                "These times are kept for you. The clinic still has to confirm them; "
                "you will get a mail when it does."
            ),
        )
    return (t("Your appointments are booked. You need not do anything more."),)


async def _cancelled(
    session: AsyncSession,
    outgoing: OutboxMessage,
    first: Appointment,
    doctor: Doctor,
    clinic: Clinic,
) -> tuple[str, ...]:
    user = await session.get(User, first.cancelled_by) if first.cancelled_by else None
    if user is not None and user.email == outgoing.recipient:
        return (t("You cancelled these appointments."),)
    name = await name_of_user(session, user, first, doctor) or clinic.name
    sentence = t("{name} cancelled these appointments.", name=name)
    if not first.cancel_reason:
        return (sentence,)
    return (sentence, t("Reason: {reason}", reason=first.cancel_reason))


def _time(appointment: Appointment, taken: Mapping[int, Taken], is_about_the_end: bool) -> str:
    has = taken.get(appointment.block_id, NOTHING_TAKEN)
    facts = (when_words(appointment), has.room, has.device, in_groups(appointment.reference))
    words = ", ".join(filter(None, facts))
    if appointment.status is AppointmentStatus.CANCELLED and not is_about_the_end:
        return t("{time} (cancelled)", time=words)
    return words
