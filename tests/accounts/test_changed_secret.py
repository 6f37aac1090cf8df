"""The secret is changed: what the old one closed is opened, and new things get the new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts import access_tokens, audit, keys, person_keys
from appointment_app.accounts.actor import NOBODY
from appointment_app.accounts.errors import TokenInvalid
from appointment_app.bulk.erased import erased_among_numbers, forget_numbers
from appointment_app.database import Database
from appointment_app.models import AuditEvent, BulkKind, ExternalNumber, PersonKey, row_id
from appointment_app.record.sealing import seal_all
from appointment_app.record.verification import Verification, verify
from appointment_app.scheduling.hold_keys import visitor_key, visitor_keys
from appointment_app.settings import get_settings
from tests.accounts.people import NOON
from tests.factories import make_clinic, make_patient

OLD, NEW = "the-old-secret-long-enough-to-sign", "the-new-secret-long-enough-to-sign"


class Secret:
    """The secrets in the settings."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.set(OLD)

    def set(self, newest: str, *previous: str) -> None:
        self._patch.setenv("SECRET_KEY", newest)
        self._patch.setenv("SECRET_KEY_PREVIOUS", "  ".join(previous))
        get_settings.cache_clear()


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[Secret]:
    yield Secret(monkeypatch)
    monkeypatch.undo()
    get_settings.cache_clear()


def test_a_token_of_before_is_read_and_a_new_one_has_the_new_key(secret: Secret) -> None:
    login = uuid4()
    with clock.frozen(NOON):
        token = access_tokens.issue(login)
        secret.set(NEW, "one-of-no-use", OLD)
        assert access_tokens.login_of(token) == login
        newer = access_tokens.issue(login)
        secret.set(NEW)
        assert access_tokens.login_of(newer) == login
        with pytest.raises(TokenInvalid):
            access_tokens.login_of(token)


def test_a_visitor_is_known_by_both(secret: Secret) -> None:
    before = visitor_key("somebody")
    secret.set(NEW, OLD)
    assert visitor_keys("somebody") == (visitor_key("somebody"), before)
    assert visitor_key("somebody") != before


def test_a_mark_holds_for_what_it_was_made_for(secret: Secret) -> None:
    mark = keys.mark(b"said", "one purpose")
    secret.set(NEW, OLD)
    assert keys.is_marked(b"said", "one purpose", mark)
    assert not keys.is_marked(b"said", "another purpose", mark)
    assert not keys.is_marked(b"said otherwise", "one purpose", mark)
    secret.set(NEW)
    assert not keys.is_marked(b"said", "one purpose", mark)


async def test_the_record_is_read_and_verified(database: Database, secret: Secret) -> None:
    async with database.session() as session:
        person_id = row_id(await make_patient(session))
    with clock.frozen(NOON):
        await _write(database, person_id, "1")
    with clock.frozen(NOON + timedelta(hours=1)):
        assert await seal_all(database) == 1
    secret.set(NEW, OLD)
    with clock.frozen(NOON + timedelta(hours=2)):
        await _write(database, person_id, "2")
    with clock.frozen(NOON + timedelta(hours=3)):
        assert await seal_all(database) == 1
    found = await _verified(database)
    assert (found.problems, found.seals, found.unsealed) == ([], 2, 0)
    assert await _read(database) == ["1", "2"]
    secret.set(NEW)
    assert len((await _verified(database)).problems) >= 1
    with pytest.raises(person_keys.Unreadable):
        await _read(database)


async def test_who_was_erased_before_stays_so(database: Database, secret: Secret) -> None:
    async with database.session() as session:
        clinic, person = await make_clinic(session), await make_patient(session)
    async with database.session() as session, session.begin():
        numbered = {"clinic_id": row_id(clinic), "record_id": row_id(person)}
        session.add(ExternalNumber(kind=BulkKind.PATIENTS, number="P1", **numbered))
        await session.flush()
        await forget_numbers(session, [row_id(person)])
    secret.set(NEW, OLD)
    async with database.session() as session:
        assert await erased_among_numbers(session, ["P1", "P2"]) == {"P1"}


async def test_keys_are_wrapped_anew_once(database: Database, secret: Secret) -> None:
    async with database.session() as session:
        people = [row_id(await make_patient(session)) for _ in range(3)]
    for person_id in people:
        await _write(database, person_id, str(person_id))
    async with database.session() as session, session.begin():
        await person_keys.destroy_key(session, people[1])
    secret.set(NEW, OLD)
    assert await _rewrap(database) == 2
    assert await _rewrap(database) == 0
    secret.set(NEW)
    assert await _read(database) == [str(people[0]), str(people[2])]
    async with database.session() as session:
        destroyed = await session.get_one(PersonKey, people[1])
    assert destroyed.wrapped is None


async def test_a_key_that_no_secret_opens_stops_it(database: Database, secret: Secret) -> None:
    async with database.session() as session:
        person_id = row_id(await make_patient(session))
    await _write(database, person_id, "1")
    secret.set(NEW)
    with pytest.raises(person_keys.Unreadable):
        await _rewrap(database)
    secret.set(OLD)
    assert await _read(database) == ["1"]


async def _write(database: Database, person_id: int, phone: str) -> None:
    async with database.session() as session, session.begin():
        audit.record(
            session,
            NOBODY,
            "profile.changed",
            record_type="person",
            record_id=person_id,
            person_id=person_id,
            after={"phone": phone},
        )


async def _read(database: Database) -> list[str]:
    async with database.session() as session:
        entries = (await session.exec(select(AuditEvent).order_by(col(AuditEvent.id)))).all()
        found = await audit.read_changes(session, entries)
    return [changes["phone"][1] for changes in found.values()]


async def _verified(database: Database) -> Verification:
    async with database.session() as session:
        return await verify(session)


async def _rewrap(database: Database) -> int:
    last = total = 0
    while True:
        async with database.session() as session:
            last, changed = await person_keys.rewrap(session, after=last, most=2)
        total += changed
        if not last:
            return total
