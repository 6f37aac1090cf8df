/* Sends a POST to `address` when the tab is closed or shows another document: then no event reaches
   the server any more. A page that the browser brings back as it was is loaded anew. */
import { useEffect } from "react";

export function Farewell({ address }) {
  useEffect(() => {
    const leave = () => navigator.sendBeacon(address);
    const comeBack = (event) => event.persisted && location.reload();
    addEventListener("pagehide", leave);
    addEventListener("pageshow", comeBack);
    return () => {
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", comeBack);
    };
  }, [address]);

  return null;
}
