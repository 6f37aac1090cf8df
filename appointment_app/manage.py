"""Commands for whoever runs an installation: ``python -m appointment_app.manage --help``."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields

from pydantic import ValidationError

from appointment_app import clock
from appointment_app.accounts import person_keys
from appointment_app.accounts.administrators import create_administrator
from appointment_app.accounts.rights_table import rights_table
from appointment_app.bulk.commands import NotFine
from appointment_app.bulk.commands import add_commands as add_import_commands
from appointment_app.clinics.setting_up import ClinicDetails, add_clinic
from appointment_app.database import Database
from appointment_app.demo.guard import NotADemo, is_empty
from appointment_app.demo.logins import logins_as_text
from appointment_app.demo.seed import load_demo
from appointment_app.errors import DomainError, Invalid
from appointment_app.migrations import NotMigrated, ensure_migrated, migrate
from appointment_app.record.verification import verify
from appointment_app.settings import get_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], None] = options.run
    try:
        if (moment := get_settings().clock_start) is not None:
            clock.start_at(moment)
        run(options)
    except ValidationError as invalid:
        print(settings_problem(invalid), file=sys.stderr)
        return 1
    except Invalid as invalid_input:
        for field, sentence in invalid_input.errors.items():
            print(f"{field}: {sentence}", file=sys.stderr)
        return 1
    except DomainError as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    except (NotADemo, NotFine, NotMigrated, CannotAsk, RecordBroken) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def settings_problem(invalid: ValidationError) -> str:
    """Return one line for each setting that is wrong, without the value, which may be secret."""
    return "\n".join(
        ": ".join([*(str(part).upper() for part in error["loc"]), error["msg"]])
        for error in invalid.errors(include_input=False)
    )


class RecordBroken(Exception):
    """The record is not as it was written."""


class CannotAsk(Exception):
    """A command needs an answer and there is no terminal to ask on."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m appointment_app.manage")
    commands = parser.add_subparsers(required=True, metavar="command")

    migrations = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrations.set_defaults(run=lambda _: migrate())

    demo = commands.add_parser(
        "demo", help="replace what the database holds by the demo clinic; refuses real data"
    )
    demo.add_argument(
        "--if-empty", action="store_true", help="do nothing when the database holds anything"
    )
    demo.set_defaults(run=lambda options: asyncio.run(_demo(only_if_empty=options.if_empty)))

    administrator = commands.add_parser(
        "create-admin", help="create an administrator of all clinics"
    )
    administrator.add_argument("email")
    administrator.set_defaults(run=lambda options: _create_admin(options.email))

    clinic = commands.add_parser("add-clinic", help="add a clinic, for doctors to register at")
    for field in fields(ClinicDetails):
        clinic.add_argument(f"--{field.name}", required=field.default is MISSING, default="")
    clinic.set_defaults(run=_add_clinic)

    rights = commands.add_parser("rights", help="print who may do what, for docs/rights.md")
    rights.set_defaults(run=lambda _: print(rights_table(), end=""))

    record = commands.add_parser(
        "verify-record", help="find entries of the record that were changed, taken out or put in"
    )
    record.add_argument(
        "--seal", default="", metavar="DIGEST", help="of a seal that you know to have been there"
    )
    record.set_defaults(run=lambda options: asyncio.run(_verify_record(options.seal)))

    rewrap = commands.add_parser(
        "rewrap-keys", help="after SECRET_KEY was changed: wrap the keys of people with the new one"
    )
    rewrap.set_defaults(run=lambda _: asyncio.run(_rewrap_keys()))

    add_import_commands(commands)

    logins = commands.add_parser("logins", help="print the logins of the demo clinic")
    logins.set_defaults(run=lambda _: print(logins_as_text()))
    return parser


async def _demo(*, only_if_empty: bool) -> None:
    settings = get_settings()
    if settings.is_production:
        raise NotADemo("There is no demo in production (APP_ENV=production). Nothing was changed.")
    await asyncio.to_thread(ensure_migrated)
    database = Database(settings.database_url)
    try:
        if only_if_empty:
            async with database.session() as session:
                if not await is_empty(session):
                    return
        await load_demo(database)
    finally:
        await database.dispose()
    print("The demo clinic is loaded.")
    if not only_if_empty:
        print(logins_as_text())


async def _verify_record(known_digest: str) -> None:
    await asyncio.to_thread(ensure_migrated)
    database = Database(get_settings().database_url)
    try:
        async with database.session() as session:
            found = await verify(session, known_digest=known_digest)
    finally:
        await database.dispose()
    counts = (
        f"{found.entries} entries were read, {found.seals} seals; "
        f"{found.unsealed} entries are not sealed yet."
    )
    if found.problems:
        raise RecordBroken("\n".join([*found.problems, counts, "The record is not as it was."]))
    print(counts)
    if found.digest:
        print(f"The newest seal is {found.digest}. Keep this line in another place.")
    print("Nothing was changed, taken out or put in.")


async def _rewrap_keys() -> None:
    await asyncio.to_thread(ensure_migrated)
    database = Database(get_settings().database_url)
    last = total = 0
    try:
        while True:
            async with database.session() as session:
                last, changed = await person_keys.rewrap(session, after=last)
            total += changed
            if not last:
                break
    except person_keys.Unreadable as unreadable:
        raise RecordBroken(
            "A key of a person opens with none of SECRET_KEY and SECRET_KEY_PREVIOUS."
            f" {total} keys were wrapped before it, and run this again once the secret is there."
        ) from unreadable
    finally:
        await database.dispose()
    print(f"{total} keys of people were wrapped with the newest SECRET_KEY.")


def _create_admin(email: str) -> None:
    ensure_migrated()
    password = os.environ.get("ADMIN_PASSWORD") or _ask_password(email)
    asyncio.run(_store_admin(email, password))
    print(f"{email} can log in and administers every clinic.")


def _add_clinic(options: argparse.Namespace) -> None:
    ensure_migrated()
    names = [field.name for field in fields(ClinicDetails)]
    details = ClinicDetails(**{name: getattr(options, name) for name in names})
    asyncio.run(_store_clinic(details))
    print(f"Doctors can register at {details.name}.")


async def _store_clinic(details: ClinicDetails) -> None:
    database = Database(get_settings().database_url)
    try:
        async with database.session() as session:
            await add_clinic(session, details)
    finally:
        await database.dispose()


async def _store_admin(email: str, password: str) -> None:
    database = Database(get_settings().database_url)
    try:
        async with database.session() as session:
            await create_administrator(session, email, password)
    finally:
        await database.dispose()


def _ask_password(email: str) -> str:
    if not sys.stdin.isatty():
        raise CannotAsk("There is no terminal to ask for the password. Set ADMIN_PASSWORD.")
    password = getpass.getpass(f"Password for {email}: ")
    if getpass.getpass("The same again: ") != password:
        raise CannotAsk("The two passwords differ. Nothing was changed.")
    return password


if __name__ == "__main__":
    sys.exit(main())
