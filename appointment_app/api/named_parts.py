"""What is sent and answered about the parts of a clinic: rooms, devices and departments."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field


class Name(BaseModel):
    """What it is called."""

    name: str = Field(max_length=1000, examples=["Room 2"])


class InUse(BaseModel):
    """Whether it is in use."""

    active: bool


class Added(BaseModel):
    """The id of what was added."""

    id: UUID
