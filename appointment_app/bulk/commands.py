"""The commands that bring files in, take them out, and print the columns."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.bulk.columns import as_markdown
from appointment_app.bulk.exporting import export
from appointment_app.bulk.importing import as_text, bring_in, check
from appointment_app.database import Database
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.migrations import ensure_migrated
from appointment_app.models import BulkKind, User, row_id
from appointment_app.settings import get_settings

T = TypeVar("T")


def add_commands(commands: Any) -> None:
    """Add ``import``, ``export`` and ``import-columns`` to the commands of ``manage``."""
    bringing_in = commands.add_parser("import", help="bring in a CSV file, as a whole or not")
    bringing_in.add_argument("--dry-run", action="store_true", help="only say what it would do")
    bringing_in.set_defaults(run=_import)
    taking_out = commands.add_parser("export", help="print a CSV file that can be brought in")
    taking_out.set_defaults(run=_export)
    for command in (bringing_in, taking_out):
        command.add_argument("kind", type=BulkKind, choices=list(BulkKind), metavar="KIND")
        command.add_argument(
            "--as",
            dest="administrator",
            required=True,
            metavar="EMAIL",
            help="the administrator whose rights it is done with",
        )
    bringing_in.add_argument("file", type=Path)
    columns = commands.add_parser("import-columns", help="print the columns, for docs/import.md")
    columns.set_defaults(run=lambda _: print(as_markdown(), end=""))


def _import(options: argparse.Namespace) -> None:
    try:
        content = options.file.read_bytes()
    except OSError as error:
        raise Invalid({"file": t("It cannot be read: {reason}.", reason=error.strerror)}) from error
    work = check if options.dry_run else bring_in

    async def run(session: AsyncSession, actor: Actor) -> str:
        outcome = await work(session, actor, options.kind, content)
        if outcome.problems:
            raise NotFine(as_text(outcome))
        return as_text(outcome)

    print(_as(options.administrator, run))


def _export(options: argparse.Namespace) -> None:
    async def run(session: AsyncSession, actor: Actor) -> bytes:
        return await export(session, actor, options.kind)

    sys.stdout.buffer.write(_as(options.administrator, run))
    sys.stdout.flush()


class NotFine(Exception):
    """A file with problems, each on a line."""


def _as(email: str, work: Callable[[AsyncSession, Actor], Awaitable[T]]) -> T:
    """Do something as the administrator of this address."""
    ensure_migrated()

    async def run() -> T:
        database = Database(get_settings().database_url)
        try:
            async with database.session() as session, session.begin():
                by_email = select(User).where(User.email == email.lower())
                user = (await session.exec(by_email)).one_or_none()
                if user is None:
                    raise NotFound(t("There is no account with this address."))
                actor = (await identity_of(session, row_id(user))).actor
            async with database.session() as session:
                return await work(session, actor)
        finally:
            await database.dispose()

    return asyncio.run(run())
