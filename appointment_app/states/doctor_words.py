"""How the pages about doctors say who a doctor is and what can be booked with them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from appointment_app.i18n import format_date, language_name, t
from appointment_app.models import VisitMode
from appointment_app.scheduling.doctors import ClinicView, DoctorView, VisitTypeView


def photo_address(doctor_id: UUID, photo: str) -> str:
    """Return where a doctor's photo is, another address for each photo; empty without one."""
    return f"/api/v1/doctors/{doctor_id}/photo?v={photo}" if photo else ""


def summary(doctor: DoctorView) -> str:
    """Return a doctor's specialties and experience, such as ``Dermatology · 14 years``."""
    parts = [", ".join(doctor.specialties)]
    if doctor.years:
        parts.append(t("1 year") if doctor.years == 1 else t("{number} years", number=doctor.years))
    return " · ".join(part for part in parts if part)


def visit_label(visit_type: VisitTypeView) -> str:
    """Return a visit type's name and length, such as ``First visit · 30 min``, and whom it is for.

    Only where it is not for everybody.
    """
    label = t("{visit} · {minutes} min", visit=visit_type.name, minutes=visit_type.duration)
    if visit_type.for_known_patients:
        return t("{visit} · for patients of this doctor", visit=label)
    return label


def visit_note(visit_type: VisitTypeView) -> str:
    """Return what one should know before booking a visit type, in sentences."""
    notes = []
    if visit_type.price:
        notes.append(t("Price: {price}.", price=visit_type.price.rstrip(".")))
    if visit_type.capacity > 1:
        notes.append(t("A group session for up to {seats}.", seats=visit_type.capacity))
    if visit_type.for_known_patients:
        notes.append(t("Only patients who have been with this doctor before can book it."))
    if visit_type.mode is VisitMode.VIDEO:
        notes.append(t("By video."))
    if visit_type.needs_confirmation:
        notes.append(t("The doctor confirms this visit before it is final."))
    return " ".join(notes)


def places_left(seats: int | None) -> str:
    """Return how many places of a group session are left, in words; nothing without a session."""
    if seats is None:
        return ""
    return t("1 place left") if seats == 1 else t("{seats} places left", seats=seats)


def left_out_note(left_out: bool) -> str:
    """Return the line that says why times are missing, where some are."""
    if not left_out:
        return ""
    return t("Times at which you have an appointment yourself are left out.")


def department_names(clinic: ClinicView) -> str:
    """Return the departments of a clinic to which a doctor belongs, in words."""
    return ", ".join(each.name for each in clinic.departments)


def languages(doctor: DoctorView) -> str:
    """Return the doctor's languages in words, such as ``English, German``."""
    return ", ".join(sorted(language_name(code) for code in doctor.languages))


def weekday_name(day: date, today: date) -> str:
    """Return what the day is called at the head of its column: ``Today`` or ``Mon``."""
    return t("Today") if day == today else format_date(day, "EEE")
