"""What stands in a patient's profile, and reading it from what somebody typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

from appointment_app import clock
from appointment_app.accounts.contact_details import Unreadable, read_name, read_phone
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import BloodGroup, PatientProfile, Person
from appointment_app.texts import fit

LANGUAGES = (
    *("ar", "bg", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu"),
    *("it", "ja", "ko", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "tr", "uk", "ur"),
    *("vi", "zh"),
)
LIMITS = {
    "allergies": 1000,
    "emergency_relation": 60,
    "insurance_provider": 100,
    "insurance_number": 60,
}
# The names of the fields, by who may see them.
CONTACT = ("given_name", "family_name", "birth_date", "phone", "language")
INSURANCE = ("insurance_provider", "insurance_number")
HEALTH = (
    *("blood_group", "allergies"),
    *("emergency_name", "emergency_phone", "emergency_relation"),
)
_WISHES = ("time_zone", "wants_reminders", "reminder_hours")
# Hours before an appointment at which one can be reminded, instead of the usual ones.
REMINDER_HOURS = (24, 2)
_OF_PROFILE = (*HEALTH, *INSURANCE, *_WISHES)
_OLDEST = timedelta(days=130 * 366)


@dataclass(frozen=True, slots=True)
class ProfileData:
    """All that a profile holds; what was not told is empty or None.

    Telephone numbers are E.164, ``language`` is ISO 639-1, ``time_zone`` an IANA name.
    """

    given_name: str
    family_name: str
    birth_date: date | None = None
    phone: str = ""
    language: str = "en"
    blood_group: BloodGroup | None = None
    allergies: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""
    insurance_provider: str = ""
    insurance_number: str = ""
    time_zone: str = ""
    wants_reminders: bool = True
    reminder_hours: int | None = None


def data_of(person: Person, profile: PatientProfile | None) -> ProfileData:
    """Return what the two rows of a person say."""
    told = profile or PatientProfile(person_id=0)
    return ProfileData(
        **{name: getattr(person, name) for name in CONTACT},
        **{name: getattr(told, name) for name in _OF_PROFILE},
    )


def write_into(person: Person, profile: PatientProfile, data: ProfileData) -> bool:
    """Put ``data`` into the two rows; return whether anything is another than before."""
    if data_of(person, profile) == data:
        return False
    for row, names in ((person, CONTACT), (profile, _OF_PROFILE)):
        for name in names:
            setattr(row, name, getattr(data, name))
    return True


def typed_of(data: ProfileData) -> dict[str, str]:
    """Return a profile as it would be typed, so that a part of it can be typed anew."""
    values = {each.name: getattr(data, each.name) for each in fields(data)}
    checked = "on" if values.pop("wants_reminders") else ""
    typed = {name: "" if value is None else str(value) for name, value in values.items()}
    return typed | {"wants_reminders": checked}


def read_profile(typed: Mapping[str, str], region: str) -> ProfileData:
    """Return what was ``typed`` into the fields, which are named as in ``ProfileData``.

    Telephone numbers without their country code are of ``region``. A box that is not checked is
    missing. Raises ``Invalid``.
    """
    errors: dict[str, str] = {}

    def read(name: str, reader: Callable[[str], object]) -> object:
        try:
            return reader(typed.get(name, ""))
        except Unreadable as unreadable:
            errors[name] = str(unreadable)
            return None

    values: dict[str, object] = {
        "given_name": read("given_name", read_name),
        "family_name": read("family_name", read_name),
        "birth_date": read("birth_date", read_birth_date),
        "phone": read("phone", lambda text: read_phone(text, region)),
        "language": read("language", _read_language),
        "blood_group": read("blood_group", _read_blood_group),
        "emergency_name": read("emergency_name", lambda text: read_name(text) if text else ""),
        "emergency_phone": read("emergency_phone", lambda text: read_phone(text, region)),
        "time_zone": read("time_zone", _read_zone),
        "wants_reminders": bool(typed.get("wants_reminders")),
        "reminder_hours": read("reminder_hours", _read_reminder_hours),
    }
    for name, limit in LIMITS.items():
        values[name] = read(name, _reader_of_text(limit))
    if errors:
        raise Invalid(errors)
    return ProfileData(**values)  # type: ignore[arg-type]


def _read_reminder_hours(typed: str) -> int | None:
    if typed and typed not in map(str, REMINDER_HOURS):
        raise Unreadable(t("Please choose one of these."))
    return int(typed) if typed else None


def read_birth_date(typed: str) -> date | None:
    """Return the day, None for nothing; raises ``Unreadable`` for what nobody was born on."""
    if not typed.strip():
        return None
    sentence = t("Please enter the day of birth, such as 1984-05-23.")
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError as unreadable:
        raise Unreadable(sentence) from unreadable
    today = clock.now().date()
    # Where the day begins first it is tomorrow already.
    if not today - _OLDEST <= day <= today + timedelta(days=1):
        raise Unreadable(sentence)
    return day


def _reader_of_text(limit: int) -> Callable[[str], str]:
    def read(typed: str) -> str:
        text = fit(typed)
        if len(text) > limit:
            raise Unreadable(t("Please use at most {limit} characters.", limit=limit))
        return text

    return read


def _read_language(typed: str) -> str:
    if typed not in LANGUAGES:
        raise Unreadable(t("Please choose a language."))
    return typed


def _read_blood_group(typed: str) -> BloodGroup | None:
    try:
        return BloodGroup(typed) if typed else None
    except ValueError as unknown:
        raise Unreadable(t("Please choose a blood group.")) from unknown


def _read_zone(typed: str) -> str:
    if typed and typed not in time_zones():
        raise Unreadable(t("Please choose a time zone."))
    return typed


@lru_cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all zones that are named by a continent or ocean and a city."""
    continents = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian")
    named = (zone.partition("/") for zone in available_timezones())
    places = {"/".join((area, city)) for area, _, city in named if area in (*continents, "Pacific")}
    return tuple(sorted(places))
