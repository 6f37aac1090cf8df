"""Two offers of an account to one person, taken at the same moment: one is opened."""

from __future__ import annotations

from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts import sharing
from appointment_app.accounts.errors import LinkInvalid
from appointment_app.database import Database
from appointment_app.models import MessageKind, Person
from tests.accounts.people import NOON, PASSWORD, VISITOR, mailed_secret
from tests.factories import make_patient, patient_actor


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_two_offers_that_are_taken_at_once_open_one_account(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def call(function: Any, *arguments: Any, **named: Any) -> Any:
        async with database.session() as session:
            return await function(session, *arguments, **named)

    async def take(secret: str) -> Any:
        return await call(
            sharing.open_own_account,
            VISITOR,
            secret=secret,
            password=PASSWORD,
            agrees=True,
            keeps_guardians=True,
        )

    with clock.frozen(NOON):
        parent = await call(make_patient)
        child = await call(make_patient, guardian=parent, given_name="Kim")
        guardian = await call(patient_actor, parent)
        secrets = []
        for number in range(2):
            address = f"kim{number}@mail.example"
            await call(sharing.offer_account, guardian, child.public_id, address)
            secrets.append(await mailed_secret(database, MessageKind.OWN_ACCOUNT))
        offered, opened = sharing._offered, []

        async def offered_late(*arguments: Any) -> Any:
            """The other offer is taken after this one was looked at."""
            seen = await offered(*arguments)
            monkeypatch.setattr(sharing, "_offered", offered)
            opened.append(await take(secrets[1]))
            return seen

        monkeypatch.setattr(sharing, "_offered", offered_late)
        with pytest.raises(LinkInvalid):
            await take(secrets[0])
    async with database.session() as session:
        stored = await session.get_one(Person, child.id)
    assert stored.user_id == opened[0].identity.actor.user_id
