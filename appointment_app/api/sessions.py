"""The database session of a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import get_database


async def get_session() -> AsyncIterator[AsyncSession]:
    """Yield a fresh session that is closed after the answer."""
    async with get_database().session() as session:
        yield session


DatabaseSession = Annotated[AsyncSession, Depends(get_session)]
