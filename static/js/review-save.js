// Decisions are saved as they are made (autosave.js). Newer ones from another device are never
// overwritten without being asked about.
(() => {
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const conflict = form.querySelector("[data-save-conflict]");
  const revision = form.elements.revision;
  let isSent = false;

  const saver = autosave(form, {
    url: form.dataset.save,
    status: form.querySelector("[data-save-status]"),
    isHeld: () => !conflict.hidden,
    body: () => new URLSearchParams(new FormData(form)),
    taken(reply) {
      revision.value = reply.revision;
    },
    conflict(newer) {
      form.dataset.newer = newer.revision;
      conflict.hidden = false;
    },
  });

  form.addEventListener("input", () => saver.note());
  form.addEventListener("change", () => saver.note());
  conflict.querySelector("[data-save-mine]").addEventListener("click", () => {
    revision.value = form.dataset.newer;
    conflict.hidden = true;
    saver.save();
  });

  async function sendOnceSaved(button) {
    if (await saver.settle()) form.requestSubmit(button);
  }

  form.addEventListener("submit", (event) => {
    if ("keep" in event.submitter.dataset) {
      // Enter in a field keeps what was typed; it must not put a half-read résumé anywhere.
      event.preventDefault();
      saver.note();
      saver.save();
      return;
    }
    if (!saver.isSettled() && conflict.hidden) {
      // The page's revision is only right once all is saved, and where that fails, logged
      // out or without a connection, the page must not go away with what was typed.
      event.preventDefault();
      sendOnceSaved(event.submitter);
      return;
    }
    if (isSent) event.preventDefault(); // a double click
    isSent = true;
    saver.leave();
  });
  form.addEventListener("stay", () => {
    isSent = false;
  });
  // A page that comes back out of the browser's memory may be older than what is saved.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
