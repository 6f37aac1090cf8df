"""A patient's profile as a form shows it, and as those read it who treat them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from appointment_app.accounts.contact_details import show_phone
from appointment_app.accounts.profile_data import LANGUAGES, ProfileData
from appointment_app.accounts.profiles import PatientView, Profile
from appointment_app.i18n import format_date, language_name, t
from appointment_app.models import Kinship
from appointment_app.settings import get_settings

LABELS = {
    "given_name": t("First name"),
    "family_name": t("Last name"),
    "birth_date": t("Date of birth"),
    "phone": t("Phone number"),
    "language": t("Language"),
    "blood_group": t("Blood group"),
    "allergies": t("Allergies"),
    "emergency_name": t("Emergency contact"),
    "emergency_phone": t("Phone of the emergency contact"),
    "emergency_relation": t("Relation of the emergency contact"),
    "insurance_provider": t("Insurer"),
    "insurance_number": t("Insurance number"),
    "time_zone": t("Time zone"),
    "wants_reminders": t("Reminders by mail"),
    "reminder_hours": t("When to remind"),
}


# What a guardian is, by what the patient is to them.
_GUARDIANS = {
    Kinship.CHILD: t("parent"),
    Kinship.PARENT: t("son or daughter"),
    Kinship.PARTNER: t("partner"),
}


@dataclass(frozen=True)
class ProfileFields:
    """What the form is opened with; ``number`` makes each opening a fresh form."""

    number: int = 0
    name: str = ""
    is_own: bool = True
    given_name: str = ""
    family_name: str = ""
    birth_date: str = ""
    phone: str = ""
    language: str = "en"
    blood_group: str = ""
    allergies: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""
    insurance_provider: str = ""
    insurance_number: str = ""
    time_zone: str = ""
    wants_reminders: bool = True
    reminder_hours: str = ""


@dataclass(frozen=True)
class FieldOfOthers:
    """A field that somebody else changed meanwhile, and what they put there."""

    label: str = ""
    value: str = ""


@dataclass(frozen=True)
class PatientWords:
    """A patient as staff read about them."""

    id: str = ""
    name: str = ""
    birth_date: str = ""
    phone: str = ""
    language: str = ""
    insurance: str = ""
    shows_health: bool = False
    allergies: str = ""
    blood_group: str = ""
    emergency: str = ""
    emergency_phone: str = ""
    guardians: list[str] = field(default_factory=list)


def guardians_in_words(view: PatientView) -> list[str]:
    """Return who may act for a patient, what they are to them, and how they are reached."""
    return [
        ", ".join(filter(None, (each.name, _guardian(each.kinship), show_phone(each.phone))))
        for each in view.guardians
    ]


def _guardian(kinship: Kinship | None) -> str:
    return _GUARDIANS.get(kinship, "") if kinship else ""


def language_options() -> list[tuple[str, str]]:
    """Return the languages to choose from, code and name, by name."""
    return sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda pair: pair[1])


def reminder_choices() -> list[tuple[str, str]]:
    """Return when somebody can be reminded of an appointment: value and words."""
    hours = get_settings().reminder_hours
    usual = t("As usual: the day before") if hours == 24 else t("As usual")
    return [("", usual), ("24", t("The day before")), ("2", t("Two hours before"))]


def fields_of(profile: Profile, number: int) -> ProfileFields:
    """Return the form's contents for a profile."""
    data = profile.data
    return ProfileFields(
        number=number,
        name=f"{data.given_name} {data.family_name}",
        is_own=profile.is_own,
        wants_reminders=data.wants_reminders,
        **{name: _in_field(data, name) for name in LABELS if name != "wants_reminders"},
    )


def changed_by_others(before: ProfileData, now: ProfileData) -> list[FieldOfOthers]:
    """Return what is another ``now`` than ``before``, in words."""
    return [
        FieldOfOthers(LABELS[each.name], _in_words(now, each.name))
        for each in fields(ProfileData)
        if getattr(before, each.name) != getattr(now, each.name)
    ]


def patient_in_words(view: PatientView) -> PatientWords:
    """Return what staff see of a patient, as a panel shows it."""
    relation = f" ({view.emergency_relation})" if view.emergency_relation else ""
    return PatientWords(
        id=str(view.person_id),
        name=view.name,
        birth_date=format_date(view.birth_date, "d MMMM y") if view.birth_date else "",
        phone=show_phone(view.phone),
        language=language_name(view.language),
        insurance=" · ".join(filter(None, (view.insurance_provider, view.insurance_number))),
        shows_health=view.shows_health,
        allergies=view.allergies,
        blood_group=view.blood_group.value if view.blood_group else "",
        emergency=f"{view.emergency_name}{relation}" if view.emergency_name else "",
        emergency_phone=show_phone(view.emergency_phone),
        guardians=guardians_in_words(view),
    )


def _in_field(data: ProfileData, name: str) -> str:
    value = getattr(data, name)
    if name in {"phone", "emergency_phone"}:
        return show_phone(value)
    return "" if value is None else str(value)


def _in_words(data: ProfileData, name: str) -> str:
    if name == "language":
        return language_name(data.language)
    if name == "wants_reminders":
        return t("Yes") if data.wants_reminders else t("No")
    if name == "reminder_hours":
        chosen = "" if data.reminder_hours is None else str(data.reminder_hours)
        return dict(reminder_choices())[chosen]
    if name == "birth_date" and data.birth_date:
        return format_date(data.birth_date, "d MMMM y")
    return _in_field(data, name) or t("empty")
