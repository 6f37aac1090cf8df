"""The commands, run as a person runs them: another process, its output, the database after it."""

from __future__ import annotations

import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from appointment_app.accounts import passwords
from appointment_app.clinics.specialties import STANDARD_SPECIALTIES
from appointment_app.database import Database
from appointment_app.demo.logins import DEMO_LOGINS, DEMO_PASSWORD
from appointment_app.models import Clinic, Doctor, Role, RoleAssignment, Specialty, User
from appointment_app.settings import PROJECT_ROOT
from tests.races.processes import processes

ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"])
GOOD_PASSWORD = "chestnut-tree-9"
PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "PUBLIC_URL": "https://clinic.example",
    "SMTP_HOST": "mail.example",
}


def run(
    module: str, *arguments: str, database_url: str, data: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m appointment_app.<module>`` with nobody at the terminal.

    Its process is forked off one that has imported what it needs: that takes longest.
    """
    with TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        command = [f"appointment_app.{module}", *arguments]
        settings = environment_of(database_url, data) | environment
        process = processes.Process(target=_be, args=(command, settings, output, errors))
        process.start()
        process.join(120)
        assert process.exitcode is not None, "It does not end."
        return subprocess.CompletedProcess(
            command, process.exitcode, output.read_text(), errors.read_text()
        )


def environment_of(database_url: str, data: Path) -> dict[str, str]:
    """All that a command finds in its environment."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **inherited,
        "APP_ENV": "demo",
        "DATA_DIRECTORY": str(data),
        "DATABASE_URL": database_url,
    }


def _be(command: list[str], environment: dict[str, str], output: Path, errors: Path) -> None:
    """Become the process of the command."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(PROJECT_ROOT)
    for path, descriptor in ((output, 1), (errors, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.argv = command
    del sys.modules[command[0]]  # it runs as the main module
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def test_python_finds_the_commands() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "appointment_app.manage", "--help"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "create-admin" in helped.stdout


@ON_SQLITE
async def test_demo_loads_and_resets(database: Database, database_url: str, tmp_path: Path) -> None:
    first = run("manage", "demo", database_url=database_url, data=tmp_path)
    assert first.returncode == 0, first.stderr
    assert DEMO_PASSWORD in first.stdout
    assert all(login.email in first.stdout for login in DEMO_LOGINS)
    await _add(database, User(email="visitor@person.example", password_hash="-"))
    users = await _count(database, User)

    again = run("manage", "demo", database_url=database_url, data=tmp_path)
    assert again.returncode == 0, again.stderr
    assert await _count(database, User) == users - 1


@ON_SQLITE
async def test_demo_if_empty_keeps_what_is_there(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    loaded = run("manage", "demo", "--if-empty", database_url=database_url, data=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    assert await _count(database, Doctor) > 20
    await _add(database, User(email="visitor@person.example", password_hash="-"))
    users = await _count(database, User)

    kept = run("manage", "demo", "--if-empty", database_url=database_url, data=tmp_path)
    assert kept.returncode == 0, kept.stderr
    assert await _count(database, User) == users


@ON_SQLITE
async def test_demo_makes_the_embedded_database_itself(tmp_path: Path, backend: str) -> None:
    url = f"sqlite:///{tmp_path}/new/clinic.db"
    made = run("manage", "demo", "--if-empty", database_url=url, data=tmp_path)
    assert made.returncode == 0, made.stderr
    database = Database(url)
    assert await _count(database, Clinic) == 3
    await database.dispose()


@ON_SQLITE
async def test_demo_refuses_a_database_that_is_not_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await _add(database, Clinic(name="Real", city="Real", country="DE", zone="Europe/Berlin"))
    refused = run("manage", "demo", database_url=database_url, data=tmp_path)
    assert refused.returncode == 1
    assert "not a demo" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert await _count(database, Clinic) == 1
    assert await _count(database, User) == 0


@ON_SQLITE
@pytest.mark.parametrize("option", [(), ("--if-empty",)])
async def test_demo_refuses_production(
    database: Database, database_url: str, tmp_path: Path, option: tuple[str, ...]
) -> None:
    refused = run("manage", "demo", *option, database_url=database_url, data=tmp_path, **PRODUCTION)
    assert refused.returncode == 1
    assert "production" in refused.stderr
    assert await _count(database, Clinic) == 0


@ON_SQLITE
@pytest.mark.parametrize("leftover", ["user", "clinic"])
async def test_production_refuses_to_serve_demo_data(
    database: Database, database_url: str, tmp_path: Path, leftover: str
) -> None:
    if leftover == "user":
        await _add(database, User(email="x@demo.example", password_hash="-", is_demo=True))
    else:
        zone = "Europe/Berlin"
        await _add(database, Clinic(name="D", city="D", country="DE", zone=zone, is_demo=True))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    refused = run("serve", database_url=database_url, data=tmp_path, PORT=port, **PRODUCTION)
    assert refused.returncode == 1
    assert "demo accounts" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_create_admin(database: Database, database_url: str, tmp_path: Path) -> None:
    made = run(
        "manage",
        "create-admin",
        "Boss@Clinic.example",
        database_url=database_url,
        data=tmp_path,
        ADMIN_PASSWORD=GOOD_PASSWORD,
    )
    assert made.returncode == 0, made.stderr
    assert GOOD_PASSWORD not in made.stdout + made.stderr
    async with database.session() as session:
        user, role = (
            await session.exec(
                select(User, RoleAssignment).join(
                    RoleAssignment, col(RoleAssignment.user_id) == User.id
                )
            )
        ).one()
    assert user.email == "boss@clinic.example"
    assert user.email_verified_at is not None
    assert not user.is_demo
    assert (role.role, role.clinic_id) == (Role.ADMINISTRATOR, None)
    assert (await passwords.matches(GOOD_PASSWORD, user.password_hash))[0]


@ON_SQLITE
@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("known@clinic.example", GOOD_PASSWORD, "account with this address already"),
        ("KNOWN@clinic.example", GOOD_PASSWORD, "account with this address already"),
        ("no address", GOOD_PASSWORD, "Please enter an e-mail address"),
        ("new@clinic.example", "short", "at least 8 characters"),
        ("new@clinic.example", "password1", "tried first"),
        ("new@clinic.example", "new@clinic.example", "not your name or address"),
        ("new@clinic.example", "", "ADMIN_PASSWORD"),
    ],
)
async def test_create_admin_refuses_with_a_sentence(
    database: Database, database_url: str, tmp_path: Path, email: str, password: str, sentence: str
) -> None:
    await _add(database, User(email="known@clinic.example", password_hash="-"))
    refused = run(
        "manage",
        "create-admin",
        email,
        database_url=database_url,
        data=tmp_path,
        ADMIN_PASSWORD=password,
    )
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
    assert await _count(database, User) == 1


async def test_add_clinic(database: Database, database_url: str, tmp_path: Path) -> None:
    arguments = ("--name", "Praxis", "--city", "Berlin", "--country", "de", "--zone")
    for _ in range(2):  # a second clinic adds no specialty again
        added = run(
            "manage",
            "add-clinic",
            *arguments,
            "Europe/Berlin",
            database_url=database_url,
            data=tmp_path,
        )
        assert added.returncode == 0, added.stderr
    assert await _count(database, Clinic) == 2
    assert await _count(database, Specialty) == len(STANDARD_SPECIALTIES)
    refused = run(
        "manage", "add-clinic", *arguments, "Mars", database_url=database_url, data=tmp_path
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("zone: ")
    assert await _count(database, Clinic) == 2


@ON_SQLITE
def test_a_wrong_setting_is_named_in_one_line(database_url: str, tmp_path: Path) -> None:
    refused = run("manage", "logins", database_url=database_url, data=tmp_path, PORT="many")
    assert refused.returncode == 1
    assert refused.stderr.startswith("PORT: ")
    assert refused.stderr.count("\n") == 1


@ON_SQLITE
def test_logins_are_printed(database_url: str, tmp_path: Path) -> None:
    printed = run("manage", "logins", database_url=database_url, data=tmp_path)
    assert printed.returncode == 0
    assert all(login.email in printed.stdout for login in DEMO_LOGINS)


async def _add(database: Database, row: User | Clinic) -> None:
    async with database.session() as session, session.begin():
        session.add(row)


async def _count(database: Database, table: type[User] | type[Clinic] | type[Doctor]) -> int:
    async with database.session() as session:
        return (await session.exec(select(sa.func.count()).select_from(table))).one()


@ON_SQLITE
async def test_keys_of_people_are_wrapped_anew(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    wrapped = run("manage", "rewrap-keys", database_url=database_url, data=tmp_path)
    assert wrapped.returncode == 0, wrapped.stderr
    assert wrapped.stdout == "0 keys of people were wrapped with the newest SECRET_KEY.\n"
