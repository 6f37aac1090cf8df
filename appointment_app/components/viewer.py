"""Who looks at a page, as far as the links in its frame depend on it."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class Viewer:
    """Who looks at the page, as vars of the state: it only decides which links are shown."""

    signed_in: rx.Var[bool]
    display_name: rx.Var[str]
    initials: rx.Var[str]
    is_doctor: rx.Var[bool]
    is_suspended: rx.Var[bool]
    is_reception: rx.Var[bool]
    is_admin: rx.Var[bool]

    @property
    def is_staff(self) -> rx.Var[bool]:
        """Whether there is a workspace for whoever looks."""
        return self.is_doctor | self.is_suspended | self.is_reception | self.is_admin
