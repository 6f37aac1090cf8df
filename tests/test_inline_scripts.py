"""The policy that a built page carries."""

from __future__ import annotations

import base64
import hashlib

import pytest

from appointment_app.inline_scripts import with_script_policy

HEAD = '<!DOCTYPE html><html><head><meta charSet="utf-8"/>'


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def test_each_inline_script_is_named_by_its_hash() -> None:
    page = with_script_policy(
        HEAD + '<script>a()</script><script type="module" async="">\nb(1 &amp; 2)\n</script>'
    )
    assert page.startswith(HEAD + '<meta http-equiv="Content-Security-Policy"')
    assert _hash("a()") in page
    assert _hash("\nb(1 &amp; 2)\n") in page
    assert "unsafe-inline" not in page


def test_a_script_of_its_own_file_needs_no_hash() -> None:
    page = with_script_policy(HEAD + '<script defer src="/forms.js"></script>')
    assert "sha256" not in page


def test_a_page_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="built page"):
        with_script_policy("<html></html>")
