"""Setting up an installation: the first clinics, which come from the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from zoneinfo import available_timezones

from babel import Locale
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import NOBODY
from appointment_app.accounts.contact_details import Unreadable, read_phone
from appointment_app.clinics.specialties import add_standard_specialties
from appointment_app.database import transactional
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import Clinic, row_id


@dataclass(frozen=True, slots=True)
class ClinicDetails:
    """A clinic as it is typed; ``country`` is ISO 3166-1 alpha-2, ``zone`` an IANA name."""

    name: str
    city: str
    country: str
    zone: str
    street: str = ""
    postcode: str = ""
    phone: str = ""


@transactional
async def add_clinic(session: AsyncSession, details: ClinicDetails) -> None:
    """Store a clinic, and the standard specialties if they are missing.

    For whoever already controls the database; no page and no API route leads here. Raises
    ``Invalid`` with a sentence for each wrong field.
    """
    country = details.country.strip().upper()
    errors = {
        field: t("Please fill this in.")
        for field in ("name", "city")
        if not getattr(details, field).strip()
    }
    if len(country) != 2 or country not in Locale("en").territories:
        errors["country"] = t("Please give the country as two letters, such as DE or US.")
    if details.zone not in available_timezones():
        errors["zone"] = t("Please give an IANA time zone, such as Europe/Berlin.")
    phone = ""
    if details.phone:
        try:
            phone = read_phone(details.phone)
        except Unreadable as unreadable:
            errors["phone"] = str(unreadable)
    if errors:
        raise Invalid(errors)
    clinic = Clinic(
        name=details.name.strip(),
        street=details.street.strip(),
        postcode=details.postcode.strip(),
        city=details.city.strip(),
        country=country,
        zone=details.zone,
        phone=phone,
    )
    session.add(clinic)
    await add_standard_specialties(session)
    await session.flush()
    clinic_id = row_id(clinic)
    audit.record(
        session,
        NOBODY,
        "clinic.created",
        record_type="clinic",
        record_id=clinic_id,
        clinic_id=clinic_id,
        after=asdict(details),
    )
