"""Changes are noted in their transaction and published after its commit, or not at all."""

from __future__ import annotations

import logging

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.live.hub import Hub

_CHANGED = "changed_keys"
_log = logging.getLogger(__name__)
_hubs: list[Hub] = []


def note(session: AsyncSession, key: str) -> None:
    """Have ``key`` published when the transaction of ``session`` commits."""
    session.info.setdefault(_CHANGED, set()).add(key)


def publish_by(hub: Hub) -> None:
    """Publish what is committed in this process by ``hub``."""
    _hubs.append(hub)


def stop_publishing_by(hub: Hub) -> None:
    """Publish nothing by ``hub`` any more."""
    _hubs.remove(hub)


@event.listens_for(Session, "after_commit")
def _publish(session: Session) -> None:
    if session.in_nested_transaction():
        return
    keys = session.info.pop(_CHANGED, ())
    if not keys:
        return
    for hub in _hubs:
        try:
            hub.publish(*keys)
        except Exception:
            # What is committed stays committed: pages heal by comparing revisions.
            _log.exception("A change could not be published.")


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)
