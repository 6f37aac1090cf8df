/* Counts down `seconds` on this device, without asking the server: shows `ticking` with its {time}
   while they last, and the children once they are over. A screen reader hears `spoken` with its
   {minutes} at each full minute, and `over` at the end; the ticking itself is silent. */
import { createElement, useEffect, useState } from "react";

const time = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;

export function Countdown({ seconds, ticking, spoken, over, children }) {
  const [left, setLeft] = useState(seconds);

  useEffect(() => {
    // By the clock: the timers of a tab in the background, or of a phone asleep, stand still.
    const end = Date.now() + seconds * 1000;
    const count = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    const timer = setInterval(count, 1000);
    document.addEventListener("visibilitychange", count);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", count);
    };
  }, []);

  const said = left > 0 ? spoken.replace("{minutes}", Math.ceil(left / 60)) : over;
  return createElement(
    "div",
    { className: "countdown" },
    left > 0
      ? createElement("span", { role: "timer" }, ticking.replace("{time}", time(left)))
      : children,
    createElement("span", { role: "status", className: "visually-hidden" }, said),
  );
}
