"""What the doctor's calendar says: its entries, and one appointment in full."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from appointment_app import clock
from appointment_app.accounts.contact_details import show_phone
from appointment_app.i18n import format_date, format_moment, format_time, t
from appointment_app.models import AppointmentStatus, Approval, VisitMode
from appointment_app.scheduling.calendar import AppointmentDetail, Entry
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.local_time import local_date, local_day_bounds
from appointment_app.scheduling.rules import days_between
from appointment_app.scheduling.time_off import TimeOffItem
from appointment_app.states.series_words import series_note
from appointment_app.states.told import Told, told_before
from appointment_app.states.wording import MODE_NAMES, zone_note
from appointment_app.texts import in_groups


@dataclass(frozen=True)
class HistoryRow:
    """An earlier appointment of the patient, in words."""

    when: str = ""
    visit: str = ""
    status: str = ""


@dataclass(frozen=True)
class Detail:
    """The open appointment, in words; ``can_...`` says which buttons are shown."""

    id: str = ""
    patient: str = ""
    birth_date: str = ""
    phone: str = ""
    told: Told = field(default_factory=Told)
    when: str = ""
    zone: str = ""
    visit: str = ""
    place: str = ""
    room: str = ""
    device: str = ""
    join_link: str = ""
    status: str = ""
    reason: str = ""
    cancel_reason: str = ""
    reference: str = ""
    series: str = ""
    history: list[HistoryRow] = field(default_factory=list)
    overbooked: bool = False
    earlier: list[str] = field(default_factory=list)
    can_confirm: bool = False
    can_check_in: bool = False
    can_undo_check_in: bool = False
    can_complete: bool = False
    can_mark_no_show: bool = False
    can_move: bool = False
    can_cancel: bool = False
    following: int = 0  # how many more of its series can be cancelled with it


def approval_notice(approval: Approval) -> str:
    """Return what a doctor reads whom patients do not see (yet), or an empty string."""
    if approval is Approval.PENDING:
        return t(
            "Your registration waits for approval. Patients see you once it is approved;"
            " you can set your hours and visit types meanwhile."
        )
    if approval is Approval.REFUSED:
        return t("Your registration was not approved, so patients do not see you.")
    return ""


def suspension_notice(suspended_from: datetime | None, zone: str) -> str:
    """Return what a doctor reads whose suspension is ahead, or an empty string."""
    if suspended_from is None or suspended_from <= clock.now():
        return ""
    return t(
        "You will be suspended as a doctor from {moment} on: patients cannot book what is later."
        " An administrator of your clinic can tell you more.",
        moment=format_moment(suspended_from, zone),
    )


def event(entry: Entry, several_clinics: bool, changed: Collection[str] = ()) -> dict[str, str]:
    """Return an appointment as ``components/calendar.py`` takes it.

    Those whose ids are ``changed`` say so.
    """
    kind, words = entry.status.value, [entry.visit]
    if entry.status is AppointmentStatus.PENDING:
        words.insert(0, t("To confirm"))
    elif entry.status is AppointmentStatus.CHECKED_IN:
        words.insert(0, t("Checked in"))
    elif entry.status is AppointmentStatus.COMPLETED:
        words.insert(0, t("Completed"))
    elif entry.status is AppointmentStatus.NO_SHOW:
        words.insert(0, t("No-show"))
    elif entry.mode is VisitMode.VIDEO:
        kind = "video"
        if t("Video").casefold() not in entry.visit.casefold():
            words.insert(0, t("Video"))
    if entry.overbooked:
        words.insert(0, t("Overbooked"))
    if several_clinics:
        words.append(entry.clinic)
    return {
        "id": str(entry.id),
        "title": entry.patient,
        "start": entry.starts_at.isoformat(),
        "end": entry.ends_at.isoformat(),
        "kind": kind,
        "movable": "yes" if entry.can_move else "",
        "detail": " · ".join(words),
        "changed": t("changed just now") if str(entry.id) in changed else "",
    }


def time_off_events(
    item: TimeOffItem, zone: str, view: str, window: Interval
) -> list[dict[str, str]]:
    """Return the days of time off in ``window``, as their ground; a list of days has no ground."""
    words = [t("Time off"), item.note]
    return [
        {
            "id": "",
            "title": " · ".join(filter(None, words)),
            "start": whole.start.isoformat(),
            "end": whole.end.isoformat(),
            "kind": "away",
            "detail": "",
            "display": "auto" if view == "list" else "background",
        }
        for day in days_between(item.first, item.last)
        if overlaps(whole := local_day_bounds(zone, day), window)
    ]


def detail_in_words(detail: AppointmentDetail) -> Detail:
    """Return an appointment in full, as the panel shows it."""
    ends = format_time(detail.ends_at, detail.zone)
    possible = detail.next_statuses
    is_here = detail.status is AppointmentStatus.CHECKED_IN
    in_person = detail.mode is VisitMode.IN_PERSON
    return Detail(
        id=str(detail.id),
        patient=detail.patient,
        birth_date=format_date(detail.birth_date, "d MMMM y") if detail.birth_date else "",
        phone=show_phone(detail.phone),
        told=told_before(detail.reach),
        when=f"{format_moment(detail.starts_at, detail.zone)} – {ends}",
        zone=zone_note(detail.zone),
        visit=f"{detail.visit} · {MODE_NAMES[detail.mode]}",
        place=(detail.place or detail.clinic) if in_person else detail.clinic,
        room=detail.room,
        device=detail.device,
        join_link=detail.join_link,
        status=detail.status.value,
        reason=detail.reason,
        cancel_reason=detail.cancel_reason,
        reference=in_groups(detail.reference),
        series=series_note(detail.series),
        history=[
            HistoryRow(
                when=format_date(local_date(visit.zone, visit.starts_at), "d MMM y"),
                visit=visit.visit,
                status=visit.status.value,
            )
            for visit in detail.history
        ],
        overbooked=detail.overbooked,
        earlier=[format_moment(each, detail.zone) for each in detail.earlier],
        can_confirm=AppointmentStatus.CONFIRMED in possible and not is_here,
        can_check_in=AppointmentStatus.CHECKED_IN in possible,
        can_undo_check_in=AppointmentStatus.CONFIRMED in possible and is_here,
        can_complete=AppointmentStatus.COMPLETED in possible,
        can_mark_no_show=AppointmentStatus.NO_SHOW in possible,
        can_move=detail.can_move,
        can_cancel=AppointmentStatus.CANCELLED in possible,
        following=len(detail.series.following) if detail.series else 0,
    )
