"""What the public sees of a doctor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import database_of
from appointment_app.errors import NotFound
from appointment_app.models import (
    Approval,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
    VisitMode,
    row_id,
)
from appointment_app.scheduling.doctors import get_doctor
from tests.factories import make_clinic, make_doctor, make_visit_type
from tests.statements import counted_statements


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(datetime(2026, 11, 23, 8, tzinfo=UTC)):
        yield


async def test_a_doctor_is_shown_with_everything_that_is_public(session: AsyncSession) -> None:
    clinic = await make_clinic(session, phone="+49 30 23125 100")
    boston = await make_clinic(session, city="Boston", zone="America/New_York")
    doctor = await make_doctor(session, clinic, bio="Likes puzzles.", practising_since=2012)
    session.add(DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(boston)))
    for position, name in ((1, "Allergology"), (0, "Dermatology")):
        specialty = Specialty(code=name, name=name)
        session.add(specialty)
        await session.flush()
        session.add(
            DoctorSpecialty(
                doctor_id=row_id(doctor), specialty_id=row_id(specialty), position=position
            )
        )
    for language in ("en", "de"):
        session.add(DoctorLanguage(doctor_id=row_id(doctor), language=language))
    await make_visit_type(session, doctor, name="Second", position=1, mode=VisitMode.VIDEO)
    await make_visit_type(session, doctor, name="First", needs_confirmation=True)
    await make_visit_type(session, doctor, name="Retired", active=False)

    view = await get_doctor(session, NOBODY, doctor.public_id)
    assert (view.name, view.bio, view.years) == ("Dr Dora Doctor", "Likes puzzles.", 14)
    assert view.specialties == ("Dermatology", "Allergology")
    assert view.languages == ("de", "en")
    assert [(each.city, each.zone, each.phone) for each in view.clinics] == [
        ("Berlin", "Europe/Berlin", "+49 30 23125 100"),
        ("Boston", "America/New_York", ""),
    ]
    assert [(each.name, each.mode, each.needs_confirmation) for each in view.visit_types] == [
        ("First", VisitMode.IN_PERSON, True),
        ("Second", VisitMode.VIDEO, False),
    ]


async def test_the_join_link_of_a_video_visit_is_not_public(session: AsyncSession) -> None:
    doctor = await make_doctor(session, await make_clinic(session))
    await make_visit_type(
        session, doctor, mode=VisitMode.VIDEO, join_link="https://video.example/secret"
    )
    assert "secret" not in repr(await get_doctor(session, NOBODY, doctor.public_id))


@pytest.mark.parametrize(
    "values",
    [{"approval": Approval.PENDING}, {"approval": Approval.REFUSED}, {"active": False}],
)
async def test_a_doctor_whom_patients_may_not_book_is_not_found(
    session: AsyncSession, values: dict[str, object]
) -> None:
    doctor = await make_doctor(session, await make_clinic(session), **values)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await get_doctor(session, NOBODY, doctor.public_id)


async def test_an_unknown_doctor_is_not_found(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await get_doctor(session, NOBODY, uuid4())


async def test_a_doctor_without_visit_types_is_still_shown(session: AsyncSession) -> None:
    doctor = await make_doctor(session, await make_clinic(session))
    assert (await get_doctor(session, NOBODY, doctor.public_id)).visit_types == ()


async def test_a_doctor_is_read_in_few_statements(session: AsyncSession) -> None:
    doctor = await make_doctor(session, await make_clinic(session))
    await make_visit_type(session, doctor)
    with counted_statements(database_of(session)) as statements:
        await get_doctor(session, NOBODY, doctor.public_id)
    # Where they work, what they offer, and who they are: never the hours.
    assert len(statements) == 3, "\n".join(statements)
