"""The rooms and devices that visits have taken, by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Resource, ResourceKind, ResourceUse


@dataclass(frozen=True, slots=True)
class Taken:
    """The names of the room and of the device that a visit has; empty where it has none."""

    room: str = ""
    device: str = ""


NOTHING_TAKEN = Taken()


async def load_taken(session: AsyncSession, block_ids: Collection[int]) -> dict[int, Taken]:
    """Return what these blocks have taken, in one statement; a block that has nothing is absent."""
    taken: dict[int, Taken] = {}
    found = await session.exec(_taken_statement(), params={"blocks": block_ids})
    for block_id, kind, name in found:
        before = taken.get(block_id, NOTHING_TAKEN)
        is_room = kind is ResourceKind.ROOM
        taken[block_id] = replace(before, room=name) if is_room else replace(before, device=name)
    return taken


@lru_cache
def _taken_statement() -> Any:
    """Return the statement of ``load_taken``: to make it takes longer than to run it."""
    return (
        select(ResourceUse.block_id, Resource.kind, Resource.name)
        .join(Resource, col(Resource.id) == ResourceUse.resource_id)
        .where(
            col(ResourceUse.block_id).in_(bindparam("blocks", expanding=True)),
            col(ResourceUse.active),
        )
    )


def has_taken(block_id: Any) -> ColumnElement[bool]:
    """Select whether a block has taken anything."""
    uses = select(ResourceUse.id).where(ResourceUse.block_id == block_id, col(ResourceUse.active))
    return uses.exists()


async def load_taken_by(session: AsyncSession, block_id: int) -> Taken:
    """Return what one block has taken."""
    return (await load_taken(session, [block_id])).get(block_id, NOTHING_TAKEN)
