"""The mark of an entry in the record: only this program, with its secret, can make one.

So an entry that somebody wrote or changed by hand in the database is told from ours, sealed or not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from appointment_app.accounts import keys
from appointment_app.models import AuditEvent

_SAID = (
    *("occurred_at", "actor_user_id", "action", "record_type", "record_id", "person_id"),
    *("clinic_id", "fields", "changes", "address", "nonce"),
)
_PURPOSE = "entry of the record"


def form_of(entry: AuditEvent) -> bytes:
    """Return all that an entry says, in the one form that is marked; not its number.

    The form never changes: a column that comes later is left out of it where it is empty.
    """
    return _form({name: getattr(entry, name) for name in _SAID})


def mark_of(entry: AuditEvent) -> str:
    """Return the mark that belongs to what the entry says."""
    return keys.mark(form_of(entry), _PURPOSE)


def mark_of_values(values: Mapping[str, Any]) -> str:
    """Return the mark of an entry that is stored as values by column, without being a row."""
    return keys.mark(_form({name: values.get(name) for name in _SAID}), _PURPOSE)


def is_ours(entry: AuditEvent) -> bool:
    """Tell whether this program wrote the entry, and nobody changed it since."""
    return entry.mark is not None and keys.is_marked(form_of(entry), _PURPOSE, entry.mark)


def _form(said: dict[str, Any]) -> bytes:
    said["occurred_at"] = said["occurred_at"].astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
