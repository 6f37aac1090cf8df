/* Lets a visitor choose light, dark or what their system says. The choice is applied before the
   first paint by the script that components/color_scheme.py puts into the head. */
import { createElement, useEffect, useId, useState } from "react";

export function ColorSchemeSelect({ label, options }) {
  const id = useId();
  const [choice, setChoice] = useState("system");
  useEffect(() => setChoice(window.colorScheme.choice()), []);

  const choose = (event) => {
    window.colorScheme.choose(event.target.value);
    setChoice(event.target.value);
  };

  return createElement(
    "span",
    { className: "color-scheme" },
    createElement("label", { htmlFor: id }, label),
    createElement(
      "select",
      { id, className: "control", value: choice, onChange: choose },
      options.map(([value, text]) => createElement("option", { key: value, value }, text)),
    ),
  );
}
