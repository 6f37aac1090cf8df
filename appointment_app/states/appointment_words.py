"""An appointment as its patient reads it."""

from __future__ import annotations

from dataclasses import dataclass, field

from appointment_app import clock
from appointment_app.clinics.public_hours import lines
from appointment_app.i18n import format_moment, t
from appointment_app.models import AppointmentStatus, VisitMode
from appointment_app.scheduling.appointments import AppointmentView, CancelledBy
from appointment_app.scheduling.errors import TooLateToCancel
from appointment_app.states.address import address
from appointment_app.states.moving import other_times_link
from appointment_app.states.series_words import SeriesDate, series_dates, series_note
from appointment_app.states.wording import initials, own_time, zone_note
from appointment_app.texts import in_groups


@dataclass(frozen=True)
class EarlierRow:
    """A time at which the appointment was, and why it was moved from there."""

    when: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """An appointment in words; ``whose`` names the patient where that is not who looks."""

    id: str = ""
    reference: str = ""
    status: str = ""
    headline: str = ""
    when: str = ""
    own_time: str = ""
    zone: str = ""
    visit: str = ""
    doctor_name: str = ""
    doctor_initials: str = ""
    is_video: bool = False
    place: str = ""
    room: str = ""
    device: str = ""
    join_link: str = ""
    clinic_name: str = ""
    clinic_phone: str = ""
    clinic_hours: list[str] = field(default_factory=list)
    patient_name: str = ""
    whose: str = ""
    reason: str = ""
    cancelled: str = ""
    cancel_reason: str = ""
    series: str = ""
    series_dates: list[SeriesDate] = field(default_factory=list)
    following: int = 0  # the later ones of its series that still stand
    is_own: bool = False
    price: str = ""
    can_cancel: bool = False
    is_ahead: bool = False
    deadline: str = ""
    can_move: bool = False
    other_times: str = "/"
    earlier: list[EarlierRow] = field(default_factory=list)
    again: str = "/"
    news: str = ""  # what the clinic changed while the page was open


def shown(found: AppointmentView, zone: str) -> Shown:
    """Return an appointment in words; ``zone`` is the visitor's own, or empty."""
    return Shown(
        id=str(found.id),
        reference=in_groups(found.reference),
        status=found.status.value,
        headline=_headline(found),
        when=format_moment(found.starts_at, found.zone),
        own_time=own_time(found.starts_at, found.zone, zone),
        zone=zone_note(found.zone),
        visit=t("{visit} · {minutes} min", visit=found.visit_name, minutes=found.duration),
        doctor_name=found.doctor_name,
        doctor_initials=initials(found.doctor_name),
        is_video=found.mode is VisitMode.VIDEO,
        place=found.place,
        room=found.room,
        device=found.device,
        join_link=found.join_link,
        clinic_name=found.clinic_name,
        clinic_phone=found.clinic_phone,
        clinic_hours=lines(found.clinic_hours),
        patient_name=found.patient_name,
        whose="" if found.is_patient else t("for {name}", name=found.patient_name),
        reason=found.reason,
        cancelled=_cancelled(found),
        cancel_reason=found.cancel_reason,
        series=series_note(found.series),
        series_dates=series_dates(found.series, found.zone),
        following=len(found.series.following) if found.series else 0,
        is_own=found.is_own,
        price=found.price,
        can_cancel=found.can_cancel,
        is_ahead=_is_ahead(found),
        deadline=_deadline(found),
        can_move=found.can_move,
        other_times=other_times_link(found) if found.can_move else "/",
        earlier=[
            EarlierRow(format_moment(each.starts_at, found.zone), each.reason)
            for each in found.earlier
        ],
        again=address("/doctor", id=found.doctor_id, clinic=found.clinic_id),
    )


def moved_in_words(shown: Shown) -> str:
    """Return what is said right after moving; nothing once that is over."""
    if not shown.earlier or not shown.can_cancel:
        return ""
    return t(
        "Moved from {before} to {now}. You get a mail with the new time.",
        before=shown.earlier[-1].when,
        now=shown.when,
    )


def _is_ahead(found: AppointmentView) -> bool:
    """Tell whether the appointment is still to come, cancelled neither."""
    return found.cancelled_by is None and clock.now() < found.starts_at


def _deadline(found: AppointmentView) -> str:
    """Return until when the patient can cancel, or whom to call once it is too late."""
    if not found.can_cancel:
        return TooLateToCancel(found.clinic_name, found.clinic_phone).sentence
    if found.deadline == found.starts_at:
        return t("You can cancel here until the appointment begins.")
    until = format_moment(found.deadline, found.zone)
    return t("You can cancel here until {moment}.", moment=until)


def _headline(found: AppointmentView) -> str:
    sentences = {
        AppointmentStatus.PENDING: t("Your appointment waits to be confirmed")
        if found.is_patient
        else t("The appointment waits to be confirmed"),
        AppointmentStatus.CONFIRMED: t("Your appointment is confirmed")
        if found.is_patient
        else t("The appointment is confirmed"),
        AppointmentStatus.CHECKED_IN: t("You are checked in")
        if found.is_patient
        else t("The patient is checked in"),
        AppointmentStatus.COMPLETED: t("This appointment took place"),
        AppointmentStatus.NO_SHOW: t("This appointment was missed"),
        AppointmentStatus.CANCELLED: t("This appointment is cancelled"),
    }
    return sentences[found.status]


def _cancelled(found: AppointmentView) -> str:
    match found.cancelled_by:
        case None:
            return ""
        case CancelledBy.YOU:
            return t("Cancelled by you")
        case CancelledBy.CLINIC:
            return t("Cancelled by the clinic")
        case CancelledBy.PATIENT if found.is_patient:
            return t("Cancelled by your guardian")
        case CancelledBy.PATIENT:
            return t("Cancelled by the patient")
