"""Commands for whoever runs an installation: ``python -m appointment_app.manage --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from pydantic import ValidationError

from appointment_app import clock
from appointment_app.migrations import migrate
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
    return 0


def settings_problem(invalid: ValidationError) -> str:
    """Return one line for each setting that is wrong, without the value, which may be secret."""
    return "\n".join(
        ": ".join([*(str(part).upper() for part in error["loc"]), error["msg"]])
        for error in invalid.errors(include_input=False)
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m appointment_app.manage")
    commands = parser.add_subparsers(required=True, metavar="command")
    migrations = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrations.set_defaults(run=lambda _: migrate())
    return parser


if __name__ == "__main__":
    sys.exit(main())
