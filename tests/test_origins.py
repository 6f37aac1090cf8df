"""One build serves every address."""

from __future__ import annotations

from pathlib import Path

import pytest

from appointment_app.origins import OneOriginPlugin, relative_to_page

BUILT = (
    "var e={PING:`http://localhost:8000/ping`,"
    'EVENT:"ws://localhost:8000/_event",'
    "TRANSPORT:`websocket`};export{e as t};"
)


def test_addresses_become_those_of_the_page() -> None:
    assert relative_to_page(BUILT) == (
        'var e={PING:(location.origin+"/ping"),'
        'EVENT:(location.origin.replace("http","ws")+"/_event"),'
        "TRANSPORT:`websocket`};export{e as t};"
    )


def test_a_public_address_baked_in_is_replaced_too() -> None:
    script = relative_to_page(
        'EVENT:"wss://clinic.example/_event",PING:"https://clinic.example/ping"'
    )
    assert "clinic.example" not in script


def test_a_chunk_without_addresses_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no address"):
        relative_to_page("var e={TRANSPORT:`websocket`}")


def test_the_plugin_rewrites_the_one_chunk_that_holds_the_address(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "reflex-env-abc.js").write_text(BUILT)
    (assets / "index-abc.js").write_text(BUILT)
    OneOriginPlugin().post_build(static_dir=tmp_path)
    assert "localhost" not in (assets / "reflex-env-abc.js").read_text()
    assert (assets / "index-abc.js").read_text() == BUILT
