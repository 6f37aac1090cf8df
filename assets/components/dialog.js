/* A native <dialog> that follows a value of the page's state.
   The browser does the rest: focus goes in (to what is marked data-first, if anything is) and comes
   back to the opener, Esc closes, the page behind is inert. Every way of closing ends in the element's close event. */
import { createElement, useEffect, useRef } from "react";

export function Dialog({ open, onClose, children, ...props }) {
  const element = useRef(null);
  const wanted = useRef(open);

  useEffect(() => {
    wanted.current = open;
    const dialog = element.current;
    if (open && !dialog.open) {
      dialog.showModal();
      dialog.querySelector("[data-first]")?.focus();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);

  const tellState = (event) => {
    // A dialog inside this one bubbles too; and a close that the state asked for is no news.
    if (event.target === element.current && wanted.current) {
      wanted.current = false;
      onClose?.();
    }
  };

  return createElement("dialog", { ...props, ref: element, onClose: tellState }, children);
}
