"""Records that are searched by name: in a form of ours, for databases compare letters in theirs."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from appointment_app.texts import SEARCH_LIMIT, search_form


class Searched(SQLModel):
    """A record whose ``search_name`` is always that of the columns ``searched_by``."""

    searched_by: ClassVar[tuple[str, ...]]

    search_name: str | None = Field(default=None, max_length=SEARCH_LIMIT)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute, and with it the form in which the record is searched."""
        super().__setattr__(name, value)
        if name == "search_name" or name in self.searched_by:
            names = (getattr(self, each, None) or "" for each in self.searched_by)
            super().__setattr__("search_name", search_form(*names))
