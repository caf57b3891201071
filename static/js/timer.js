// A timer one can ignore: started, paused and hidden by hand, sent along with the answer.
(() => {
  const timer = document.querySelector("[data-timer]");
  if (!timer) return;
  const value = timer.querySelector("[data-timer-value]");
  const toggle = timer.querySelector("[data-timer-toggle]");
  const hide = timer.querySelector("[data-timer-hide]");
  const field = timer.closest("form").elements.seconds_spent;
  let elapsed = Number(field?.value || 0) * 1000;
  let startedAt = null;

  const milliseconds = () => elapsed + (startedAt === null ? 0 : Date.now() - startedAt);

  function show() {
    const seconds = Math.floor(milliseconds() / 1000);
    value.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (field && seconds > 0) field.value = seconds;
  }

  toggle.addEventListener("click", () => {
    if (startedAt === null) {
      startedAt = Date.now();
      toggle.textContent = timer.dataset.textPause;
    } else {
      elapsed = milliseconds();
      startedAt = null;
      toggle.textContent = timer.dataset.textResume;
    }
    show();
  });
  hide.addEventListener("click", () => {
    value.hidden = toggle.hidden = !value.hidden;
    hide.textContent = value.hidden ? timer.dataset.textShow : timer.dataset.textHide;
  });
  setInterval(() => startedAt !== null && show(), 500);
  timer.closest("form").addEventListener("submit", show);
  show();
})();
