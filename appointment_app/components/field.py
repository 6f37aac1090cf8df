"""Form fields: label, control, hint and error, tied together for screen readers.

They work in two kinds of form. With a state: pass ``error`` as a var and use ``default_value`` with
``on_blur`` or the form's ``on_submit``. (``value`` with ``on_change`` makes Reflex wrap the input
in a further library and send every key.) In a plain ``data-account-form`` form: pass no ``error``;
``account_forms.js`` writes it into the element with ``data-error-for`` and sets ``aria-invalid``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

Text = str | rx.Var[str]


def text_field(
    label: Text, name: str, *, hint: Text = "", error: Text = "", **props: Any
) -> rx.Component:
    """Return a one-line field; further ``props`` (``type``, ...) go to the input."""
    return _field(rx.el.input, label, name, hint, error, props)


def number_field(
    label: Text,
    name: str,
    *,
    least: int,
    most: int,
    hint: Text = "",
    error: Text = "",
    **props: Any,
) -> rx.Component:
    """Return a field for a whole number."""
    limits = {"min": str(least), "max": str(most)}
    numeric = {"type": "number", "input_mode": "numeric"}
    return _field(rx.el.input, label, name, hint, error, {**numeric, **limits, **props})


def text_area(
    label: Text, name: str, *, hint: Text = "", error: Text = "", **props: Any
) -> rx.Component:
    """Return a field of several lines."""
    return _field(rx.el.textarea, label, name, hint, error, props)


def select_field(
    label: Text,
    name: str,
    options: Sequence[tuple[Text, Text]] | rx.Var[list[list[str]]],
    *,
    hint: Text = "",
    error: Text = "",
    **props: Any,
) -> rx.Component:
    """Return a drop-down list of ``options``, pairs of value and label."""
    return _field(rx.el.select, label, name, hint, error, props, _options(options))


def check_field(label: Text, name: str, *, error: Text = "", **props: Any) -> rx.Component:
    """Return a checkbox with its label beside it."""
    field_id, attributes = _attributes(name, "", error, props)
    return rx.el.div(
        rx.el.label(
            rx.el.input(type="checkbox", class_name="check", **attributes),
            rx.el.span(label),
            html_for=field_id,
            class_name="check-label",
        ),
        _error(field_id, name, error),
        class_name="field",
    )


def radio(label: Text, name: str, value: str, *, checked: bool = False) -> rx.Component:
    """Return one of several choices, with its label beside it; a fieldset holds them together."""
    field_id = f"field-{name}-{value}"
    return rx.el.label(
        rx.el.input(
            type="radio",
            id=field_id,
            name=name,
            value=value,
            default_checked=checked,
            class_name="check",
        ),
        rx.el.span(label),
        html_for=field_id,
        class_name="check-label",
    )


def form_alert(sentence: Text = "") -> rx.Component:
    """Return the place for what is wrong with a form as a whole; invisible while empty."""
    return rx.el.p(sentence, role="alert", class_name="alert")


def _field(
    control: Any,
    label: Text,
    name: str,
    hint: Text,
    error: Text,
    props: dict[str, Any],
    children: Sequence[Any] = (),
) -> rx.Component:
    field_id, attributes = _attributes(name, hint, error, props)
    return rx.el.div(
        rx.el.label(label, html_for=field_id, class_name="field-label"),
        control(*children, class_name="control", **attributes),
        rx.el.p(hint, id=f"{field_id}-hint", class_name="field-hint") if _given(hint) else None,
        _error(field_id, name, error),
        class_name="field",
    )


def _attributes(
    name: str, hint: Text, error: Text, props: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    field_id = props.pop("id", f"field-{name}")
    described_by = f"{field_id}-hint {field_id}-error" if _given(hint) else f"{field_id}-error"
    aria: dict[str, Any] = {"aria-describedby": described_by, **props.pop("custom_attrs", {})}
    if _given(error):
        aria["aria-invalid"] = rx.Var.create(error) != ""
    return field_id, {"id": field_id, "name": name, "custom_attrs": aria, **props}


def _error(field_id: str, name: str, error: Text) -> rx.Component:
    return rx.el.p(
        error,
        id=f"{field_id}-error",
        class_name="field-error",
        custom_attrs={"data-error-for": name, "aria-live": "polite"},
    )


def _options(options: Sequence[tuple[Text, Text]] | rx.Var[list[list[str]]]) -> list[Any]:
    if isinstance(options, rx.Var):
        return [rx.foreach(options, lambda pair: rx.el.option(pair[1], value=pair[0]))]
    return [rx.el.option(text, value=value) for value, text in options]


def _given(text: Text) -> bool:
    return isinstance(text, rx.Var) or text != ""
