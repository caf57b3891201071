// Decisions are saved as they are made. Newer ones from another device are never
// overwritten without being asked about.
(() => {
  const PAUSE = 800; // ms without a change before saving
  const RETRY = 5000; // ms before trying again without a connection
  const PATIENCE = 20_000; // ms for one save; a server that hangs must not end all saving
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const status = form.querySelector("[data-save-status]");
  const conflict = form.querySelector("[data-save-conflict]");
  const revision = form.elements.revision;
  let timer = 0;
  let saving = null; // what is under way
  let dirty = false;
  let leaving = false;

  function say(name) {
    const text = name ? form.dataset[name] : "";
    if (status.textContent !== text) status.textContent = text;
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    if (saving || leaving || !dirty || !conflict.hidden) return;
    dirty = false;
    saving = send(keepalive).finally(() => {
      saving = null;
    });
  }

  async function send(keepalive) {
    say("textSaving");
    try {
      const reply = await fetch(form.dataset.save, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        redirect: "manual",
        keepalive,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (reply.type === "opaqueredirect" || reply.status === 403) {
        dirty = true;
        say("textSignedOut");
      } else if (reply.status === 409) {
        dirty = true;
        form.dataset.newer = (await reply.json()).revision;
        conflict.hidden = false;
        say("");
      } else if (reply.ok) {
        revision.value = (await reply.json()).revision;
        if (dirty) schedule(PAUSE);
        else say("textSaved");
      } else {
        throw new Error(`decisions not saved: ${reply.status}`);
      }
    } catch {
      dirty = true;
      say("textOffline");
      schedule(RETRY);
    }
  }

  function note() {
    dirty = true;
    if (conflict.hidden) say("textSaving");
    schedule(PAUSE);
  }

  async function sendOnceSaved(button) {
    await saving;
    save();
    await saving;
    if (!dirty) form.requestSubmit(button);
  }

  form.addEventListener("input", note);
  form.addEventListener("change", note);
  conflict.querySelector("[data-save-mine]").addEventListener("click", () => {
    revision.value = form.dataset.newer;
    conflict.hidden = true;
    save();
  });
  form.addEventListener("submit", (event) => {
    if ("keep" in event.submitter.dataset) {
      // Enter in a field keeps what was typed; it must not put a half-read résumé anywhere.
      event.preventDefault();
      dirty = true;
      save();
      return;
    }
    if ((saving || dirty) && conflict.hidden) {
      // The page's revision is only right once all is saved, and where that fails, logged
      // out or without a connection, the page must not go away with what was typed.
      event.preventDefault();
      sendOnceSaved(event.submitter);
      return;
    }
    clearTimeout(timer);
    if (leaving) event.preventDefault(); // a double click
    leaving = true;
  });
  form.addEventListener("stay", () => {
    leaving = false;
    save();
  });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ keepalive: true });
  });
  // A page that comes back out of the browser's memory may be older than what is saved.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
