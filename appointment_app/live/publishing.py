"""Changes are noted in their transaction and published after its commit, or not at all."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.live.hub import Hub

_CHANGED, _ENDING = "changed_keys", "ending_keys"
_log = logging.getLogger(__name__)
_hubs: list[Hub] = []


def note(session: AsyncSession, key: str, *, ends_at: datetime | None = None) -> None:
    """Have ``key`` published when the transaction of ``session`` commits.

    What is stored may end by itself: then once more at ``ends_at`` (UTC).
    """
    session.info.setdefault(_CHANGED, set()).add(key)
    if ends_at is not None:
        session.info.setdefault(_ENDING, set()).add((ends_at, key))


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
    keys, ending = session.info.pop(_CHANGED, ()), session.info.pop(_ENDING, ())
    if not keys:
        return
    for hub in _hubs:
        try:
            hub.publish(*keys)
            for moment, key in ending:
                hub.publish_at(moment, key)
        except Exception:
            # What is committed stays committed: pages heal by comparing revisions.
            _log.exception("A change could not be published.")


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)
    session.info.pop(_ENDING, None)
