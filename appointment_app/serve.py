"""Serves pages, API and websocket on one port: ``python -m appointment_app.serve``."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from pydantic import ValidationError
from reflex.config import environment
from reflex.constants import Env
from reflex.utils.exec import get_app_instance_from_file

from appointment_app.demo.guard import DemoAccountsInProduction, refuse_demo_accounts
from appointment_app.demo.logins import logins_as_text
from appointment_app.frontend_build import ensure_built
from appointment_app.manage import settings_problem
from appointment_app.migrations import NotMigrated, ensure_migrated
from appointment_app.settings import PROJECT_ROOT, AppEnv, Settings, get_settings

# A worker that is told to stop finishes what it does; after this many seconds it is ended.
STOP_SECONDS = 10


def main() -> int:
    """Prepare what is missing, then serve until stopped; return the exit status."""
    try:
        settings = get_settings()
        _require_free_port(settings.host, settings.port)
        ensure_migrated()
        asyncio.run(refuse_demo_accounts(settings))
        ensure_built()
    except ValidationError as invalid:
        print(settings_problem(invalid), file=sys.stderr)
        return 1
    except (PortTaken, NotMigrated, DemoAccountsInProduction) as problem:
        print(problem, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("The front end could not be built; the lines above say why.", file=sys.stderr)
        return 1
    _serve(settings)
    return 0


class PortTaken(Exception):
    """Another program listens on our port."""


def _require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(
                f"Port {port} is taken by another program. Choose another: PORT={port + 1} make run"
            ) from taken


def _serve(settings: Settings) -> None:
    # What `reflex run --env prod --single-port` does after its build, without the build; and a
    # worker that dies is replaced, one that is told to stop is not waited for without end.
    os.chdir(PROJECT_ROOT)  # where Reflex looks for rxconfig.py
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    if settings.app_env is AppEnv.DEMO:
        print(logins_as_text())
    print(f"Appointment App: {settings.public_url}", flush=True)
    Server(
        target=get_app_instance_from_file(),
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


if __name__ == "__main__":
    sys.exit(main())
