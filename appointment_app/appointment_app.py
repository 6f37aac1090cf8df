"""The front door: the pages, the API and what runs as long as the server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx

from appointment_app.api.app import create_mount
from appointment_app.api.security_headers import SecurityHeaders
from appointment_app.database import get_database
from appointment_app.migrations import ensure_migrated


@asynccontextmanager
async def _database_ready() -> AsyncIterator[None]:
    await asyncio.to_thread(ensure_migrated)
    yield
    await get_database().dispose()


app = rx.App(theme=None, api_transformer=[create_mount(), SecurityHeaders])
app.register_lifespan_task(_database_ready)


class _Probe(rx.State):
    clicks: int = 0

    @rx.event
    async def click(self) -> None:
        self.clicks += 1


def _home() -> rx.Component:
    return rx.el.main(
        rx.el.h1("Appointment App", class_name="text-2xl"),
        rx.el.button("Count", on_click=_Probe.click, id="count"),
        rx.el.output(_Probe.clicks, id="clicks"),
    )


app.add_page(_home, route="/", title="Appointment App")
