"""A copy of all data about a person (GDPR Art. 15 and 20): for programs, for people, for calendars.

It is made when it is asked for and kept nowhere.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.models import Appointment, Clinic, Doctor, Person, metadata, row_id
from appointment_app.privacy.tables import NOT_COPIED, NOT_EXPORTED, Subject, exported, is_copied
from appointment_app.scheduling.calendar_file import calendar_file

MEDIA_TYPE = "application/zip"
FILE_NAME = "your-data.zip"

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Someone:
    """A person whose data the actor may take; the public id.

    ``may_erase`` when the actor may have them erased, too: who has an account does so themselves.
    """

    id: UUID
    name: str
    is_own: bool
    may_erase: bool


async def list_people(session: AsyncSession, actor: Actor) -> list[Someone]:
    """Return the actor, if they are a patient, and those they are guardian of.

    Raises ``LoginRequired``.
    """
    if not actor.is_somebody:
        raise LoginRequired
    ids = {actor.person_id, *actor.dependents} - {None}
    people = (await session.exec(select(Person).where(col(Person.id).in_(ids)))).all()
    return [
        Someone(
            each.public_id,
            each.full_name,
            is_own=each.id == actor.person_id,
            may_erase=each.id == actor.person_id or each.user_id is None,
        )
        for each in sorted(people, key=lambda each: (each.id != actor.person_id, each.full_name))
    ]


async def make_copy(session: AsyncSession, actor: Actor, person_id: UUID) -> bytes:
    """Return a ZIP of all data about a person (public id), and put on record that it was taken.

    Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    name, tables, calendars = await _collect(session, actor, person_id)
    return await asyncio.to_thread(_pack, name, tables, calendars)


@transactional
async def _collect(
    session: AsyncSession, actor: Actor, person_id: UUID
) -> tuple[str, dict[str, Rows], dict[str, bytes]]:
    if not actor.is_somebody:
        raise LoginRequired
    by_id = select(Person).where(Person.public_id == person_id)
    person = (await session.exec(by_id)).first()
    if person is None:
        raise NotFound
    key = row_id(person)
    require(actor, Action.TAKE_DATA, Record(person_id=key))
    audit.record(
        session, actor, "person.exported", record_type="person", record_id=key, person_id=key
    )
    await session.flush()
    tables: dict[str, Rows] = {}
    # Where somebody logs in, and what they do there, is nothing that their guardian learns.
    user_id = person.user_id if key == actor.person_id else None
    for name, condition in exported(Subject(key, user_id)).items():
        columns = [each for each in metadata.tables[name].c if is_copied(each)]
        if name == "appointment":
            tables[name] = await _appointments(session, columns, condition)
        else:
            statement = sa.select(*columns).where(condition)
            found = (await (await session.connection()).execute(statement)).mappings()
            tables[name] = [dict(row) for row in found]
    return person.full_name, tables, await _calendars(session, key)


async def _appointments(
    session: AsyncSession, columns: list[Any], condition: sa.ColumnElement[bool]
) -> Rows:
    """Return the appointments with doctor and clinic by name."""
    statement = (
        sa.select(
            *columns,
            (col(Doctor.given_name) + " " + col(Doctor.family_name)).label("doctor"),
            col(Clinic.name).label("clinic"),
        )
        .join_from(Appointment, Doctor, col(Doctor.id) == col(Appointment.doctor_id))
        .join(Clinic, col(Clinic.id) == col(Appointment.clinic_id))
        .where(condition)
        .order_by(col(Appointment.starts_at))
    )
    found = (await (await session.connection()).execute(statement)).mappings()
    return [dict(row) for row in found]


async def _calendars(session: AsyncSession, person_id: int) -> dict[str, bytes]:
    statement = (
        select(Appointment, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .where(Appointment.person_id == person_id)
    )
    return {
        f"calendar/{appointment.reference}.ics": calendar_file(appointment, doctor, clinic)
        for appointment, doctor, clinic in await session.exec(statement)
    }


def _pack(name: str, tables: dict[str, Rows], calendars: dict[str, bytes]) -> bytes:
    content = {
        "made_at": clock.now(),
        "about": name,
        "data": tables,
        "left_out": NOT_EXPORTED | NOT_COPIED,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.json", json.dumps(content, default=str, indent=2, ensure_ascii=False)
        )
        archive.writestr("data.html", _page(name, tables))
        for path, file in calendars.items():
            archive.writestr(path, file)
    return packed.getvalue()


_HEADINGS = {
    "person": t("You"),
    "patient_profile": t("Your profile"),
    "guardianship": t("Your family"),
    "appointment": t("Appointments"),
    "appointment_move": t("Moved appointments"),
    "user_account": t("Your account"),
    "role_assignment": t("Your rights"),
    "login_session": t("Your logins"),
    "doctor": t("You as a doctor"),
    "audit_event": t("What was done, by you or about you"),
}


def _page(name: str, tables: dict[str, Rows]) -> str:
    sections = "".join(_section(table, rows) for table, rows in tables.items() if rows)
    left_out = "".join(
        f"<li>{escape(_words(what.rpartition('.')[2]))}: {escape(why)}</li>"
        for what, why in (NOT_EXPORTED | NOT_COPIED).items()
    )
    title = escape(t("Data about {name}", name=name))
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "section{margin:2rem 0}dl{display:grid;grid-template-columns:14rem 1fr;gap:.2rem 1rem;"
        "border-top:1px solid #ccc;padding:.6rem 0;margin:0}dt{color:#555}dd{margin:0;"
        "overflow-wrap:anywhere}"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(t('Made on {day}. Times are in UTC.', day=f'{clock.now():%Y-%m-%d}'))}</p>"
        f"{sections}<section><h2>{escape(t('What is not in it, and why'))}</h2>"
        f"<ul>{left_out}</ul></section></body></html>"
    )


def _section(table: str, rows: Rows) -> str:
    lists = "".join(
        "<dl>"
        + "".join(
            f"<dt>{escape(_words(column))}</dt><dd>{escape(_said(value))}</dd>"
            for column, value in row.items()
            if value not in (None, "")
        )
        + "</dl>"
        for row in rows
    )
    return f"<section><h2>{escape(_HEADINGS.get(table) or _words(table))}</h2>{lists}</section>"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
