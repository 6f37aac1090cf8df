"""Browsers and programs that call the API of this process."""

from __future__ import annotations

from functools import lru_cache

import httpx
from fastapi import FastAPI
from starlette.applications import Starlette

from appointment_app.api.app import API_PREFIX, create_api, create_mount

ORIGIN = "http://testserver"


def browser(address: str = "192.0.2.7", **headers: str) -> httpx.AsyncClient:
    """Return a browser on one of our own pages, at a network address."""
    return _client(address, {"origin": ORIGIN} | headers)


def program(address: str = "192.0.2.7", **headers: str) -> httpx.AsyncClient:
    """Return a client that is no browser: it names no origin."""
    return _client(address, headers)


@lru_cache
def served() -> Starlette:
    """Return what all of them call; to put it together takes longer than to answer."""
    return create_mount()


@lru_cache
def bare_api() -> FastAPI:
    """Return the API alone, put together once; whoever adds a route makes one of their own."""
    return create_api()


def _client(address: str, headers: dict[str, str]) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(served(), client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url=f"{ORIGIN}{API_PREFIX}", headers=headers)
