"""The photos of doctors: what is taken in, what is kept of it, and who gets it."""

from __future__ import annotations

import asyncio
import struct
import zlib
from io import BytesIO
from time import sleep

import pytest
from PIL import Image
from sqlmodel import select

from appointment_app.accounts.actor import NOBODY
from appointment_app.clinics import doctor_photos
from appointment_app.clinics.doctor_photos import (
    MOST_BYTES,
    SIDE,
    load_photo,
    reencoded,
    remove_photo,
    store_photo,
)
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import Approval, Doctor, DoctorPhoto
from tests.factories import administrator_actor, doctor_actor, make_clinic, make_doctor
from tests.pictures import picture


async def test_photos_are_decoded_one_after_another(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a few kilobytes may unfold to hundreds of megabytes, and anybody can register."""
    at_once = most = 0

    def decoding(content: bytes) -> bytes:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        sleep(0.02)
        at_once -= 1
        return content

    monkeypatch.setattr(doctor_photos, "reencoded", decoding)
    async with database.session() as session:
        doctors = [await make_doctor(session, await make_clinic(session)) for _ in range(4)]

    async def send(doctor: Doctor) -> None:
        async with database.session() as session:
            await store_photo(session, doctor_actor(doctor), doctor.public_id, b"image")

    await asyncio.gather(*map(send, doctors))
    assert most == 1


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(900, 600), (20, 700), (1, 1)])
def test_any_picture_becomes_a_small_square(kind: str, size: tuple[int, int]) -> None:
    kept = opened(reencoded(picture(kind, size)))
    assert (kept.format, kept.size) == ("WEBP", (SIDE, SIDE))


def test_where_it_was_taken_is_forgotten_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    exif[0x010F] = "Camera of Dora"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # latitude
    content = picture(exif=exif)
    assert b"Camera of Dora" in content
    kept = reencoded(content)
    assert b"Camera" not in kept
    assert b"EXIF" not in kept
    assert not opened(kept).getexif()
    red, _, blue = opened(kept).convert("RGB").getpixel((10, 250))  # type: ignore[misc]
    assert blue > red


def bomb() -> bytes:
    """A PNG of a few bytes that says it had 60,000 times 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + bytes(100),
        picture()[:300],
        bomb(),
        picture("TIFF"),
        b"\x89PNG" + bytes(MOST_BYTES),
        picture("PNG", (8000, 6500)),
    ],
    ids=["empty", "svg", "gif", "torn", "bomb", "tiff", "long", "large"],
)
def test_what_is_no_picture_or_too_much_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as invalid:
        reencoded(content)
    assert invalid.value.errors.keys() == {"photo"}


async def test_a_photo_is_kept_replaced_and_removed(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        admin = await administrator_actor(session, clinic)
    names = []
    for actor, size in ((doctor_actor(doctor), (900, 600)), (admin, (600, 900))):
        async with database.session() as session:
            names.append(await store_photo(session, actor, doctor.public_id, picture(size=size)))
        async with database.session() as session:
            name, image = await load_photo(session, NOBODY, doctor.public_id)
            assert name == names[-1]
            assert opened(image).size == (SIDE, SIDE)
    assert len(set(names)) == 2
    async with database.session() as session:
        assert len((await session.exec(select(DoctorPhoto))).all()) == 1
    for _ in range(2):
        async with database.session() as session:
            await remove_photo(session, admin, doctor.public_id)
    async with database.session() as session:
        with pytest.raises(NotFound):
            await load_photo(session, NOBODY, doctor.public_id)
        assert (await session.get_one(Doctor, doctor.id)).photo == ""


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_nobody_else_sets_it_and_of_the_refused_nobody_else_sees_it(
    database: Database,
) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, approval=Approval.PENDING)
        stranger = doctor_actor(await make_doctor(session, clinic))
        admin = await administrator_actor(session, clinic)
    for actor, refusal in ((NOBODY, LoginRequired), (stranger, Forbidden)):
        async with database.session() as session:
            with pytest.raises(refusal):
                await store_photo(session, actor, doctor.public_id, picture())
        async with database.session() as session:
            with pytest.raises(refusal):
                await remove_photo(session, actor, doctor.public_id)
    async with database.session() as session:
        await store_photo(session, admin, doctor.public_id, picture())
    for actor in (NOBODY, stranger):
        async with database.session() as session:
            with pytest.raises(NotFound):
                await load_photo(session, actor, doctor.public_id)
    for actor in (admin, doctor_actor(doctor)):
        async with database.session() as session:
            assert (await load_photo(session, actor, doctor.public_id))[0]
