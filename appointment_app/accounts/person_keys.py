"""A key for each person: their values in the record can be read only as long as it exists.

Each is random and kept wrapped with a key of this installation. To destroy it is to make every
copy of the record, backups of it included, forget the person's values.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.database import transactional
from appointment_app.inserting import insert_if_new
from appointment_app.models import PersonKey
from appointment_app.settings import get_settings

_NONCE_BYTES = 12
_KEY_BITS = 256
# So many people are asked about by one statement.
_AT_ONCE = 5_000


class Unreadable(Exception):
    """The value cannot be decrypted: it was changed, or it is not this one's."""


def keys_of(session: Session, person_ids: Iterable[int]) -> dict[int, bytes]:
    """Return the keys of the people, made where there were none.

    Whoever was erased has none any more, and gets none. To be called within a flush or
    through ``AsyncSession.run_sync``; one statement when everybody has a key already.
    """
    wanted = set(person_ids)
    found = dict(_stored(session, wanted))
    if missing := wanted - found.keys():
        _make(session, missing)
        found |= _stored(session, missing)
    return {person_id: _unwrap(person_id, key) for person_id, key in found.items() if key}


async def readable_keys(session: AsyncSession, person_ids: Iterable[int]) -> dict[int, bytes]:
    """Return the keys of those of the people who have one; nothing is written."""
    found = await session.run_sync(_stored, set(person_ids))
    return {person_id: _unwrap(person_id, key) for person_id, key in found.items() if key}


@transactional
async def rewrap(session: AsyncSession, *, after: int = 0, most: int = 500) -> tuple[int, int]:
    """Wrap the next keys with the newest secret, of people with higher ids than ``after``.

    Returns the last id, 0 when there was none left, and how many were wrapped anew; what stands
    under the newest secret already stays. Raises ``Unreadable`` for a key that no secret opens.
    """
    following = (
        select(PersonKey)
        .where(col(PersonKey.person_id) > after, col(PersonKey.wrapped).is_not(None))
        .order_by(col(PersonKey.person_id))
        .limit(most)
        .with_for_update()
    )
    last = changed = 0
    newest = _wrapping_keys()[0]
    for row in await session.exec(following):
        last, wrapped = row.person_id, row.wrapped or ""
        try:
            _open(newest, wrapped, _bound_to(last))
        except Unreadable:
            row.wrapped = _wrap(last, _unwrap(last, wrapped))
            session.add(row)
            changed += 1
    await session.flush()
    return last, changed


async def destroy_key(session: AsyncSession, person_id: int) -> None:
    """Destroy the key of a person, for ever; the row stays, so that no new one is made."""
    await session.run_sync(keys_of, [person_id])
    await session.exec(
        update(PersonKey)
        .where(col(PersonKey.person_id) == person_id)
        .values(wrapped=None, destroyed_at=clock.now())
    )


async def erased(session: AsyncSession, person_ids: Iterable[int]) -> set[int]:
    """Return those of the people whose key was destroyed: they were erased."""
    wanted, found = sorted(set(person_ids)), set[int]()
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(PersonKey.person_id).where(
            col(PersonKey.person_id).in_(wanted[start : start + _AT_ONCE]),
            col(PersonKey.destroyed_at).is_not(None),
        )
        found |= set(await session.exec(query))
    return found


def encrypt(key: bytes, value: Any, bound_to: str) -> str:
    """Return ``value``, anything JSON knows, encrypted; it can be read only as ``bound_to``."""
    return _seal(key, json.dumps(value, default=str).encode(), bound_to)


def decrypt(key: bytes, text: str, bound_to: str) -> Any:
    """Return the value that was encrypted. Raises ``Unreadable``."""
    return json.loads(_open(key, text, bound_to))


def _stored(session: Session, person_ids: set[int]) -> Mapping[int, str | None]:
    query = select(PersonKey.person_id, PersonKey.wrapped).where(
        col(PersonKey.person_id).in_(person_ids)
    )
    return dict(iter(session.execute(query)))


def _make(session: Session, person_ids: set[int]) -> None:
    """Make keys, unless somebody else does at the same moment."""
    rows = [
        {
            "person_id": person_id,
            "wrapped": _wrap(person_id, AESGCM.generate_key(_KEY_BITS)),
            "created_at": clock.now(),
        }
        for person_id in sorted(person_ids)
    ]
    dialect = session.get_bind().dialect.name
    session.execute(insert_if_new(dialect, SQLModel.metadata.tables["person_key"]), rows)


def _wrapping_keys() -> tuple[bytes, ...]:
    """Return the key that wraps, and after it those of older secrets, which only unwrap."""
    return tuple(
        HKDF(SHA256(), _KEY_BITS // 8, salt=None, info=b"keys of people").derive(secret.encode())
        for secret in get_settings().secrets
    )


def _wrap(person_id: int, key: bytes) -> str:
    return _seal(_wrapping_keys()[0], key, _bound_to(person_id))


def _unwrap(person_id: int, wrapped: str) -> bytes:
    *newer, oldest = _wrapping_keys()
    for key in newer:
        with suppress(Unreadable):
            return _open(key, wrapped, _bound_to(person_id))
    return _open(oldest, wrapped, _bound_to(person_id))


def _bound_to(person_id: int) -> str:
    return f"key of person {person_id}"


def _seal(key: bytes, plain: bytes, bound_to: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain, bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def _open(key: bytes, text: str, bound_to: str) -> bytes:
    try:
        sealed = base64.b64decode(text)
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as broken:
        raise Unreadable from broken
