/* Forms with data-account-form are sent to the API as JSON, so that passwords never pass through
   the state of the page. Delegated to the document: pages come and go without loading anew.
   The form may hold: [data-error-for=NAME] for what is wrong with a field, [role=alert] for the
   rest, [data-on-code=CODE] shown with one refusal only, [data-success] shown instead of the form
   when nothing leads on. Links with data-keep-next take along where the visitor wanted to go. */
(() => {
  "use strict";

  const fromAddress = (name) => new URLSearchParams(location.search).get(name);

  const typedInto = (form) => {
    const body = {};
    for (const [name, value] of new FormData(form)) {
      body[name] = name in body ? [].concat(body[name], value) : value;
    }
    for (const name of ["next", "token"]) {
      const value = fromAddress(name);
      if (value && !(name in body)) body[name] = value;
    }
    return body;
  };

  const controls = (form, name) => {
    const found = form.elements.namedItem(name);
    if (!found) return [];
    return found instanceof Element ? [found] : [...found];
  };

  const say = (form, sentence) => {
    const alert = form.querySelector("[role=alert]");
    if (alert) alert.textContent = sentence;
  };

  const sayAtField = (form, name, sentence) => {
    const place = form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);
    if (!place) return false;
    place.textContent = sentence;
    for (const control of controls(form, name)) {
      if (sentence) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    return true;
  };

  const clear = (form) => {
    say(form, "");
    for (const place of form.querySelectorAll("[data-error-for]")) {
      sayAtField(form, place.dataset.errorFor, "");
    }
    for (const place of form.querySelectorAll("[data-on-code]")) place.hidden = true;
  };

  const setBusy = (form, busy) => {
    form.toggleAttribute("data-busy", busy);
    for (const button of form.querySelectorAll("[type=submit]")) {
      button.setAttribute("aria-busy", String(busy));
    }
  };

  const showRefusal = (form, problem) => {
    const errors = Object.entries(problem.errors ?? {});
    const unplaced = errors.filter(([name, sentence]) => !sayAtField(form, name, sentence));
    if (unplaced.length > 0 || errors.length === 0) {
      say(form, problem.detail ?? form.dataset.unreachable);
    }
    for (const place of form.querySelectorAll("[data-on-code]")) {
      place.hidden = place.dataset.onCode !== problem.code;
    }
    form.querySelector("[aria-invalid=true]")?.focus();
  };

  const showSuccess = (form, panel, next) => {
    for (const link of panel.querySelectorAll("a[data-next]")) link.href = next;
    for (const place of panel.querySelectorAll("[data-typed]")) {
      place.textContent = controls(form, place.dataset.typed)[0]?.value ?? "";
    }
    for (const part of form.children) part.hidden = part !== panel;
    for (const field of form.querySelectorAll("[type=password]")) field.value = "";
    panel.focus();
  };

  const send = async (form) => {
    clear(form);
    setBusy(form, true);
    let answer, body;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(typedInto(form)),
      });
      body = await answer.json();
    } catch {
      setBusy(form, false);
      say(form, form.dataset.unreachable);
      return;
    }
    if (!answer.ok) {
      setBusy(form, false);
      showRefusal(form, body);
      return;
    }
    const panel = form.querySelector("[data-success]");
    if (panel) {
      setBusy(form, false);
      showSuccess(form, panel, body.next);
    } else {
      document.dispatchEvent(new Event("login-changed"));
      // Stays busy: the page that follows is loading.
      location.assign(body.next);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-account-form]")) return;
    event.preventDefault();
    if (!form.hasAttribute("data-busy")) send(form);
  });

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("form[data-account-form]") && event.target.name) {
      sayAtField(form, event.target.name, "");
    }
  });

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[data-keep-next]");
      const next = fromAddress("next");
      if (link && next) link.search = new URLSearchParams({ next });
    },
    true,
  );

  // A page that comes back out of the browser's memory is not busy any more.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-busy]")) setBusy(form, false);
  });
})();
