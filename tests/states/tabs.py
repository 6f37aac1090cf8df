"""A browser's tab without the browser: states that were told where they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import reflex as rx
from reflex.istate.data import RouterData

State = TypeVar("State", bound=rx.State)


def open_tab(address: str = "/", *, cookie: str = "") -> rx.State:
    """The states of a tab that shows ``address``."""
    root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
    go_to(root, address, cookie=cookie)
    return root


def go_to(root: rx.State, address: str, *, cookie: str = "", connection: str = "") -> None:
    """Let the tab show another address, or come again over another connection."""
    headers = {"origin": "http://testserver", "cookie": cookie}
    root.router = RouterData.from_router_data(
        {
            "pathname": address.partition("?")[0],
            "asPath": address,
            "headers": headers,
            "sid": connection,
        }
    )


async def run(handler: Coroutine[Any, Any, Any] | AsyncIterator[Any]) -> list[Any]:
    """Run a handler to its end; what it gave back to the browser on the way."""
    if isinstance(handler, AsyncIterator):
        return [event async for event in handler]
    return [await handler]
