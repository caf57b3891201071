// The draft of an answer: saved to the server as one types (autosave.js), with a copy on this
// device until the server has it. Two drafts that differ are both shown; none is dropped without
// being asked about.
(() => {
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

  function put(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Nobody is logged in: this tab keeps the words until someone is.
  function keepForLater(form, field) {
    const { visitorKey } = form.dataset;
    const kept = copies.read(sessionStorage, visitorKey);
    if (kept && !field.value) put(field, kept.text);
    field.addEventListener("input", () => {
      copies.write(sessionStorage, visitorKey, { text: field.value });
      form.querySelector("[data-draft-status]").textContent = field.value
        ? form.dataset.textKept
        : "";
    });
  }

  // The choice between two drafts.
  function choice(form, field) {
    const conflict = form.querySelector("[data-conflict]");
    const message = conflict.querySelector("[data-conflict-message]");
    const preview = conflict.querySelector("[data-conflict-text]");
    const keep = conflict.querySelector("[data-conflict-keep]");

    function offer(text, isDecided = false) {
      message.textContent = isDecided ? conflict.dataset.textOther : conflict.dataset.textServer;
      preview.textContent = text;
      keep.hidden = isDecided;
      conflict.hidden = false;
    }

    function decide(text, other) {
      offer(other, true);
      put(field, text);
      field.focus();
    }

    conflict
      .querySelector("[data-conflict-use]")
      .addEventListener("click", () => decide(preview.textContent, field.value));
    keep.addEventListener("click", () => decide(field.value, preview.textContent));
    return { offer, isOpen: () => !conflict.hidden && !keep.hidden };
  }

  function begin(form) {
    const field = form.querySelector("textarea");
    const { draftUrl: url, draftKey, visitorKey } = form.dataset;
    if (!url) {
      keepForLater(form, field);
      return;
    }
    const page = form.elements.idempotency_key.value;
    const drafts = choice(form, field);
    let revision = Number(form.dataset.draftRevision);
    // A page that refused an answer shows words which the draft may not hold.
    let saved = "draftUnsaved" in form.dataset ? null : field.value;
    let sent = null;

    // The form says, too, which draft it sends: sent from two tabs it is one answer.
    function continues(newer) {
      revision = newer;
      form.elements.draft_revision.value = newer;
    }

    function keepHere() {
      copies.write(localStorage, draftKey, { text: field.value, revision, page });
    }

    const saver = autosave(form, {
      url,
      status: form.querySelector("[data-draft-status]"),
      isHeld: drafts.isOpen,
      body() {
        sent = field.value;
        return new URLSearchParams({ text: sent, revision });
      },
      taken(reply) {
        continues(reply.revision);
        saved = sent;
        if (field.value === saved) copies.remove(localStorage, draftKey);
      },
      conflict(newer) {
        continues(newer.revision);
        // An emptied draft means that this answer was sent elsewhere: nothing to choose from.
        if (newer.text && newer.text !== field.value) drafts.offer(newer.text);
      },
    });

    // Text that only this device has, from before a lost connection or a login.
    const local = copies.read(localStorage, draftKey);
    const visitor = copies.read(sessionStorage, visitorKey);
    const found = visitor?.text ? { text: visitor.text } : local;
    copies.remove(sessionStorage, visitorKey);
    if (found?.text && found.text !== field.value) {
      const theirs = field.value;
      put(field, found.text);
      keepHere();
      if (!theirs || found.revision === revision) {
        saver.note();
        saver.say("textRestored");
      } else {
        drafts.offer(theirs);
      }
    } else if (saved === null) {
      saver.note();
    } else if (local) {
      copies.remove(localStorage, draftKey);
    } else if (field.value) {
      saver.say("textSaved");
    }

    field.addEventListener("input", () => {
      keepHere();
      saver.note(field.value !== saved);
    });
    form.addEventListener("submit", () => {
      saver.leave();
      keepHere();
    });
  }

  for (const form of document.querySelectorAll("[data-editor]")) begin(form);
  // One that comes into a page later.
  document.addEventListener("htmx:afterSwap", (event) => {
    for (const form of event.target.querySelectorAll("[data-editor]")) begin(form);
  });
})();
