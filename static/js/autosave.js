// Saves a form as it is edited: after a pause, again once a connection is back, and as its page
// is hidden, one save at a time. What is sent, and how two versions that differ are settled, is
// the page's to say:
//
//   autosave(form, {
//     url,               where it is posted
//     status,            the element that says how it stands, in the form's data-text-…
//     body(),            what is sent now
//     taken(reply),      it was saved; `reply` is the server's JSON
//     conflict(reply),   somebody saved a newer version
//     isHeld(),          two versions are being chosen from: nothing is sent meanwhile
//   })
//
// gives {note, save, isSettled, settle, leave, say}.
window.autosave = (form, page) => {
  const PAUSE = 800; // ms without a change before saving
  const RETRY = 5000; // ms before trying again without a connection
  const PATIENCE = 20_000; // ms for one save; a server that hangs must not end all saving
  let timer = 0;
  let saving = null; // what is under way
  let dirty = false;
  let leaving = false;

  function say(name) {
    const text = name ? form.dataset[name] : "";
    if (page.status.textContent !== text) page.status.textContent = text;
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    if (saving || leaving || !dirty || page.isHeld()) return;
    dirty = false;
    saving = send(keepalive).finally(() => {
      saving = null;
    });
  }

  async function send(keepalive) {
    say("textSaving");
    try {
      const reply = await fetch(page.url, {
        method: "POST",
        headers: {
          Accept: "application/json",
          "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
        },
        body: page.body(),
        redirect: "manual",
        keepalive,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (reply.type === "opaqueredirect" || reply.status === 403) {
        dirty = true;
        say("textSignedOut");
      } else if (reply.status === 422) {
        dirty = true;
        say("textTooLong");
      } else if (reply.status === 409) {
        dirty = true;
        say("");
        page.conflict(await reply.json());
        if (!page.isHeld()) schedule(0);
      } else if (reply.ok) {
        page.taken(await reply.json());
        if (dirty) schedule(PAUSE);
        else say("textSaved");
      } else {
        throw new Error(`not saved: ${reply.status}`);
      }
    } catch {
      dirty = true;
      say("textOffline");
      schedule(RETRY);
    }
  }

  // What stands in the form changed, or is again what was saved.
  function note(isChanged = true) {
    dirty = isChanged;
    if (page.isHeld()) return;
    say(dirty ? "textSaving" : "textSaved");
    schedule(PAUSE);
  }

  const isSettled = () => !saving && !dirty;

  // Save what is left; whether all is saved then.
  async function settle() {
    await saving;
    save();
    await saving;
    return isSettled();
  }

  function leave() {
    leaving = true;
    clearTimeout(timer);
  }

  form.addEventListener("stay", () => {
    leaving = false;
    if (dirty) schedule(0);
  });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ keepalive: true });
  });
  return { note, save, isSettled, settle, leave, say };
};
