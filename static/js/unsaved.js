// Ask before a form with unsaved words is left.
(() => {
  const form = document.querySelector("[data-unsaved]");
  if (!form) return;
  const words = () => new URLSearchParams(new FormData(form)).toString();
  const saved = form.querySelector("[aria-invalid], [role=alert]") ? null : words();
  let sending = false;
  form.addEventListener("submit", () => {
    sending = true;
  });
  form.addEventListener("stay", () => {
    sending = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!sending && words() !== saved) event.preventDefault();
  });
  // The first field, or the first wrong one, once the browser has gone to the page's fragment,
  // which takes the focus away.
  addEventListener("load", () => {
    setTimeout(() => {
      const wrong = form.querySelector("[aria-invalid=true]");
      const first = form.querySelector("input:not([type=hidden]), textarea");
      (wrong ?? first)?.focus({ preventScroll: true });
    });
  });
})();
