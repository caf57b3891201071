// A form that was sent leaves its page, unless its way is stopped, fails or takes too long.
// Then the page is told so by a "stay" event on the form, and gives back what it had taken
// away: buttons, and saving as one types. A page that goes on by script says "sending" itself.
(() => {
  const TOO_LONG = 20_000; // ms; whoever still waits may as well try again
  let form = null;
  let timer = 0;

  function stay() {
    clearTimeout(timer);
    const stayed = form;
    form = null;
    stayed?.dispatchEvent(new CustomEvent("stay"));
  }

  function leave(event) {
    if (event.defaultPrevented) return;
    form = event.target;
    clearTimeout(timer);
    timer = setTimeout(stay, TOO_LONG);
  }

  // Bubbling, so that the form's own guards have had their say.
  document.addEventListener("submit", leave);
  document.addEventListener("sending", leave);
  // Stopped by its button or by Escape, or without a connection.
  window.navigation?.addEventListener("navigateerror", stay);
  document.addEventListener("keydown", (event) => event.key === "Escape" && stay());
  // Whoever goes on typing is still here.
  document.addEventListener("input", (event) => form?.contains(event.target) && stay());
  window.addEventListener("pageshow", stay);
})();
