"""What a built page fetches first."""

from __future__ import annotations

import pytest

from appointment_app.first_paint import with_scripts_after_styles

STYLES = '<link as="style" href="/assets/a.css" rel="preload"/>'
SCRIPTS = '<link rel="modulepreload" href="/assets/a.js"/><link rel="modulepreload" href="/b.js"/>'


def test_every_script_gives_way_and_the_stylesheet_does_not() -> None:
    page = with_scripts_after_styles(STYLES + SCRIPTS)
    assert page.startswith(STYLES)
    assert page.count('rel="modulepreload" fetchpriority="low" href="/') == 2


def test_a_page_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="preloads no module"):
        with_scripts_after_styles(STYLES)
