"""A clinic as an administrator types it, and the check that makes columns of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from appointment_app.accounts.contact_details import Unreadable, read_email, read_phone
from appointment_app.clinics.public_hours import WEEKDAYS, read_ranges, typed_ranges
from appointment_app.errors import Invalid
from appointment_app.i18n import countries, t
from appointment_app.models import Clinic
from appointment_app.scheduling.public_holidays import regions_of
from appointment_app.texts import fit

LIMITS = {"name": 120, "street": 120, "postcode": 16, "city": 80, "state": 80}
_FARTHEST = {"latitude": 90, "longitude": 180}
_HOURS = "hours_{}"


@dataclass(frozen=True, slots=True)
class ClinicDraft:
    """What an administrator may say of a clinic, as typed.

    ``country`` is ISO 3166-1, ``region`` empty for the whole country, ``zone`` an IANA name,
    ``latitude`` and ``longitude`` degrees, both or neither; ``hours`` has a text for each weekday,
    Monday first.
    """

    name: str
    city: str
    country: str
    zone: str
    region: str = ""
    closed_on_holidays: bool = False
    street: str = ""
    postcode: str = ""
    state: str = ""
    phone: str = ""
    email: str = ""
    latitude: str = ""
    longitude: str = ""
    hours: tuple[str, ...] = ("",) * len(WEEKDAYS)


def draft_of(clinic: Clinic) -> ClinicDraft:
    """Return a stored clinic as it would be typed."""
    return ClinicDraft(
        name=clinic.name,
        city=clinic.city,
        country=clinic.country,
        zone=clinic.zone,
        region=clinic.region,
        closed_on_holidays=clinic.closed_on_holidays,
        street=clinic.street,
        postcode=clinic.postcode,
        state=clinic.state,
        phone=clinic.phone,
        email=clinic.email,
        latitude=_degrees_text(clinic.latitude),
        longitude=_degrees_text(clinic.longitude),
        hours=tuple(typed_ranges(clinic.opening_hours or [], weekday) for weekday in WEEKDAYS),
    )


def columns_of(draft: ClinicDraft, before: Clinic | None = None) -> dict[str, Any]:
    """Return the columns of ``Clinic`` by name, checked; what stands in ``before`` may stay.

    Raises ``Invalid`` with a sentence for each wrong field, those of the hours being called
    ``hours_0`` (Monday) to ``hours_6``.
    """
    check = _Check()
    for name, limit in LIMITS.items():
        check.text(name, getattr(draft, name), limit)
    check.one_of(
        "country",
        draft.country,
        {code for code, _ in countries()} | ({before.country} if before else set()),
        t("Please choose a country."),
    )
    regions = {"", *(code for code, _ in regions_of(draft.country))}
    if before is not None and draft.country == before.country:
        regions.add(before.region)
    check.one_of("region", draft.region, regions, t("Please choose a region."))
    check.one_of(
        "zone", draft.zone.strip(), _zones(), t("Please choose a time zone, such as Europe/Berlin.")
    )
    # What was stored before there was a check may stay as it is.
    check.contact("phone", draft.phone, read_phone, before.phone if before else "")
    check.contact("email", draft.email, read_email, before.email if before else "")
    check.position(draft.latitude, draft.longitude)
    check.hours(draft.hours)
    if check.errors:
        raise Invalid(check.errors)
    return check.columns | {"closed_on_holidays": draft.closed_on_holidays}


class _Check:
    """The columns that are right so far, and a sentence for each field that is not."""

    def __init__(self) -> None:
        self.columns: dict[str, Any] = {}
        self.errors: dict[str, str] = {}

    def text(self, name: str, typed: str, limit: int) -> None:
        value = " ".join(fit(typed).split())
        if not value and name in ("name", "city"):
            self.errors[name] = (
                t("Please give a name.") if name == "name" else t("Please give the city.")
            )
        elif len(value) > limit:
            self.errors[name] = t("Please use at most {limit} characters.", limit=limit)
        self.columns[name] = value

    def one_of(self, name: str, value: str, known: set[str], sentence: str) -> None:
        if value not in known:
            self.errors[name] = sentence
        self.columns[name] = value

    def contact(self, name: str, typed: str, read: Callable[[str], str], before: str) -> None:
        typed = fit(typed)
        try:
            self.columns[name] = typed if typed in {"", before} else read(typed)
        except Unreadable as unreadable:
            self.errors[name] = str(unreadable)

    def position(self, latitude: str, longitude: str) -> None:
        typed = {"latitude": latitude.strip(), "longitude": longitude.strip()}
        for name, text in typed.items():
            self.columns[name] = None
            if not text:
                if any(typed.values()):
                    self.errors[name] = t("Please give both degrees of the position, or neither.")
                continue
            degrees = _degrees(text)
            if degrees is None or abs(degrees) > _FARTHEST[name]:
                self.errors[name] = t(
                    "Please give degrees between -{most} and {most}, such as 52.5186.",
                    most=_FARTHEST[name],
                )
            self.columns[name] = degrees

    def hours(self, typed: tuple[str, ...]) -> None:
        found = []
        for weekday, text in zip(WEEKDAYS, typed, strict=True):
            try:
                found += [[weekday, *times] for times in read_ranges(text)]
            except ValueError as unreadable:
                self.errors[_HOURS.format(weekday)] = str(unreadable)
        self.columns["opening_hours"] = found or None


def _degrees(typed: str) -> float | None:
    try:
        degrees = float(typed.replace(",", "."))
    except ValueError:
        return None
    # "nan" is a number for Python, and no place on earth.
    return round(degrees, 6) if abs(degrees) <= max(_FARTHEST.values()) else None


def _degrees_text(degrees: float | None) -> str:
    return "" if degrees is None else f"{degrees:.6f}".rstrip("0").rstrip(".")


@lru_cache
def _zones() -> set[str]:
    return available_timezones()


def zones() -> list[str]:
    """Return the zones to choose from: those that are called after a place, by name."""
    no_places = ("Etc/", "SystemV/")
    return ["UTC", *sorted(z for z in _zones() if "/" in z and not z.startswith(no_places))]
