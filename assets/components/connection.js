/* Says that the server cannot be reached, and that it can again, and sends nothing meanwhile: what
   the page shows may be out of date. `lost` is what the websocket knows; the browser knows earlier
   that there is no network at all. */
import { createElement, useEffect, useRef, useState } from "react";

const SHOWN_FOR_MS = 4000;
const DEEDS = "main button:not([popovertarget]), dialog button, a.slot";

// Marks every deed of the page as not to be had, and calls `refuse` for those that are tried.
function refuseDeeds(refuse) {
  const mark = () => {
    for (const deed of document.querySelectorAll(DEEDS)) {
      if (deed.ariaDisabled === "true") continue;
      deed.ariaDisabled = "true";
      deed.dataset.offline = "";
    }
  };
  const stop = (event) => {
    if (event.type === "click" && !event.target.closest?.(DEEDS)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    refuse();
  };
  const changes = new MutationObserver(mark);
  mark();
  changes.observe(document.body, { childList: true, subtree: true });
  for (const type of ["click", "submit"]) window.addEventListener(type, stop, true);
  return () => {
    changes.disconnect();
    for (const type of ["click", "submit"]) window.removeEventListener(type, stop, true);
    for (const deed of document.querySelectorAll("[data-offline]")) {
      deed.ariaDisabled = null;
      delete deed.dataset.offline;
    }
  };
}

export function Connection({ lost, offline, away, refused, back }) {
  const [hasNetwork, setHasNetwork] = useState(true);
  const [said, say] = useState("");
  const region = useRef(null);
  const wasLost = useRef(false);
  const isLost = lost || !hasNetwork;

  useEffect(() => {
    const look = () => setHasNetwork(navigator.onLine);
    look();
    for (const type of ["online", "offline"]) window.addEventListener(type, look);
    return () => {
      for (const type of ["online", "offline"]) window.removeEventListener(type, look);
    };
  }, []);

  useEffect(() => {
    if (isLost) {
      wasLost.current = true;
      say(hasNetwork ? away : offline);
      return refuseDeeds(() => say(refused));
    }
    if (!wasLost.current) return;
    wasLost.current = false;
    say(back);
    const timer = setTimeout(() => say(""), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [isLost, hasNetwork]);

  useEffect(() => {
    // A popover that is opened again lies above a dialog that was opened meanwhile.
    if (region.current.matches(":popover-open")) region.current.hidePopover();
    if (said) region.current.showPopover();
  }, [said]);

  return createElement(
    "div",
    { ref: region, role: "status", popover: "manual", className: "connection-banner" },
    said && createElement("p", { className: isLost ? "" : "connection-back" }, said),
  );
}
