from __future__ import annotations

from time import monotonic

import pytest

from appointment_app.accounts import equal_time, logging_in, password_reset, passwords
from appointment_app.accounts.errors import WrongLogin
from appointment_app.database import Database
from tests.accounts.people import VISITOR, add_user


@pytest.fixture
def least(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(equal_time, "MINIMUM_SECONDS", 0.3)
    return 0.3


@pytest.mark.parametrize("email", ["mira@mail.example", "nobody@mail.example", "no address"])
async def test_a_wrong_login_takes_at_least_so_long_for_anybody(
    database: Database, least: float, email: str
) -> None:
    await add_user(database, "mira@mail.example")
    start = monotonic()
    async with database.session() as session:
        with pytest.raises(WrongLogin):
            await logging_in.log_in(session, VISITOR, email=email, password="wrong password")
    assert monotonic() - start >= least


@pytest.mark.parametrize("email", ["mira@mail.example", "nobody@mail.example"])
async def test_so_does_a_forgotten_password(database: Database, least: float, email: str) -> None:
    await add_user(database, "mira@mail.example")
    start = monotonic()
    async with database.session() as session:
        await password_reset.forgot_password(session, VISITOR, email=email)
    assert monotonic() - start >= least


async def test_known_and_unknown_addresses_cost_one_comparison_each(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_user(database, "mira@mail.example")
    compare, compared = passwords._matches, []

    def counted(password: str, password_hash: str) -> tuple[bool, str | None]:
        compared.append(password_hash.split("$")[1:4])
        return compare(password, password_hash)

    monkeypatch.setattr(passwords, "_matches", counted)
    for email in ("mira@mail.example", "nobody@mail.example"):
        async with database.session() as session:
            with pytest.raises(WrongLogin):
                await logging_in.log_in(session, VISITOR, email=email, password="wrong password")
    known, unknown = compared
    assert known == unknown
