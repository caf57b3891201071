// The answer editor: grows with its text, counts characters as the server does, says at
// once what the server would refuse, sends with Ctrl or Cmd + Enter, and sends once.
(() => {
  function begin(form) {
    const field = form.querySelector("textarea");
    const error = form.querySelector("#answer-error");
    const count = form.querySelector("[data-count]");
    const near = form.querySelector("[data-count-near]");
    const button = form.querySelector("[data-submit]");
    const maximum = Number(form.dataset.maximum);
    const format = new Intl.NumberFormat(document.documentElement.lang);
    let announced = "";

    // Code points, not UTF-16 units: an emoji counts once, as in Python.
    const length = () => [...field.value].length;

    function grow() {
      if (CSS.supports("field-sizing", "content")) return;
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 2}px`;
    }

    function show() {
      const left = maximum - length();
      count.textContent = format.format(maximum - left);
      count.classList.toggle("count-over", left < 0);
      // Spoken in steps of fifty near the end only, not with each letter.
      const step = Math.ceil(Math.abs(left) / 50) * 50;
      const text = left < 0 ? near.dataset.textOver : near.dataset.text;
      const spoken = left > 200 ? "" : text.replace("{n}", format.format(step));
      if (spoken !== announced) near.textContent = announced = spoken;
      grow();
    }

    function refuse(text) {
      error.textContent = text;
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }

    field.addEventListener("input", () => {
      show();
      if (field.value.trim() && length() <= maximum) {
        error.textContent = "";
        field.removeAttribute("aria-invalid");
      }
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.formNoValidate) return; // a button that sends no answer
      let refused = "";
      if (!field.value.trim()) refused = form.dataset.textEmpty;
      else if (length() > maximum) refused = form.dataset.textOver;
      if (refused || button.disabled) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (refused) refuse(refused);
        return;
      }
      // The server's guard is the idempotency key; this only calms a double click.
      button.disabled = true;
    });
    form.addEventListener("stay", () => {
      button.disabled = false;
    });
    // A page that comes back out of the browser's memory holds an answer already sent.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    show();
  }

  for (const form of document.querySelectorAll("[data-editor]")) begin(form);
  // One that comes into a page later.
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const form of event.target.querySelectorAll("[data-editor]")) begin(form);
  });
})();
