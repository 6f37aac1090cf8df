"""Light or dark: as the system says, until the visitor chooses."""

from __future__ import annotations

import reflex as rx

from appointment_app.i18n import t

# Runs in the head, before the first paint. Reflex's own provider also writes to <html> (a class and
# an inline color-scheme); styles.css looks at our attribute only.
_HEAD_SCRIPT = """
window.colorScheme = (() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const choice = () => {
    try { return localStorage.getItem("color-scheme") || "system"; } catch { return "system"; }
  };
  const apply = (chosen) => {
    const scheme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.colorScheme = scheme;
  };
  const choose = (chosen) => {
    try { localStorage.setItem("color-scheme", chosen); } catch { /* private window: not kept */ }
    apply(chosen);
  };
  dark.addEventListener("change", () => apply(choice()));
  apply(choice());
  return { choice, choose };
})();
"""


class _ColorSchemeSelect(rx.Component):
    library = "$/public/components/color_scheme.js"
    tag = "ColorSchemeSelect"

    label: rx.Var[str]
    options: rx.Var[list[list[str]]]


def color_scheme_script() -> rx.Component:
    """Return the script for the head of every page that applies the visitor's choice."""
    return rx.el.script(_HEAD_SCRIPT)


def color_scheme_select() -> rx.Component:
    """Return the small list in which the visitor chooses."""
    return _ColorSchemeSelect.create(
        label=t("Appearance"),
        options=[["system", t("As my device")], ["light", t("Light")], ["dark", t("Dark")]],
    )
