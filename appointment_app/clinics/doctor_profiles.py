"""A doctor's profile: what patients read of them, as the doctor and administrators keep it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel import Locale
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import Unreadable, read_name
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.clinics.doctor_record import record_of_doctor
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import language_name, t
from appointment_app.models import (
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
    row_id,
)
from appointment_app.scheduling import locks
from appointment_app.texts import fit, search_form

LIMITS = {"title": 20, "qualifications": 1000, "bio": 2000}
_LONGEST_CAREER = 70
_MOST_SPECIALTIES = 8
_MOST_PATIENTS = 200
_LICENCE = (3, 40)


@dataclass(frozen=True, slots=True)
class ProfileDraft:
    """A profile as typed; ``specialties`` are codes, ``languages`` names with commas between.

    ``practising_since`` is a year, ``max_patients_a_day`` empty for no limit.
    """

    title: str
    given_name: str
    family_name: str
    licence_number: str
    qualifications: str = ""
    practising_since: str = ""
    bio: str = ""
    max_patients_a_day: str = ""
    specialties: tuple[str, ...] = ()
    languages: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A doctor's profile as somebody edits it; only administrators change the licence.

    ``photo`` names the picture that is stored, and is empty without one.
    """

    id: UUID
    name: str
    draft: ProfileDraft
    photo: str
    may_change_licence: bool
    specialties: tuple[tuple[str, str], ...]
    version: int


async def get_profile(session: AsyncSession, actor: Actor, doctor_id: UUID | None) -> Profile:
    """Return a doctor's profile (public id), one's own with None, and all specialties there are.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor = await known_doctor(session, actor, doctor_id)
    key = row_id(doctor)
    specialties, languages = await _specialties(session, key), await _languages(session, key)
    draft = ProfileDraft(
        title=doctor.title,
        given_name=doctor.given_name,
        family_name=doctor.family_name,
        licence_number=doctor.licence_number,
        qualifications=doctor.qualifications,
        practising_since=_number_text(doctor.practising_since),
        bio=doctor.bio,
        max_patients_a_day=_number_text(doctor.max_patients_a_day),
        specialties=specialties,
        languages=", ".join(sorted(language_name(code) for code in languages)),
    )
    every = select(Specialty.code, Specialty.name).order_by(col(Specialty.name))
    return Profile(
        doctor.public_id,
        doctor.full_name,
        draft,
        doctor.photo,
        await administers(session, actor, key),
        tuple((code, name) for code, name in await session.exec(every)),
        doctor.version,
    )


@transactional
async def save_profile(
    session: AsyncSession, actor: Actor, doctor_id: UUID, draft: ProfileDraft, *, version: int
) -> None:
    """Keep what somebody changed of a doctor's profile.

    A doctor's own licence number stays what administrators have checked. Raises ``Invalid`` with a
    sentence for each wrong field, ``StaleVersion``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor = await editable_doctor(session, actor, doctor_id)
    key = row_id(doctor)
    # The limit of patients a day makes free times, and the rest what open pages show.
    await locks.lock_doctor(session, key)
    await session.refresh(doctor)
    if doctor.version != version:
        raise StaleVersion
    check = _Check(doctor)
    check.names(draft)
    for name, limit in LIMITS.items():
        check.text(name, getattr(draft, name), limit)
    year = clock.now().year
    check.number("practising_since", draft.practising_since, year - _LONGEST_CAREER, year)
    check.number("max_patients_a_day", draft.max_patients_a_day, 1, _MOST_PATIENTS)
    if await administers(session, actor, key):
        await check.licence(session, draft.licence_number)
    specialties = await check.specialties(session, draft.specialties)
    languages = check.languages(draft.languages)
    if check.errors:
        raise Invalid(check.errors)
    before = {name: getattr(doctor, name) for name in check.columns}
    before |= await _lists(session, key)
    for name, value in check.columns.items():
        setattr(doctor, name, value)
    doctor.version += 1
    session.add(doctor)
    await _replace(session, key, specialties, languages)
    await session.flush()
    after = check.columns | await _lists(session, key)
    await record_of_doctor(session, actor, key, "changed", before=before, after=after)


async def editable_doctor(session: AsyncSession, actor: Actor, doctor_id: UUID | None) -> Doctor:
    """Return the doctor (public id, None: the actor) whose profile the actor may change.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor = await known_doctor(session, actor, doctor_id)
    if not await administers(session, actor, row_id(doctor)):
        require(actor, Action.EDIT_DOCTOR, Record(doctor_id=doctor.id))
    return doctor


async def known_doctor(session: AsyncSession, actor: Actor, doctor_id: UUID | None) -> Doctor:
    """Return the doctor (public id, None: the actor) who works, or did, at a clinic of the actor.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    mine = Doctor.id == actor.own_doctor_id
    wanted = mine if doctor_id is None else Doctor.public_id == doctor_id
    doctor = (await session.exec(select(Doctor).where(wanted))).first()
    if doctor is None:
        require(actor, Action.EDIT_DOCTOR)
        raise NotFound
    if not await _knows(session, actor, row_id(doctor), works=False):
        require(actor, Action.EDIT_DOCTOR, Record(doctor_id=doctor.id))
    return doctor


async def administers(session: AsyncSession, actor: Actor, doctor_id: int) -> bool:
    """Tell whether the actor administers a clinic at which the doctor works.

    Of who works nowhere any more: at which they worked. What patients of other clinics read of
    them is nothing that a clinic which they left changes.
    """
    return await _knows(session, actor, doctor_id, works=True)


async def _knows(session: AsyncSession, actor: Actor, doctor_id: int, *, works: bool) -> bool:
    """Tell whether a clinic of the actor is one of the doctor's, who ``works`` there still."""
    of_doctor = select(DoctorAtClinic.clinic_id, DoctorAtClinic.active).where(
        DoctorAtClinic.doctor_id == doctor_id
    )
    places = (await session.exec(of_doctor)).all()
    works = works and any(active for _, active in places)
    return allows(actor, Action.PLACE_DOCTORS) or any(
        allows(actor, Action.PLACE_DOCTORS, Record(clinic_id=clinic_id))
        for clinic_id, active in places
        if active or not works
    )


class _Check:
    """The columns that are right so far, and a sentence for each field that is not."""

    def __init__(self, doctor: Doctor) -> None:
        self._doctor = doctor
        self.columns: dict[str, Any] = {}
        self.errors: dict[str, str] = {}

    def names(self, draft: ProfileDraft) -> None:
        for name in ("given_name", "family_name"):
            try:
                self.columns[name] = read_name(fit(getattr(draft, name)))
            except Unreadable as unreadable:
                self.errors[name] = str(unreadable)

    def text(self, name: str, typed: str, limit: int) -> None:
        self.columns[name] = fit(typed)
        if len(self.columns[name]) > limit:
            self.errors[name] = t("Please use at most {limit} characters.", limit=limit)

    def number(self, name: str, typed: str, least: int, most: int) -> None:
        text = typed.strip()
        is_number = text.isascii() and text.isdigit() and len(text) < 6
        value = int(text) if is_number else None
        if text and (value is None or not least <= value <= most):
            self.errors[name] = t(
                "Please give a number from {least} to {most}, or none.", least=least, most=most
            )
        self.columns[name] = value

    async def licence(self, session: AsyncSession, typed: str) -> None:
        number = " ".join(fit(typed).upper().split())
        if number == self._doctor.licence_number:
            return
        known = select(Doctor.id).where(Doctor.licence_number == number)
        if not _LICENCE[0] <= len(number) <= _LICENCE[1]:
            self.errors["licence_number"] = t("Please enter the licence number.")
        elif (await session.exec(known)).first() is not None:
            self.errors["licence_number"] = t("Another doctor has this licence number.")
        self.columns["licence_number"] = number

    async def specialties(self, session: AsyncSession, codes: tuple[str, ...]) -> list[int]:
        rows = await session.exec(select(Specialty).where(col(Specialty.code).in_(set(codes))))
        ids = {row.code: row_id(row) for row in rows}
        found = [ids[code] for code in dict.fromkeys(codes) if code in ids]
        if not 1 <= len(found) <= _MOST_SPECIALTIES:
            self.errors["specialties"] = t(
                "Please choose one to {most} specialties.", most=_MOST_SPECIALTIES
            )
        return found

    def languages(self, typed: str) -> list[str]:
        found = []
        for name in filter(None, map(str.strip, fit(typed).split(","))):
            code = _codes_of_languages().get(search_form(name))
            if code is None:
                self.errors["languages"] = t("We do not know this language: {name}", name=name[:40])
            else:
                found.append(code)
        return list(dict.fromkeys(found))


async def _specialties(session: AsyncSession, doctor_id: int) -> tuple[str, ...]:
    """Return the codes of the doctor's specialties, the first one first."""
    of_doctor = (
        select(Specialty.code)
        .join(DoctorSpecialty, col(DoctorSpecialty.specialty_id) == Specialty.id)
        .where(DoctorSpecialty.doctor_id == doctor_id)
        .order_by(col(DoctorSpecialty.position))
    )
    return tuple(await session.exec(of_doctor))


async def _languages(session: AsyncSession, doctor_id: int) -> list[str]:
    of_doctor = select(DoctorLanguage.language).where(DoctorLanguage.doctor_id == doctor_id)
    return sorted(await session.exec(of_doctor))


async def _lists(session: AsyncSession, doctor_id: int) -> dict[str, str]:
    """Return the specialties and languages of a doctor as the record has them."""
    return {
        "specialties": ", ".join(await _specialties(session, doctor_id)),
        "languages": ", ".join(await _languages(session, doctor_id)),
    }


async def _replace(
    session: AsyncSession, doctor_id: int, specialties: list[int], languages: list[str]
) -> None:
    """Store the specialties in their order, and the languages, instead of those before."""
    for table in (DoctorSpecialty, DoctorLanguage):
        await session.exec(delete(table).where(col(table.doctor_id) == doctor_id))
    session.add_all(
        DoctorSpecialty(doctor_id=doctor_id, specialty_id=key, position=position)
        for position, key in enumerate(specialties)
    )
    session.add_all(DoctorLanguage(doctor_id=doctor_id, language=code) for code in languages)


def _codes_of_languages() -> dict[str, str]:
    """Return the languages (ISO 639-1) by their names, as they are typed today."""
    english = {str(code): str(name) for code, name in Locale.parse("en").languages.items()}
    known = {search_form(name): code for code, name in english.items() if len(code) == 2}
    return known | {search_form(language_name(code)): code for code in known.values()}


def _number_text(number: int | None) -> str:
    return "" if number is None else str(number)
