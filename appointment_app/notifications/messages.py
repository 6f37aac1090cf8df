"""What each kind of mail says. No subject names a doctor, a specialty or a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.clinics.taken_resources import load_taken_by
from appointment_app.i18n import format_moment, t
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    Clinic,
    Doctor,
    MessageKind,
    OutboxMessage,
    User,
)
from appointment_app.notifications.appointment_words import (
    facts_around,
    get_record,
    name_of_user,
    when_words,
)
from appointment_app.notifications.calendar_file import (
    FILE_NAME,
    MEDIA_TYPE,
    calendar_file,
)
from appointment_app.notifications.letter import Attachment, Letter
from appointment_app.notifications.links import appointment_link, page_link
from appointment_app.notifications.series_letter import series_letter
from appointment_app.texts import in_groups


async def compose(session: AsyncSession, outgoing: OutboxMessage) -> Letter:
    """Return what the mail says, in the current language, from the records as they are now.

    Raises ``RecordMissing`` when the payload names a record that does not exist.
    """
    if outgoing.kind in _ACCOUNT_LETTERS:
        return _ACCOUNT_LETTERS[outgoing.kind](outgoing.payload)
    if outgoing.kind in {MessageKind.SERIES_BOOKED, MessageKind.SERIES_CANCELLED}:
        return await series_letter(session, outgoing)
    return await _appointment(session, outgoing)


# Accounts. These mails greet nobody by name: anybody can register somebody else's address
# under a "name" of their choice, and would have us deliver it.


def _verify_email(payload: Mapping[str, Any]) -> Letter:
    link = page_link("/verify", token=payload["secret"], next=payload.get("next", ""))
    return Letter(
        subject=t("Please confirm your mail address"),
        opening=(
            t("Somebody registered with this mail address. If it was you, please confirm it."),
        ),
        link=(t("Confirm my address"), link),
        closing=(
            t("The link works once."),
            t("If it was not you, you need not do anything."),
        ),
    )


def _address_known(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("You already have an account"),
        opening=(
            t("Somebody tried to register with this mail address, which has an account already."),
            t("If it was you, log in with your password or choose a new one there."),
        ),
        link=(t("Log in"), page_link("/login")),
        closing=(t("If it was not you, you need not do anything. Nothing was changed."),),
    )


def _reset_password(payload: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Choose a new password"),
        opening=(t("Somebody asked for a new password for your account."),),
        link=(
            t("Choose a new password"),
            page_link("/reset-password", token=payload["secret"]),
        ),
        closing=(
            t("The link works once, within 30 minutes of asking for it."),
            t("If it was not you, you need not do anything. Your password stays as it is."),
        ),
    )


def _password_changed(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your password was changed"),
        opening=(
            t("The password of your account was changed, and every other device was logged out."),
            t("If it was not you, choose a new password at once."),
        ),
        link=(t("Choose a new password"), page_link("/forgot-password")),
    )


def _doctor_approved(_: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=t("Your registration was approved"),
        opening=(t("Patients can find you as soon as you have set your hours and visit types."),),
        link=(t("Set my hours"), page_link("/availability")),
    )


def _doctor_refused(payload: Mapping[str, Any]) -> Letter:
    reason = payload.get("reason", "")
    return Letter(
        subject=t("Your registration was not approved"),
        opening=(t("We could not approve your registration as a doctor."),),
        facts=((t("Reason"), reason),) if reason else (),
    )


_ACCOUNT_LETTERS: dict[MessageKind, Callable[[Mapping[str, Any]], Letter]] = {
    MessageKind.VERIFY_EMAIL: _verify_email,
    MessageKind.ADDRESS_KNOWN: _address_known,
    MessageKind.RESET_PASSWORD: _reset_password,
    MessageKind.PASSWORD_CHANGED: _password_changed,
    MessageKind.DOCTOR_APPROVED: _doctor_approved,
    MessageKind.DOCTOR_REFUSED: _doctor_refused,
}


# Appointments. A mail may be late: each says the state of the appointment as it is now.


class _Said(NamedTuple):
    subject: str
    opening: tuple[str, ...]
    link: tuple[str, str]
    closing: tuple[str, ...]


async def _appointment(session: AsyncSession, outgoing: OutboxMessage) -> Letter:
    appointment = await get_record(session, Appointment, outgoing.payload["appointment_id"])
    doctor = await get_record(session, Doctor, appointment.doctor_id)
    clinic = await get_record(session, Clinic, appointment.clinic_id)
    if appointment.status is AppointmentStatus.CANCELLED:
        subject, opening, link, closing = await _cancelled(
            session, outgoing, appointment, doctor, clinic
        )
    elif outgoing.kind is MessageKind.APPOINTMENT_RESCHEDULED:
        subject, opening, link, closing = await _rescheduled(session, outgoing, appointment, doctor)
    else:
        subject, opening, link, closing = _standing(outgoing, appointment)
    taken = await load_taken_by(session, appointment.block_id)
    return Letter(
        subject=subject,
        opening=opening,
        facts=await facts_around(
            session,
            appointment,
            doctor,
            clinic,
            (t("When"), when_words(appointment)),
            (t("Reference"), in_groups(appointment.reference)),
            taken=taken,
        ),
        link=link,
        closing=closing,
        attachments=(
            Attachment(FILE_NAME, MEDIA_TYPE, calendar_file(appointment, doctor, clinic, taken)),
        ),
    )


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
