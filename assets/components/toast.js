/* The place where short messages appear, and window.showToast(text, kind) to show one.
   Kinds: "good" goes by itself, "error" stays until somebody closes it. */
import { createElement, useEffect, useRef, useState } from "react";

const SHOWN_FOR_MS = 6000;
let lastId = 0;

export function ToastRegion({ label, closeLabel }) {
  const [toasts, setToasts] = useState([]);
  const region = useRef(null);
  const close = (id) => setToasts((all) => all.filter((toast) => toast.id !== id));

  useEffect(() => {
    window.showToast = (text, kind = "good") => {
      const id = ++lastId;
      setToasts((all) => [...all.filter((toast) => toast.text !== text), { id, text, kind }]);
      if (kind !== "error") setTimeout(() => close(id), SHOWN_FOR_MS);
    };
    return () => delete window.showToast;
  }, []);

  useEffect(() => {
    // A popover that is opened again lies above a dialog that was opened meanwhile.
    if (region.current.matches(":popover-open")) region.current.hidePopover();
    if (toasts.length > 0) region.current.showPopover();
  }, [toasts]);

  const item = ({ id, text, kind }) =>
    createElement(
      "div",
      { key: id, className: `toast toast-${kind}` },
      createElement("p", null, text),
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
