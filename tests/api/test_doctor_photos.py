"""The photo of a doctor over HTTP: what browsers keep, when they ask again, and how it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest

from appointment_app import clock
from appointment_app.clinics.doctor_photos import MEDIA_TYPE, MOST_BYTES
from appointment_app.database import Database
from appointment_app.models import Approval, Doctor
from tests.api.clients import program
from tests.api.practice import called_by
from tests.pictures import picture
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


@pytest.fixture
def address(practice: Practice) -> str:
    return f"/doctors/{practice.doctor.public_id}/photo"


@pytest.fixture
async def name(practice: Practice, address: str) -> str:
    """The name of the photo that the doctor has sent."""
    doctor = await called_by(practice, practice.doctor)
    answer = await doctor.post(address, content=picture())
    assert answer.status_code == HTTPStatus.OK
    kept: str = answer.json()["photo"]
    return kept


async def test_an_address_that_names_the_photo_is_kept_for_ever(address: str, name: str) -> None:
    answer = await program().get(address, params={"v": name})
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, MEDIA_TYPE)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{name}"'


@pytest.mark.parametrize("named", [{}, {"v": "another"}])
async def test_any_other_address_is_asked_again(
    address: str, name: str, named: dict[str, str]
) -> None:
    answer = await program().get(address, params=named)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_what_has_not_changed_is_not_sent_again(
    practice: Practice, address: str, name: str
) -> None:
    known = {"If-None-Match": f'"{name}"'}
    answer = await program().get(address, headers=known)
    assert (answer.status_code, answer.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert answer.headers["etag"] == f'"{name}"'
    doctor = await called_by(practice, practice.doctor)
    other = await doctor.post(address, content=picture(size=(600, 900)))
    answer = await program().get(address, headers=known)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["etag"] == f'"{other.json()["photo"]}"' != f'"{name}"'


async def test_it_is_taken_away(practice: Practice, address: str, name: str) -> None:
    doctor = await called_by(practice, practice.doctor)
    assert (await doctor.delete(address)).status_code == HTTPStatus.NO_CONTENT
    answer = await program().get(address, headers={"If-None-Match": f'"{name}"'})
    assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_of_who_is_not_approved_only_the_doctor_gets_it(
    practice: Practice, address: str, name: str
) -> None:
    async with practice.database.session() as session:
        doctor = await session.get_one(Doctor, practice.doctor.id)
        doctor.approval = Approval.PENDING
        session.add(doctor)
        await session.commit()
    known = {"If-None-Match": f'"{name}"'}
    assert (await program().get(address, headers=known)).status_code == HTTPStatus.NOT_FOUND
    own = await called_by(practice, practice.doctor)
    assert (await own.get(address)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8" + b"0" * (MOST_BYTES + 1)])
async def test_what_is_no_photo_is_refused_in_words(
    practice: Practice, address: str, content: bytes
) -> None:
    doctor = await called_by(practice, practice.doctor)
    answer = await doctor.post(address, content=content)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "picture" in answer.text
    assert (await program().get(address)).status_code == HTTPStatus.NOT_FOUND
