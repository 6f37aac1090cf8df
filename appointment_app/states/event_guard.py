"""The door for what browsers send: only events that our pages can send come in."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from functools import cache
from typing import Any, get_type_hints

import reflex as rx
from pydantic import TypeAdapter
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import form_data_as_dict

_OURS = "appointment_app."
_OF_REFLEX = {
    "hydrate",
    "hydrate_and_load",
    "on_load_internal",
    "set_is_hydrated",
    "handle_frontend_exception",
}
_WHERE = {"pathname": str, "asPath": str, "query": dict}

_log = logging.getLogger(__name__)


def guard_events(app: rx.App) -> None:
    """Let in events for handlers that our states declare, with arguments that they take.

    A browser can call more than our pages do: Reflex gives every state a ``setvar``, calls a
    handler with whatever came when that does not fit the annotations, and writes an event that
    it does not know into the log, with the login cookie and all that was typed. What is not let
    in changes nothing and is answered with nothing.
    """
    namespace: Any = app.event_namespace
    receive = namespace.on_event

    async def on_event(sid: str, data: Any) -> None:
        if problem := _problem(data):
            # Without the values: they may be what somebody typed about their health.
            _log.warning("An event was refused: %s.", problem)
            return
        await receive(sid, data)

    namespace.on_event = on_event


def _problem(data: Any) -> str:
    """Return why no page of ours can have sent ``data``, or an empty string."""
    if not isinstance(data, dict) or not isinstance(name := data.get("name"), str):
        return "it is no event"
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return "there is no such handler"
    where = data.get("router_data", {})
    if not isinstance(where, dict) or not all(
        isinstance(where[key], kind) for key, kind in _WHERE.items() if key in where
    ):
        return "it does not say where it comes from"
    handler = registered.handler.fn
    if not handler.__module__.startswith(_OURS) and handler.__name__ not in _OF_REFLEX:
        return "no page calls this handler"
    if not _fits(handler, data.get("payload", {})):
        return f"its arguments do not fit {handler.__qualname__}"
    return ""


def _fits(handler: Callable[..., Any], arguments: Any) -> bool:
    """Tell whether ``handler`` can be called with the named ``arguments``."""
    if not isinstance(arguments, dict):
        return False
    signature, checks = _shape(handler)
    try:
        signature.bind(None, **arguments)
        for name, value in arguments.items():
            checks[name].validate_python(form_data_as_dict(value))
    except (TypeError, ValueError):  # a form may be malformed, too
        return False
    return True


@cache
def _shape(handler: Callable[..., Any]) -> tuple[inspect.Signature, dict[str, TypeAdapter[Any]]]:
    signature, hints = inspect.signature(handler), get_type_hints(handler)
    names = list(signature.parameters)[1:]
    return signature, {name: TypeAdapter(hints.get(name, Any)) for name in names}
