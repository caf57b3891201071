// A session's clock: the first key starts it, the server keeps it, this page counts it down.
// It can be hidden, and stays so on this device. When it ends, what stands in the box is sent.
(() => {
  const HIDDEN = "countdown-hidden";
  const SOON = [
    [60, "textOne"],
    [300, "textFive"],
  ]; // seconds left at which it is said
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const field = form.querySelector("textarea");
  const clock = form.querySelector("[data-countdown]");

  // ---- the first key

  let startUrl = form.dataset.startUrl;
  let starting = false;

  async function start(event) {
    if (!startUrl || starting || !event.isTrusted) return;
    starting = true;
    run(left);
    try {
      const reply = await fetch(startUrl, {
        method: "POST",
        headers: {
          "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
          Accept: "application/json",
        },
        redirect: "manual",
      });
      if (!reply.ok) throw new Error(`clock not started: ${reply.status}`);
      run((await reply.json()).seconds_left);
      startUrl = "";
    } catch {
      // The next key tries again; an answer that is sent starts it, too.
    } finally {
      starting = false;
    }
  }

  field.addEventListener("input", start);

  // ---- what is left

  let left = clock ? Number(clock.dataset.secondsLeft) : 0;
  let since = null;

  function run(seconds) {
    if (!clock) return;
    clock.querySelector("[data-countdown-waiting]")?.remove();
    left = seconds;
    since = performance.now();
    show();
  }

  if (!clock) return;
  const value = clock.querySelector("[data-countdown-value]");
  const time = clock.querySelector("[data-countdown-time]");
  const said = clock.querySelector("[data-countdown-said]");
  const hide = clock.querySelector("[data-countdown-hide]");
  let ended = false;
  let told = null; // what was passed before this page opened is not said again

  const seconds = () =>
    Math.max(0, Math.ceil(left - (since === null ? 0 : (performance.now() - since) / 1000)));

  function say(now) {
    const [at, text] = SOON.find(([mark]) => now <= mark) ?? [Infinity, ""];
    if (told !== null && at !== told) said.textContent = clock.dataset[text];
    told = at;
  }

  function show() {
    const now = seconds();
    time.textContent = `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}`;
    if (since === null) return;
    say(now);
    if (now === 0) end();
  }

  // What is not sent within the server's grace counts as the draft that was saved.
  function end() {
    if (ended) return;
    ended = true;
    if (form.querySelector("[data-submit]").disabled) return; // on its way already
    let sent = false;
    form.addEventListener("submit", (event) => (sent = !event.defaultPrevented), { once: true });
    if (field.value.trim()) form.requestSubmit();
    if (!sent) location.reload();
  }

  function setHidden(hidden) {
    value.hidden = hidden;
    hide.textContent = hidden ? clock.dataset.textShow : clock.dataset.textHide;
  }

  hide.addEventListener("click", () => {
    setHidden(!value.hidden);
    try {
      localStorage.setItem(HIDDEN, value.hidden ? "1" : "");
    } catch {
      // It is hidden on this page at least.
    }
  });

  try {
    setHidden(localStorage.getItem(HIDDEN) === "1");
  } catch {
    // Shown, as it came.
  }
  if ("running" in clock.dataset) run(left);
  setInterval(() => since !== null && !ended && show(), 500);
})();
