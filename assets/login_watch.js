/* A tab that shows somebody's data loads anew when that login ends or changes elsewhere: at once
   in the same browser, and when it is looked at again after another device ended the login.
   (Until then the server refuses each of its events.) */
(() => {
  "use strict";

  const channel = new BroadcastChannel("login");
  const showsSomebody = () =>
    document.querySelector('form[action="/api/v1/auth/logout"]') !== null;

  channel.addEventListener("message", () => {
    if (showsSomebody()) location.reload();
  });

  document.addEventListener("login-changed", () => channel.postMessage("changed"));

  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || !showsSomebody()) return;
    const answer = await fetch("/api/v1/auth/me", { credentials: "same-origin" }).catch(() => null);
    if (answer?.status === 401) location.reload();
  });
})();
