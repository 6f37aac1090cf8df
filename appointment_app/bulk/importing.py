"""Files are looked at, and brought in: as a whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.bulk.appointments import plan_appointments
from appointment_app.bulk.clinics import plan_clinics
from appointment_app.bulk.doctors import plan_doctors
from appointment_app.bulk.patients import plan_patients
from appointment_app.bulk.plan import Plan
from appointment_app.bulk.reading import Problem, read_lines
from appointment_app.bulk.writing import Batch, ChangedMeanwhile, prepared, write
from appointment_app.database import transactional
from appointment_app.errors import Forbidden
from appointment_app.i18n import t
from appointment_app.models import BulkKind, Role

_PLANS = {
    BulkKind.CLINICS: plan_clinics,
    BulkKind.DOCTORS: plan_doctors,
    BulkKind.PATIENTS: plan_patients,
    BulkKind.APPOINTMENTS: plan_appointments,
}

# Called with how many lines are done, and of how many.
Progress = Callable[[int, int], None]
# Called in the transaction that stores, before anything is stored.
First = Callable[[AsyncSession], Awaitable[None]]


def unseen(_: int, __: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file does or did: so many ``lines``, new, changed and same records, or problems."""

    kind: BulkKind
    name: str
    lines: int
    new: int
    changed: int
    same: int
    problems: tuple[Problem, ...]


async def check(
    session: AsyncSession,
    actor: Actor,
    kind: BulkKind,
    content: bytes,
    progress: Progress = unseen,
    *,
    name: str = "",
) -> Outcome:
    """Return what the content of a file would do. Raises ``LoginRequired``, ``Forbidden``."""
    _, outcome = await look(session, actor, kind, content, progress, name=name)
    return outcome


async def bring_in(
    session: AsyncSession,
    actor: Actor,
    kind: BulkKind,
    content: bytes,
    progress: Progress = unseen,
    *,
    name: str = "",
) -> Outcome:
    """Store what the content of a file says, in one transaction; with a problem nothing.

    Raises ``LoginRequired``, ``Forbidden``, ``ChangedMeanwhile``.
    """
    plan, outcome = await look(session, actor, kind, content, progress, name=name)
    await store(session, actor, plan)
    return outcome


async def look(
    session: AsyncSession,
    actor: Actor,
    kind: BulkKind,
    content: bytes,
    progress: Progress = unseen,
    *,
    name: str = "",
) -> tuple[Plan, Outcome]:
    """Return what a file is going to do; nothing is locked meanwhile, and the session is free."""
    require_may_import(actor)
    lines, problems = await asyncio.to_thread(read_lines, content, kind)
    async with session.begin():
        plan = await _PLANS[kind](session, actor, lines, lambda done: progress(done, len(lines)))
    # What was read is only compared and written: the session of the transaction begins afresh.
    session.expunge_all()
    plan.problems = sorted([*problems, *plan.problems])
    count = len(lines) + len({each.line for each in problems})
    found = tuple(plan.problems)
    return plan, Outcome(kind, name, count, plan.new, plan.changed, plan.same, found)


async def store(
    session: AsyncSession, actor: Actor, plan: Plan, first: First | None = None
) -> None:
    """Store a plan without problems in one transaction, ``first`` within it.

    Where it has problems or nothing to do, nothing happens. Raises ``ChangedMeanwhile``.
    """
    if plan.problems or (not plan.entries and first is None):
        return
    batch = await asyncio.to_thread(prepared, plan)
    try:
        await _store(session, actor, batch, first)
    except IntegrityError as error:
        # The check has seen no problem: somebody was faster with a number, a time, an address.
        raise ChangedMeanwhile from error


@transactional
async def _store(session: AsyncSession, actor: Actor, batch: Batch, first: First | None) -> None:
    if first is not None:
        await first(session)
    if batch.plan.entries:
        await write(session, actor, batch)


def require_may_import(actor: Actor) -> None:
    """Return when the actor may bring in something at some clinic; each line is checked too.

    Raises ``LoginRequired``, ``Forbidden``.
    """
    clinics = {grant.clinic_id for grant in actor.grants if grant.role is Role.ADMINISTRATOR}
    if any(allows(actor, Action.IMPORT_RECORDS, Record(clinic_id=each)) for each in clinics):
        return
    require(actor, Action.IMPORT_RECORDS)
    raise Forbidden


def as_text(outcome: Outcome) -> str:
    """Return an outcome for the command line: a sentence, or each problem on a line."""
    if outcome.problems:
        return "\n".join(
            f"{t('Line')} {each.line}{f', {each.column}' if each.column else ''}: {each.sentence}"
            for each in outcome.problems
        )
    return t(
        "{new} new, {changed} changed, {same} the same.",
        new=outcome.new,
        changed=outcome.changed,
        same=outcome.same,
    )
