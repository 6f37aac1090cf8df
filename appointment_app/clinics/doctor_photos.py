"""The photo of a doctor: taken in as people's cameras make it, kept small and without its story.

It is kept in the database, where every process and machine finds it.
"""

from __future__ import annotations

import asyncio
import hashlib
import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageOps
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.clinics.doctor_profiles import administers, editable_doctor
from appointment_app.clinics.doctor_record import record_of_doctor
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import Approval, Doctor, DoctorPhoto, row_id
from appointment_app.scheduling import locks

MEDIA_TYPE = "image/webp"
# What a photo may have when it comes: a good camera's, and no more.
MOST_BYTES = 8_000_000
_MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
# One after another: a small file may unfold to hundreds of megabytes.
_DECODER = ThreadPoolExecutor(1, "photos")
# What is kept.
SIDE = 512
_QUALITY = 82


async def store_photo(session: AsyncSession, actor: Actor, doctor_id: UUID, content: bytes) -> str:
    """Keep a photo (JPEG, PNG or WebP) as that of a doctor (public id); return its name.

    Raises ``Invalid`` for the field ``photo``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    async with session.begin():
        # Nobody else makes us decode anything.
        await editable_doctor(session, actor, doctor_id)
    image = await asyncio.get_running_loop().run_in_executor(_DECODER, reencoded, content)
    name = hashlib.sha256(image).hexdigest()[:16]
    await _store(session, actor, doctor_id, image, name)
    return name


@transactional
async def remove_photo(session: AsyncSession, actor: Actor, doctor_id: UUID) -> None:
    """Remove the photo of a doctor (public id). Without one it changes nothing.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor = await editable_doctor(session, actor, doctor_id)
    if await session.get(DoctorPhoto, row_id(doctor)) is None:
        return
    await locks.lock_doctor(session, row_id(doctor), frees_time=False)
    photo = await session.get(DoctorPhoto, row_id(doctor), populate_existing=True)
    if photo is None:  # the second of two quick clicks
        return
    await session.delete(photo)
    await _name(session, actor, doctor, "")


async def load_photo(session: AsyncSession, actor: Actor, doctor_id: UUID) -> tuple[str, bytes]:
    """Return the name of a doctor's photo, and the photo.

    Of doctors whom patients cannot find only to those who may change it. Raises ``NotFound``.
    """
    by_id = select(Doctor, DoctorPhoto).join(DoctorPhoto).where(Doctor.public_id == doctor_id)
    row = (await session.exec(by_id)).first()
    if row is None:
        raise NotFound
    doctor, photo = row
    is_public = doctor.active and doctor.approval is Approval.APPROVED
    may_see = is_public or doctor.id == actor.own_doctor_id
    if not may_see and not await administers(session, actor, row_id(doctor)):
        raise NotFound
    return doctor.photo, photo.image


def reencoded(content: bytes) -> bytes:
    """Return a photo as it is kept: a square in WebP, upright, with nothing of what it told of us.

    Raises ``Invalid`` for the field ``photo``.
    """
    if len(content) > MOST_BYTES:
        raise _refusal(t("This picture is too large: please choose one of at most 8 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise _refusal(t("This picture has too many pixels."))
                upright = ImageOps.exif_transpose(picture).convert("RGB")
        square = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
        kept = BytesIO()
        square.save(kept, "WEBP", quality=_QUALITY)
    except Invalid:
        raise
    except Exception as unreadable:
        # Files that are made to break a decoder break it in many ways.
        raise _refusal(t("Please choose a picture: JPEG, PNG or WebP.")) from unreadable
    return kept.getvalue()


@transactional
async def _store(
    session: AsyncSession, actor: Actor, doctor_id: UUID, image: bytes, name: str
) -> None:
    doctor = await _locked(session, actor, doctor_id)
    photo = await session.get(DoctorPhoto, row_id(doctor)) or DoctorPhoto(
        doctor_id=row_id(doctor), image=image
    )
    photo.image = image
    session.add(photo)
    await _name(session, actor, doctor, name)


async def _locked(session: AsyncSession, actor: Actor, doctor_id: UUID) -> Doctor:
    """Return the doctor once nobody else changes the photo."""
    doctor = await editable_doctor(session, actor, doctor_id)
    await locks.lock_doctor(session, row_id(doctor), frees_time=False)
    return doctor


async def _name(session: AsyncSession, actor: Actor, doctor: Doctor, name: str) -> None:
    before, doctor.photo = doctor.photo, name
    session.add(doctor)
    await record_of_doctor(
        session, actor, row_id(doctor), "changed", before={"photo": before}, after={"photo": name}
    )


def _refusal(sentence: str) -> Invalid:
    return Invalid({"photo": sentence})
