from __future__ import annotations

import pytest
from passlib.hash import bcrypt

from appointment_app.accounts import passwords
from tests.accounts.people import PASSWORD

# As it is outside tests: a fixture makes hashing cheap for all of them.
REAL = passwords._context


@pytest.mark.parametrize("length", [8, 128])
def test_the_shortest_and_longest_password_are_good(length: int) -> None:
    assert passwords.problem(("kx7 ülm" * 20)[:length]) is None


@pytest.mark.parametrize("length", [0, 7, 129])
def test_shorter_and_longer_passwords_are_refused(length: int) -> None:
    assert passwords.problem(("kx7 ülm" * 20)[:length]) is not None


@pytest.mark.parametrize(
    "common",
    ["password", "12345678", "Password1", "QWERTYUIOP", "iloveyou", "aaaaaaaa", "abababab"],
)
def test_common_passwords_are_refused_in_any_case(common: str) -> None:
    assert passwords.problem(common) is not None


def test_the_own_address_is_no_password() -> None:
    assert passwords.problem("Mira@Mail.example", personal=("mira@mail.example",)) is not None
    assert passwords.problem(PASSWORD, personal=("mira@mail.example",)) is None


async def test_a_hash_is_argon2id_and_matches_its_password_alone() -> None:
    password_hash = await passwords.hashed(PASSWORD)
    assert password_hash.startswith("$argon2id$")
    assert await passwords.matches(PASSWORD, password_hash) == (True, None)
    assert await passwords.matches(PASSWORD + " ", password_hash) == (False, None)


async def test_a_hash_costs_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hash = await passwords.hashed(PASSWORD)
    monkeypatch.setattr(passwords, "_context", REAL)
    assert (await passwords.hashed(PASSWORD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    matched, better = await passwords.matches(PASSWORD, cheap_hash)
    assert matched
    assert better is not None
    assert better.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_bcrypt_of_twelve_rounds_matches_and_is_replaced() -> None:
    matched, better = await passwords.matches(PASSWORD, bcrypt.using(rounds=12).hash(PASSWORD))
    assert matched
    assert better is not None
    assert better.startswith("$argon2id$")


async def test_bcrypt_of_fewer_rounds_matches_nothing() -> None:
    weak = bcrypt.using(rounds=11).hash(PASSWORD)
    assert await passwords.matches(PASSWORD, weak) == (False, None)


@pytest.mark.parametrize("password", ["ü" * 40, "nul\0inside"])
async def test_what_bcrypt_cannot_take_matches_nothing(password: str) -> None:
    stored = bcrypt.using(rounds=12).hash(PASSWORD)
    assert await passwords.matches(password, stored) == (False, None)


async def test_a_stored_text_that_is_no_hash_matches_nothing() -> None:
    assert await passwords.matches(PASSWORD, "!") == (False, None)
