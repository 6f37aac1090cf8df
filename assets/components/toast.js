/* The place where short messages appear, and window.showToast(text, kind, action) to show one.
   Kinds: "good" goes by itself, "note" and "error" stay until somebody closes them. An action, { label, press },
   is a button that presses the button of the page with the id `press`. */
import { createElement, useEffect, useRef, useState } from "react";

const SHOWN_FOR_MS = 6000;
const SHOWN_WITH_ACTION_MS = 15000;
let lastId = 0;

export function ToastRegion({ label, closeLabel }) {
  const [toasts, setToasts] = useState([]);
  const region = useRef(null);
  const close = (id) => setToasts((all) => all.filter((toast) => toast.id !== id));

  useEffect(() => {
    window.showToast = (text, kind = "good", action = null) => {
      const id = ++lastId;
      // What can be undone is the last deed.
      const stays = (toast) => toast.text !== text && !(action && toast.action);
      setToasts((all) => [...all.filter(stays), { id, text, kind, action }]);
      const time = action ? SHOWN_WITH_ACTION_MS : SHOWN_FOR_MS;
      if (kind === "good") setTimeout(() => close(id), time);
    };
    return () => delete window.showToast;
  }, []);

  useEffect(() => {
    // A popover that is opened again lies above a dialog that was opened meanwhile.
    if (region.current.matches(":popover-open")) region.current.hidePopover();
    if (toasts.length > 0) region.current.showPopover();
  }, [toasts]);

  const press = (id, action) => {
    close(id);
    document.getElementById(action.press)?.click();
  };

  const item = ({ id, text, kind, action }) =>
    createElement(
      "div",
      { key: id, className: `toast toast-${kind}` },
      createElement("p", null, text),
      action &&
        createElement(
          "button",
          { type: "button", className: "button", onClick: () => press(id, action) },
          action.label,
        ),
      createElement(
        "button",
        { type: "button", className: "button button-quiet button-icon", "aria-label": closeLabel, onClick: () => close(id) },
        "✕",
      ),
    );

  const announced = toasts.map((toast) => toast.text).join(" ");
  return createElement(
    "div",
    null,
    // Screen readers miss what appears inside a hidden popover, so the words live here too.
    createElement("div", { role: "status", className: "visually-hidden" }, announced),
    createElement(
      "div",
      { ref: region, popover: "manual", role: "region", "aria-label": label, className: "toasts" },
      toasts.map(item),
    ),
  );
}
