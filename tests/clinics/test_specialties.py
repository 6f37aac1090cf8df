"""The standard specialties are found by the words that a patient would use."""

from __future__ import annotations

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY
from appointment_app.clinics.specialties import (
    STANDARD_SPECIALTIES,
    add_standard_specialties,
    renew_standard_specialties,
)
from appointment_app.database import Database
from appointment_app.models import DoctorSpecialty, Specialty, row_id
from appointment_app.scheduling.search import Query, find_doctors
from tests.factories import make_clinic, make_doctor, make_visit_type

# What somebody types, what they mean, and what they surely do not.
WORDS = {
    "skin": ("dermatology", "cardiology"),
    "heart": ("cardiology", "neurology"),
    "child": ("paediatrics", "cardiology"),
    "tooth": ("dentistry", "cardiology"),
    "eyes": ("ophthalmology", "dermatology"),
    "back pain": ("orthopaedics", "dermatology"),
    "ear": ("ear-nose-throat", "cardiology"),
    "headache": ("neurology", "dermatology"),
    "baby": ("paediatrics", "surgery"),
    "pregnant": ("gynaecology", "urology"),
    "sleep": ("sleep-medicine", "surgery"),
    "depression": ("psychiatry", "surgery"),
    "stomach": ("gastroenterology", "neurology"),
    "braces": ("orthodontics", "surgery"),
    "cancer": ("oncology", "dentistry"),
    "kidney": ("nephrology", "dentistry"),
    "varicose veins": ("vascular-medicine", "dentistry"),
    "diabetes": ("endocrinology", "dentistry"),
    "piles": ("proctology", "neurology"),
    "x-ray": ("radiology", "neurology"),
    "hay fever": ("allergology", "dentistry"),
    "checkup": ("general-practice", "surgery"),
    "toenail": ("podiatry", "dentistry"),
    "GP": ("general-practice", "surgery"),
}


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_words_of_a_patient_find_the_specialty(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    await add_standard_specialties(session)
    await session.commit()
    for row in (await session.exec(select(Specialty))).all():
        doctor = await make_doctor(session, clinic, family_name=f"Q{row.code}", given_name="Qq")
        await make_visit_type(session, doctor)
        session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(row)))
    await session.commit()
    wrong = {}
    for words, (meant, not_meant) in WORDS.items():
        page = await find_doctors(session, NOBODY, Query(words), limit=100)
        found = {card.doctor.name.removeprefix("Dr Qq Q") for card in page.cards}
        if meant not in found or not_meant in found:
            wrong[words] = found
    assert wrong == {}


def test_the_list_is_sound() -> None:
    codes = [each.code for each in STANDARD_SPECIALTIES]
    names = [each.name for each in STANDARD_SPECIALTIES]
    assert len(set(codes)) == len(set(names)) == len(codes) > 50
    assert max(len(each.search_words) for each in STANDARD_SPECIALTIES) <= 400
    assert max(map(len, codes)) <= 40
    assert max(map(len, names)) <= 80


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_an_older_list_learns_the_words_of_today(session: AsyncSession) -> None:
    session.add(Specialty(code="dermatology", name="Skin care", search_words="rash"))
    await session.commit()
    for _ in range(2):
        await add_standard_specialties(session)
        await session.commit()
    rows = (await session.exec(select(Specialty))).all()
    assert len(rows) == len(STANDARD_SPECIALTIES)
    (row,) = (row for row in rows if row.code == "dermatology")
    assert (row.name, "psoriasis" in row.search_words) == ("Skin care", True)


async def test_an_earlier_list_is_brought_up_to_date_once(database: Database) -> None:
    async with database.session() as session:
        assert not await renew_standard_specialties(session)  # the first clinic brings them
    async with database.session() as session, session.begin():
        session.add(Specialty(code="dermatology", name="Skin", search_words="rash"))
        session.add(Specialty(code="own-one", name="Our own", search_words="ours"))
    for is_behind in (True, False):
        async with database.session() as session:
            assert await renew_standard_specialties(session) is is_behind
    async with database.session() as session:
        stored = {each.code: each for each in await session.exec(select(Specialty))}
    assert stored.keys() == {each.code for each in STANDARD_SPECIALTIES} | {"own-one"}
    assert stored["dermatology"].name == "Skin"
    assert "skin" in stored["dermatology"].search_words
