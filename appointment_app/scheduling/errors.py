"""Every refusal of the scheduling service, with its stable code and its sentence."""

from __future__ import annotations

from datetime import datetime

from appointment_app.errors import DomainError
from appointment_app.i18n import t
from appointment_app.models import AppointmentStatus, ResourceKind


class SchedulingError(DomainError):
    """A refusal of the scheduling service."""


class SlotTaken(SchedulingError):
    """Somebody else was faster."""

    code = "SLOT_TAKEN"

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(
            sentence or t("This time was just taken by somebody else. Nothing was booked.")
        )


class SlotHeld(SlotTaken):
    """Somebody else is filling in the form for this time."""

    def __init__(self) -> None:
        super().__init__(
            t(
                "This time is being booked by somebody else;"
                " it may become free again in a few minutes."
            )
        )


class HoldLimit(SchedulingError):
    """Enough times are kept for the visitors of one network address."""

    code = "HOLD_LIMIT"

    def __init__(self) -> None:
        super().__init__(t("This time is not kept while you fill in the form. You can book it."))


class PatientBusy(SlotTaken):
    """The patient already has an appointment at this time."""

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(
            sentence
            or t("The patient already has an appointment at this time. Nothing was booked.")
        )


class SeriesRefused(SchedulingError):
    """One of the dates of a series cannot be booked; the code is that of its refusal."""

    def __init__(self, starts_at: datetime, sentence: str, cause: SchedulingError) -> None:
        super().__init__(sentence)
        self.starts_at = starts_at
        self.code = cause.code


class ResourceTaken(SlotTaken):
    """Every room (or device) that suits the visit is taken at this time; ``kind`` says which."""

    def __init__(self, kind: ResourceKind) -> None:
        sentences = {
            ResourceKind.ROOM: t("No suitable room is free at this time. Nothing was changed."),
            ResourceKind.DEVICE: t("No suitable device is free at this time. Nothing was changed."),
        }
        super().__init__(sentences[kind])


class OutsideAvailability(SchedulingError):
    """The doctor does not receive at this time."""

    code = "OUTSIDE_AVAILABILITY"

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or t("The doctor does not receive patients at this time."))


class TimesChanged(OutsideAvailability):
    """The doctor receives at this time, but no visit begins then (any more)."""

    code = "TIMES_CHANGED"

    def __init__(self) -> None:
        super().__init__(
            t("The free times have changed meanwhile, and this is none of them any more.")
        )


class TooSoon(SchedulingError):
    """The start is nearer than the minimum notice, or past."""

    code = "TOO_SOON"

    def __init__(self) -> None:
        super().__init__(t("This time is too soon to be booked online."))


class TooFarAhead(SchedulingError):
    """The start lies beyond the booking horizon."""

    code = "TOO_FAR_AHEAD"

    def __init__(self) -> None:
        super().__init__(t("This time is too far ahead to be booked yet."))


class DayFull(SchedulingError):
    """The doctor sees no more patients on that day."""

    code = "DAY_FULL"

    def __init__(self) -> None:
        super().__init__(t("The doctor sees no more patients on that day."))


class NotBookable(SchedulingError):
    """The doctor, clinic or visit type takes no bookings (any more)."""

    code = "NOT_BOOKABLE"

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(
            sentence or t("This visit can no longer be booked. Please choose another one.")
        )


class NoResourceHere(NotBookable):
    """The visit needs a room or a device, and the clinic has none that suits."""

    code = "NO_RESOURCE_HERE"

    def __init__(self, kind: ResourceKind) -> None:
        super().__init__(
            {
                ResourceKind.ROOM: t("This visit needs a room that this clinic does not have."),
                ResourceKind.DEVICE: t("This visit needs a device that this clinic does not have."),
            }[kind]
        )


class KnownPatientsOnly(SchedulingError):
    """The visit type is for patients who have been with this doctor before."""

    code = "KNOWN_PATIENTS_ONLY"

    def __init__(self) -> None:
        super().__init__(
            t(
                "This visit is for patients who have been with this doctor before. Please choose"
                " another visit type."
            )
        )


class PatientLimit(SchedulingError):
    """The patient has as many appointments ahead with this doctor as are allowed."""

    code = "PATIENT_LIMIT"

    def __init__(self, limit: int) -> None:
        super().__init__(
            t(
                "You already have an appointment ahead with this doctor; another one can be booked"
                " after it."
            )
            if limit == 1
            else t(
                "You already have {limit} appointments ahead with this doctor; more can be booked"
                " after one of them.",
                limit=limit,
            )
        )


class TooLateToCancel(SchedulingError):
    """The patient can no longer cancel; ``clinic`` and ``phone`` say whom to call.

    Without a clinic the appointment has begun, and a call changes nothing.
    """

    code = "TOO_LATE_TO_CANCEL"

    def __init__(self, clinic: str = "", phone: str = "") -> None:
        if not clinic:
            sentence = t("This appointment has already begun and can no longer be cancelled.")
        elif phone:
            sentence = t(
                "It is too late to cancel this appointment online. Please call {clinic}: {phone}.",
                clinic=clinic,
                phone=phone,
            )
        else:
            sentence = t(
                "It is too late to cancel this appointment online. Please call {clinic}.",
                clinic=clinic,
            )
        super().__init__(sentence)


class TooLateToReschedule(SchedulingError):
    """The patient can no longer move the appointment; ``clinic`` and ``phone`` say whom to call."""

    code = "TOO_LATE_TO_RESCHEDULE"

    def __init__(self, clinic: str, phone: str) -> None:
        super().__init__(
            t(
                "It is too late to move this appointment online. Please call {clinic}: {phone}.",
                clinic=clinic,
                phone=phone,
            )
            if phone
            else t(
                "It is too late to move this appointment online. Please call {clinic}.",
                clinic=clinic,
            )
        )


class InThePast(SchedulingError):
    """The wanted time is over."""

    code = "IN_THE_PAST"

    def __init__(self) -> None:
        super().__init__(t("This time is past. Please choose a later one."))


class NotToday(SchedulingError):
    """Somebody is checked in on the day of the appointment only."""

    code = "NOT_TODAY"

    def __init__(self) -> None:
        super().__init__(t("A patient is checked in on the day of the appointment."))


class TooEarlyToClose(SchedulingError):
    """Only an appointment that has begun can be completed or missed."""

    code = "TOO_EARLY_TO_CLOSE"

    def __init__(self) -> None:
        super().__init__(t("This can be recorded once the appointment has begun."))


class ReasonRequired(SchedulingError):
    """Staff cancel with a reason, because the patient is told it."""

    code = "REASON_REQUIRED"

    def __init__(self) -> None:
        super().__init__(t("Please give a reason: the patient is told why."), field="cancel_reason")


class TextTooLong(SchedulingError):
    """A text is longer than the record holds."""

    code = "TEXT_TOO_LONG"

    def __init__(self, field: str, limit: int) -> None:
        super().__init__(t("Please use at most {limit} characters.", limit=limit), field=field)


class StatusConflict(SchedulingError):
    """The appointment's status has no arrow to the wanted one."""

    code = "STATUS_CONFLICT"

    def __init__(self, current: AppointmentStatus) -> None:
        sentences = {
            AppointmentStatus.PENDING: t("This appointment still waits to be confirmed."),
            AppointmentStatus.CONFIRMED: t("This appointment is already confirmed."),
            AppointmentStatus.CHECKED_IN: t("The patient is already checked in."),
            AppointmentStatus.COMPLETED: t("This appointment is already completed."),
            AppointmentStatus.NO_SHOW: t("This appointment is already marked as missed."),
            AppointmentStatus.CANCELLED: t("This appointment is already cancelled."),
        }
        super().__init__(sentences[current])
