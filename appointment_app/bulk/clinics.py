"""Clinics from a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, allows
from appointment_app.bulk.columns import NUMBER
from appointment_app.bulk.plan import (
    Entry,
    Plan,
    Progress,
    differing,
    in_turns,
    load_clinics,
    own_clinic,
)
from appointment_app.bulk.reading import Line
from appointment_app.clinics.clinic_draft import ClinicDraft, columns_of, draft_of
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import BulkKind, Clinic, DoctorAtClinic

_TEXTS = ("name", "street", "postcode", "city", "state", "country", "region", "zone")
_CONTACT = ("phone", "email")
_SWITCH = {"": False, "no": False, "yes": True}


async def plan_clinics(
    session: AsyncSession, actor: Actor, lines: list[Line], progress: Progress
) -> Plan:
    """Return what a file of clinics does."""
    plan = Plan(BulkKind.CLINICS)
    known = await load_clinics(session, actor, (line.cells[NUMBER] for line in lines))
    may_open = allows(actor, Action.OPEN_CLINICS)
    names = {
        (name.casefold(), city.casefold()): key
        for key, name, city in await session.exec(select(Clinic.id, Clinic.name, Clinic.city))
    }
    async for line in in_turns(lines, progress):
        number = line.cells[NUMBER]
        stored = known.clinics.get(number)
        if stored is None and not may_open:
            sentence = t("Only an administrator of all clinics sets up a new one.")
            plan.refuse(line, NUMBER, sentence)
            continue
        if stored is not None and own_clinic(plan, line, known, NUMBER, number) is None:
            continue
        typed: dict[str, Any] = {name: line.cells[name] for name in (*_TEXTS, *_CONTACT)}
        closed = _SWITCH.get(line.cells["closed_on_holidays"].casefold())
        if closed is None:
            plan.refuse(line, "closed_on_holidays", t("Please write yes or no."))
            continue
        draft = (
            replace(draft_of(stored), **typed, closed_on_holidays=closed)
            if stored
            else ClinicDraft(**typed, closed_on_holidays=closed)
        )
        try:
            values = columns_of(draft, stored)
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                plan.refuse(line, name, sentence)
            continue
        if stored and values["zone"] != stored.zone:
            plan.refuse(line, "zone", t("A clinic's zone is changed on its own page only."))
            continue
        place = (values["name"].casefold(), values["city"].casefold())
        other = names.setdefault(place, stored.id if stored else -line.number)
        if other != (stored.id if stored else -line.number):
            plan.refuse(line, "name", t("There is another clinic of this name in this city."))
            continue
        if stored is None:
            plan.keep(Entry(line.number, number, Clinic(**values), True))
        else:
            changes = differing(stored, values)
            plan.keep(Entry(line.number, number, stored, False, changes, clinic_id=stored.id))
    changed = [each.row.id for each in plan.entries if not each.is_new]
    at_changed = select(DoctorAtClinic.doctor_id).where(col(DoctorAtClinic.clinic_id).in_(changed))
    # Public holidays make the free times of everybody who works there.
    plan.doctors = set(await session.exec(at_changed)) if changed else set()
    return plan
