"""The keys that are published and watched; internal ids, so they never leave the server."""

from __future__ import annotations

_DOCTOR, _PERSON = "doctor", "person"


def doctor_key(doctor_id: int) -> str:
    """Return the key of all that makes a doctor's calendar."""
    return f"{_DOCTOR}:{doctor_id}"


def person_key(person_id: int) -> str:
    """Return the key of a person's appointments."""
    return f"{_PERSON}:{person_id}"


def doctor_of(key: str) -> int | None:
    """Return the doctor's id of a doctor's key, None of another."""
    kind, _, number = key.partition(":")
    return int(number) if kind == _DOCTOR else None
