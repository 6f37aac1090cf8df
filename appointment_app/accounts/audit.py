"""The record of who did what, written in the same transaction as the deed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.audit_marks import mark_of, mark_of_values
from appointment_app.models import AuditEvent

_NOTHING: Mapping[str, Any] = {}


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    *,
    record_type: str,
    record_id: int,
    fields: Iterable[str] = (),
    person_id: int | None = None,
    clinic_id: int | None = None,
    before: Mapping[str, Any] = _NOTHING,
    after: Mapping[str, Any] = _NOTHING,
) -> None:
    """Add an audit event for ``action`` (such as ``appointment.booked``) to the transaction.

    ``person_id`` says whom the record is about, ``clinic_id`` whose administrators may read of
    it. ``fields`` names what changed; of ``before`` and ``after`` those values are kept that
    differ, and their names too. The values of a record about a person are encrypted with that
    person's key, which takes a statement more; those of other records stand as they are, so
    never pass a personal value without its ``person_id``.
    """
    changes = {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    session.add(
        AuditEvent(
            actor_user_id=actor.user_id,
            action=action,
            record_type=record_type,
            record_id=record_id,
            person_id=person_id,
            clinic_id=clinic_id,
            fields=sorted({*fields, *changes}),
            changes=changes or None,
            address=actor.address,
        )
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to one of many records, without values; internal ids."""

    record_id: int
    fields: Iterable[str] = ()
    person_id: int | None = None
    clinic_id: int | None = None


async def record_many(
    session: AsyncSession, actor: Actor, action: str, *, record_type: str, deeds: Iterable[Deed]
) -> None:
    """Add an audit event for each of the ``deeds`` to the transaction, by one statement."""
    moment = clock.now()
    entries = []
    for deed in deeds:
        values = {
            "occurred_at": moment,
            "actor_user_id": actor.user_id,
            "action": action,
            "record_type": record_type,
            "record_id": deed.record_id,
            "person_id": deed.person_id,
            "clinic_id": deed.clinic_id,
            "fields": sorted({*deed.fields}),
            "address": actor.address,
            "nonce": secrets.token_hex(16),
        }
        entries.append(values | {"mark": mark_of_values(values)})
    if entries:
        await (await session.connection()).execute(insert(AuditEvent), entries)


async def read_changes(
    session: AsyncSession, entries: Iterable[AuditEvent]
) -> dict[int, dict[str, tuple[Any, Any]]]:
    """Return the values before and after each change, by the number of the entry and the field.

    Entries are left out whose values went with the key of an erased person. Raises
    ``person_keys.Unreadable`` for a value that somebody changed.
    """
    with_values = [entry for entry in entries if entry.changes]
    people = {entry.person_id for entry in with_values if entry.person_id is not None}
    keys = await person_keys.readable_keys(session, people)
    found = {}
    for entry in with_values:
        changes = entry.changes or {}
        if entry.person_id is None:
            found[entry.id or 0] = {name: (old, new) for name, (old, new) in changes.items()}
        elif key := keys.get(entry.person_id):
            found[entry.id or 0] = {
                name: (
                    person_keys.decrypt(key, old, _place(entry, name, "before")),
                    person_keys.decrypt(key, new, _place(entry, name, "after")),
                )
                for name, (old, new) in changes.items()
            }
    return found


def _encrypted(
    key: bytes, entry: AuditEvent, changes: Mapping[str, list[Any]]
) -> dict[str, list[Any]]:
    return {
        name: [
            person_keys.encrypt(key, old, _place(entry, name, "before")),
            person_keys.encrypt(key, new, _place(entry, name, "after")),
        ]
        for name, (old, new) in changes.items()
    }


def _place(entry: AuditEvent, field: str, moment: str) -> str:
    return f"{entry.nonce}/{field}/{moment}"


@event.listens_for(Session, "before_flush")
def _complete(session: Session, *_: object) -> None:
    """Encrypt and mark the entries that are about to be written."""
    entries = [each for each in session.new if isinstance(each, AuditEvent) and each.mark is None]
    if not entries:
        return
    people = {entry.person_id for entry in entries if entry.changes and entry.person_id is not None}
    keys = person_keys.keys_of(session, people) if people else {}
    for entry in entries:
        entry.nonce = secrets.token_hex(16)
        if entry.changes and entry.person_id is not None:
            key = keys.get(entry.person_id)
            entry.changes = _encrypted(key, entry, entry.changes) if key else None
        elif entry.changes:
            # As they will be read again, so that the mark is that of the stored row.
            entry.changes = json.loads(json.dumps(entry.changes, default=str))
        entry.mark = mark_of(entry)
