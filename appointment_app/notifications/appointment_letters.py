"""What each mail about one appointment says.

A mail may be late: each says the state of the appointment as it is now.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.i18n import format_moment, t, zone_city
from appointment_app.links import appointment_link, page_link
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    Clinic,
    Doctor,
    MessageKind,
    OutboxMessage,
    PatientProfile,
    User,
)
from appointment_app.notifications.appointment_words import (
    NoLongerTrue,
    facts_around,
    get_record,
    name_of_user,
    when_words,
)
from appointment_app.notifications.letter import Attachment, Letter
from appointment_app.notifications.read_ahead import NOTHING_KNOWN, Known
from appointment_app.scheduling.calendar_file import (
    FILE_NAME,
    MEDIA_TYPE,
    calendar_file,
)
from appointment_app.texts import in_groups


class _Said(NamedTuple):
    subject: str
    opening: tuple[str, ...]
    link: tuple[str, str]
    closing: tuple[str, ...]


async def appointment_letter(
    session: AsyncSession, outgoing: OutboxMessage, known: Known = NOTHING_KNOWN
) -> Letter:
    """Return the letter about the appointment that the payload names.

    Raises ``RecordMissing``, and ``NoLongerTrue`` for a reminder of what was moved or cancelled.
    """
    appointment = await get_record(session, Appointment, outgoing.payload["appointment_id"])
    doctor = await get_record(session, Doctor, appointment.doctor_id)
    clinic = await get_record(session, Clinic, appointment.clinic_id)
    own_time: tuple[tuple[str, str], ...] = ()
    if outgoing.kind is MessageKind.APPOINTMENT_REMINDER:
        subject, opening, link, closing = _reminder(outgoing, appointment)
        own_time = await _own_time(session, appointment)
    elif appointment.status is AppointmentStatus.CANCELLED:
        subject, opening, link, closing = await _cancelled(
            session, outgoing, appointment, doctor, clinic
        )
    elif outgoing.kind is MessageKind.APPOINTMENT_RESCHEDULED:
        subject, opening, link, closing = await _rescheduled(session, outgoing, appointment, doctor)
    else:
        subject, opening, link, closing = _standing(outgoing, appointment)
    taken = await known.taken_by(session, appointment.block_id)
    return Letter(
        subject=subject,
        opening=opening,
        facts=await facts_around(
            session,
            appointment,
            doctor,
            clinic,
            (t("When"), when_words(appointment)),
            *own_time,
            (t("Reference"), in_groups(appointment.reference)),
            taken=taken,
        ),
        link=link,
        closing=closing,
        attachments=(
            Attachment(FILE_NAME, MEDIA_TYPE, calendar_file(appointment, doctor, clinic, taken)),
        ),
    )


def _reminder(outgoing: OutboxMessage, appointment: Appointment) -> _Said:
    is_meant = int(appointment.starts_at.timestamp()) == outgoing.payload["starts_at"]
    is_ahead = appointment.starts_at > clock.now()
    if appointment.status is not AppointmentStatus.CONFIRMED or not (is_meant and is_ahead):
        raise NoLongerTrue
    moment = format_moment(appointment.starts_at, appointment.zone)
    return _Said(
        t("Reminder of your appointment: {moment}", moment=moment),
        (t("Your appointment is soon. You need not do anything."),),
        (t("See, move or cancel the appointment"), appointment_link(appointment)),
        (
            t("If you cannot come, please cancel with this link: then others can have the time."),
            t("Whether and when you are reminded, you choose in your profile."),
        ),
    )


async def _own_time(session: AsyncSession, appointment: Appointment) -> tuple[tuple[str, str], ...]:
    """Return when it is by the clock that the patient chose to read, where that differs."""
    profile = await session.get(PatientProfile, appointment.person_id)
    zone = profile.time_zone if profile else ""
    if not zone:
        return ()
    moment = format_moment(appointment.starts_at, zone)
    if moment == format_moment(appointment.starts_at, appointment.zone):
        return ()
    return ((t("Your time"), t("{moment} ({city} time)", moment=moment, city=zone_city(zone))),)


def _standing(outgoing: OutboxMessage, appointment: Appointment) -> _Said:
    moment = format_moment(appointment.starts_at, appointment.zone)
    if appointment.status is AppointmentStatus.PENDING:
        subject = t("Appointment requested: {moment}", moment=moment)
        opening = t(
            "This time is kept for you. The clinic still has to confirm it; "
            "you will get a mail when it does."
        )
    elif outgoing.kind is MessageKind.APPOINTMENT_CONFIRMED:
        subject = t("Appointment confirmed: {moment}", moment=moment)
        opening = t("The clinic has confirmed your appointment.")
    else:
        subject = t("Appointment booked: {moment}", moment=moment)
        opening = t("Your appointment is booked. You need not do anything more.")
    return _Said(
        subject,
        (opening,),
        (t("See, move or cancel the appointment"), appointment_link(appointment)),
        (t("If you cannot come, please cancel with this link: then others can have the time."),),
    )


async def _rescheduled(
    session: AsyncSession, outgoing: OutboxMessage, appointment: Appointment, doctor: Doctor
) -> _Said:
    moment = format_moment(appointment.starts_at, appointment.zone)
    opening = [t("Your appointment has a new time: {moment}.", moment=moment)]
    left_doctor = await session.get(Doctor, outgoing.payload.get("left_doctor_id", 0))
    if left_doctor is not None:
        left_clinic = outgoing.payload.get("left_clinic_id", appointment.clinic_id)
        is_elsewhere = left_clinic != appointment.clinic_id
        return _handed_on(appointment, doctor, left_doctor, is_elsewhere=is_elsewhere)
    move = await session.get(AppointmentMove, outgoing.payload.get("move_id", 0))
    if move is not None:
        opening = await _what_moved(session, outgoing, appointment, doctor, move)
    if appointment.status is AppointmentStatus.PENDING:
        opening.append(
            t("The clinic still has to confirm the time; you will get a mail when it does.")
        )
    return _Said(
        t("Appointment moved: {moment}", moment=moment),
        tuple(opening),
        (t("See, move or cancel the appointment"), appointment_link(appointment)),
        (
            t("The file with this mail brings your calendar up to date."),
            t("If you cannot come, please cancel with this link: then others can have the time."),
        ),
    )


def _handed_on(
    appointment: Appointment, doctor: Doctor, left: Doctor, *, is_elsewhere: bool
) -> _Said:
    moment = format_moment(appointment.starts_at, appointment.zone)
    opening = [
        t(
            "{left} cannot see you. Your appointment stays at its time, with {doctor}.",
            left=left.full_name,
            doctor=doctor.full_name,
        )
    ]
    subject = t("Another doctor for your appointment: {moment}", moment=moment)
    if is_elsewhere and appointment.place:
        opening.append(t("Please go to another place: {place}.", place=appointment.place))
        subject = t("Another doctor and place for your appointment: {moment}", moment=moment)
    return _Said(
        subject,
        tuple(opening),
        (t("See, move or cancel the appointment"), appointment_link(appointment)),
        (
            t("The file with this mail brings your calendar up to date."),
            t("If this does not suit you, choose another time or cancel with this link."),
        ),
    )


async def _what_moved(
    session: AsyncSession,
    outgoing: OutboxMessage,
    appointment: Appointment,
    doctor: Doctor,
    move: AppointmentMove,
) -> list[str]:
    earlier = format_moment(move.from_starts_at, appointment.zone)
    now = format_moment(appointment.starts_at, appointment.zone)
    if earlier == now:  # it was moved on, and back
        return [t("Your appointment is at its earlier time again: {moment}.", moment=now)]
    user = await session.get(User, move.moved_by)
    if user is not None and user.email == outgoing.recipient:
        opening = [t("You chose another time for your appointment.")]
    else:
        clinic = await get_record(session, Clinic, appointment.clinic_id)
        name = await name_of_user(session, user, appointment, doctor) or clinic.name
        opening = [t("{name} moved your appointment.", name=name)]
    opening.append(t("Before: {earlier}. Now: {now}.", earlier=earlier, now=now))
    if move.reason:
        opening.append(t("Reason: {reason}", reason=move.reason))
    return opening


async def _cancelled(
    session: AsyncSession,
    outgoing: OutboxMessage,
    appointment: Appointment,
    doctor: Doctor,
    clinic: Clinic,
) -> _Said:
    user = await session.get(User, appointment.cancelled_by) if appointment.cancelled_by else None
    if user is not None and user.email == outgoing.recipient:
        opening = [t("You cancelled this appointment.")]
    else:
        opening = [
            t(
                "{name} cancelled this appointment.",
                name=await name_of_user(session, user, appointment, doctor) or clinic.name,
            )
        ]
        if appointment.cancel_reason:
            opening.append(t("Reason: {reason}", reason=appointment.cancel_reason))
    moment = format_moment(appointment.starts_at, appointment.zone)
    return _Said(
        t("Appointment cancelled: {moment}", moment=moment),
        tuple(opening),
        (t("Find another time"), page_link("/doctor", id=str(doctor.public_id))),
        (),
    )
