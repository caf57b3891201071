// The draft: saved to the server as one types, with a copy on this device until the server
// has it. Two drafts that differ are both shown; none is dropped without being asked about.
(() => {
  const PAUSE = 800; // ms without a key before saving
  const RETRY = 5000; // ms before trying again without a connection
  const PATIENCE = 20_000; // ms for one save; a server that hangs must not end all saving

  const copies = {
    read(storage, key) {
      try {
        return JSON.parse(storage.getItem(key));
      } catch {
        return null;
      }
    },
    write(storage, key, copy) {
      try {
        storage.setItem(key, JSON.stringify(copy));
      } catch {
        // Storage is full or blocked: the server's copy has to do.
      }
    },
    remove(storage, key) {
      try {
        storage.removeItem(key);
      } catch {
        // Nothing was kept, so nothing is left.
      }
    },
  };

  // The page of a submitted answer: its draft on this device has done its work.
  const submitted = document.querySelector("[data-submitted-draft]");
  if (submitted) {
    const { submittedDraft: key, submittedKey } = submitted.dataset;
    if (copies.read(localStorage, key)?.page === submittedKey) copies.remove(localStorage, key);
  }

  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const field = form.querySelector("textarea");
  const status = form.querySelector("[data-draft-status]");
  const say = (name) => {
    const text = name ? form.dataset[name] : "";
    if (status.textContent !== text) status.textContent = text;
  };

  const { draftUrl: url, draftKey, visitorKey } = form.dataset;

  if (!url) {
    // Nobody is logged in: this tab keeps the words until someone is.
    const kept = copies.read(sessionStorage, visitorKey);
    if (kept && !field.value) {
      field.value = kept.text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.addEventListener("input", () => {
      copies.write(sessionStorage, visitorKey, { text: field.value });
      say(field.value ? "textKept" : "");
    });
    return;
  }

  const page = form.elements.idempotency_key.value;
  let revision = Number(form.dataset.draftRevision);
  // A page that refused an answer shows words which the draft may not hold.
  let saved = "draftUnsaved" in form.dataset ? null : field.value;
  let saving = false;
  let leaving = false;
  let timer = 0;

  // The choice between two drafts.
  const conflict = form.querySelector("[data-conflict]");
  const message = conflict.querySelector("[data-conflict-message]");
  const preview = conflict.querySelector("[data-conflict-text]");
  const keep = conflict.querySelector("[data-conflict-keep]");

  function offer(text, decided) {
    message.textContent = decided ? conflict.dataset.textOther : conflict.dataset.textServer;
    preview.textContent = text;
    keep.hidden = decided;
    conflict.hidden = false;
  }

  const undecided = () => !conflict.hidden && !keep.hidden;

  function put(text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  conflict.querySelector("[data-conflict-use]").addEventListener("click", () => {
    const mine = field.value;
    const theirs = preview.textContent;
    offer(mine, true);
    put(theirs);
    field.focus();
  });
  keep.addEventListener("click", () => {
    offer(preview.textContent, true);
    put(field.value);
    field.focus();
  });

  // The form says, too, which draft it sends: sent from two tabs it is one answer.
  function continues(newer) {
    revision = newer;
    form.elements.draft_revision.value = newer;
  }

  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    if (saving || leaving || undecided() || field.value === saved) return;
    const text = field.value;
    saving = true;
    say("textSaving");
    try {
      const reply = await fetch(url, {
        method: "POST",
        headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: new URLSearchParams({ text, revision }),
        redirect: "manual",
        keepalive,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (reply.type === "opaqueredirect" || reply.status === 403) {
        say("textSignedOut");
      } else if (reply.status === 422) {
        say("textTooLong");
      } else if (reply.status === 409) {
        const newer = await reply.json();
        continues(newer.revision);
        say("");
        // An emptied draft means that this answer was sent elsewhere: nothing to choose from.
        if (newer.text && newer.text !== field.value) offer(newer.text, false);
        else schedule(0);
      } else if (reply.ok) {
        continues((await reply.json()).revision);
        saved = text;
        if (field.value === saved) {
          copies.remove(localStorage, draftKey);
          say("textSaved");
        } else {
          schedule(PAUSE);
        }
      } else {
        throw new Error(`draft not saved: ${reply.status}`);
      }
    } catch {
      say("textOffline");
      schedule(RETRY);
    } finally {
      saving = false;
    }
  }

  // Text that only this device has, from before a lost connection or a login.
  const local = copies.read(localStorage, draftKey);
  const visitor = copies.read(sessionStorage, visitorKey);
  const found = visitor?.text ? { text: visitor.text } : local;
  copies.remove(sessionStorage, visitorKey);
  if (found?.text && found.text !== field.value) {
    if (!field.value || found.revision === revision) {
      put(found.text);
      say("textRestored");
      schedule(PAUSE);
    } else {
      const theirs = field.value;
      put(found.text);
      offer(theirs, false);
    }
    copies.write(localStorage, draftKey, { text: found.text, revision, page });
  } else if (saved === null) {
    schedule(PAUSE);
  } else if (local) {
    copies.remove(localStorage, draftKey);
  } else if (field.value) {
    say("textSaved");
  }

  field.addEventListener("input", () => {
    copies.write(localStorage, draftKey, { text: field.value, revision, page });
    if (undecided()) return;
    say(field.value === saved ? "textSaved" : "textSaving");
    schedule(PAUSE);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    copies.write(localStorage, draftKey, { text: field.value, revision, page });
  });
  form.addEventListener("stay", () => {
    leaving = false;
    say(field.value === saved ? "textSaved" : "textSaving");
    schedule(0);
  });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ keepalive: true });
  });
})();
