// A timer one can ignore: started, paused and hidden by hand, sent along with the answer. In
// its tab it outlives the page until the answer is sent: a reload does not stop it, and a
// visit elsewhere pauses it.
(() => {
  const A_DAY = 86_400; // seconds, the most that is taken with an answer
  function begin(timer) {
    const form = timer.closest("form");
    const value = timer.querySelector("[data-timer-value]");
    const toggle = timer.querySelector("[data-timer-toggle]");
    const hide = timer.querySelector("[data-timer-hide]");
    const field = form.elements.seconds_spent;
    const key = `timer:${form.dataset.draftKey}`;
    let elapsed = Number(field?.value || 0) * 1000;
    let startedAt = null;
    let sent = false;

    function keep() {
      try {
        const at = Date.now();
        sessionStorage.setItem(key, JSON.stringify({ elapsed, startedAt, sent, at }));
      } catch {
        // Storage is full or blocked: a reload begins anew.
      }
    }

    function restore() {
      let kept = null;
      try {
        kept = JSON.parse(sessionStorage.getItem(key));
      } catch {
        // As if nothing was kept.
      }
      // What was sent is over, unless its page came back refused.
      if (!kept || (kept.sent && !("draftUnsaved" in form.dataset))) return;
      ({ elapsed, startedAt } = kept);
      const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
      if (startedAt === null || reloaded || kept.sent) return;
      elapsed += kept.at - startedAt;
      startedAt = null;
    }

    const milliseconds = () => elapsed + (startedAt === null ? 0 : Date.now() - startedAt);

    function show() {
      const seconds = Math.min(Math.floor(milliseconds() / 1000), A_DAY);
      value.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (field && seconds > 0) field.value = seconds;
      if (startedAt !== null) toggle.textContent = timer.dataset.textPause;
      else if (elapsed) toggle.textContent = timer.dataset.textResume;
    }

    toggle.addEventListener("click", () => {
      if (startedAt === null) {
        startedAt = Date.now();
      } else {
        elapsed = milliseconds();
        startedAt = null;
      }
      keep();
      show();
    });
    hide.addEventListener("click", () => {
      value.hidden = toggle.hidden = !value.hidden;
      hide.textContent = value.hidden ? timer.dataset.textShow : timer.dataset.textHide;
    });
    setInterval(() => startedAt !== null && show(), 500);
    form.addEventListener("submit", (event) => {
      show();
      sent = !event.defaultPrevented;
    });
    form.addEventListener("stay", () => {
      sent = false;
    });
    window.addEventListener("pagehide", keep);
    restore();
    show();
  }

  for (const timer of document.querySelectorAll("[data-timer]")) begin(timer);
  // One that comes into a page later.
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const timer of event.target.querySelectorAll("[data-timer]")) begin(timer);
  });
})();
