"""The front door: the pages, the API and what runs as long as the server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx

from appointment_app import clock
from appointment_app.api.app import create_mount
from appointment_app.api.security_headers import SecurityHeaders
from appointment_app.database import get_database
from appointment_app.demo.guard import refuse_demo_accounts
from appointment_app.i18n import t
from appointment_app.migrations import ensure_migrated
from appointment_app.notifications.sender import sending_mails
from appointment_app.settings import get_settings


@asynccontextmanager
async def _ready() -> AsyncIterator[None]:
    if (moment := get_settings().clock_start) is not None:
        clock.start_at(moment)
    await asyncio.to_thread(ensure_migrated)
    await refuse_demo_accounts(get_settings())
    yield
    await get_database().dispose()


app = rx.App(theme=None, api_transformer=[create_mount(), SecurityHeaders])
app.register_lifespan_task(_ready)
app.register_lifespan_task(sending_mails)


def _home() -> rx.Component:
    return rx.el.main(rx.el.h1(t("Book an appointment")))


app.add_page(_home, route="/", title="Appointment App")
