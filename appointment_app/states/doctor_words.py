"""How the pages about doctors say who a doctor is and what can be booked with them."""

from __future__ import annotations

from datetime import date

from appointment_app.i18n import format_date, language_name, t
from appointment_app.scheduling.doctors import DoctorView, VisitTypeView


def summary(doctor: DoctorView) -> str:
    """Return a doctor's specialties and experience, such as ``Dermatology · 14 years``."""
    parts = [", ".join(doctor.specialties)]
    if doctor.years:
        parts.append(t("1 year") if doctor.years == 1 else t("{number} years", number=doctor.years))
    return " · ".join(part for part in parts if part)


def visit_label(visit_type: VisitTypeView) -> str:
    """Return a visit type's name and length, such as ``First visit · 30 min``."""
    return t("{visit} · {minutes} min", visit=visit_type.name, minutes=visit_type.duration)


def languages(doctor: DoctorView) -> str:
    """Return the doctor's languages in words, such as ``English, German``."""
    return ", ".join(sorted(language_name(code) for code in doctor.languages))


def weekday_name(day: date, today: date) -> str:
    """Return what the day is called at the head of its column: ``Today`` or ``Mon``."""
    return t("Today") if day == today else format_date(day, "EEE")
