// The résumé's way: asked for here, sent straight to the file store, checked here. Whatever
// fails on the way is said, the chosen file stays, and trying again goes on where it can.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const input = form.querySelector('input[type="file"]');
  const zone = form.querySelector("[data-drop-zone]");
  const running = form.querySelector("[data-upload-running]");
  const progress = form.querySelector("[data-upload-progress]");
  const status = form.querySelector("[data-upload-status]");
  const error = form.querySelector("[data-upload-error]");
  const retry = form.querySelector("[data-upload-retry]");
  const cancel = form.querySelector("[data-upload-cancel]");
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  const csrf = form.elements.csrfmiddlewaretoken.value;

  let file = null;
  let finish = ""; // the address to go on at, once the store has the file
  let stop = null; // aborts what is under way

  class Problem extends Error {
    constructor(text, canRetry = true) {
      super(text);
      this.canRetry = canRetry;
    }
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function saySent(share) {
    say(fill(form.dataset.textSending, { name: file.name, percent: percent.format(share) }));
  }

  function show(busy) {
    running.hidden = !busy;
    zone.classList.toggle("is-busy", busy);
    input.disabled = busy;
  }

  function fail(text, canRetry) {
    show(false);
    say("");
    error.textContent = text;
    retry.hidden = !canRetry;
    input.setAttribute("aria-invalid", "true");
    (canRetry ? retry : input).focus();
  }

  function refusal(chosen) {
    const ending = chosen.name.toLowerCase().split(".").pop();
    for (const known of form.querySelectorAll("template[data-refusal]")) {
      if (known.dataset.refusal.split(" ").includes(ending)) return known.content.textContent;
    }
    if (ending !== "pdf" && chosen.type !== "application/pdf") return form.dataset.textType;
    if (chosen.size === 0) return form.dataset.textEmpty;
    return chosen.size > Number(form.dataset.maximum) ? form.dataset.textLarge : "";
  }

  // A form post to our own site; its JSON, or a Problem.
  async function ask(url, fields, signal) {
    let reply;
    try {
      reply = await fetch(url, {
        method: "POST",
        headers: { "X-CSRFToken": csrf, Accept: "application/json" },
        body: new URLSearchParams(fields),
        redirect: "manual",
        signal,
      });
    } catch (failure) {
      if (failure.name === "AbortError") throw failure;
      throw new Problem(form.dataset.textNetwork);
    }
    if (reply.type === "opaqueredirect" || reply.status === 403) {
      throw new Problem(form.dataset.textSignedOut, false);
    }
    const answer = await reply.json().catch(() => ({}));
    if (reply.ok) return answer;
    if (reply.status === 409) finish = ""; // it never arrived: send it once more
    throw new Problem(answer.message || form.dataset.textStore, ![422, 429].includes(reply.status));
  }

  // fetch() does not tell how much was sent.
  function send(upload) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      for (const [name, value] of Object.entries(upload.fields)) body.append(name, value);
      body.append("file", file);
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        progress.value = Math.floor((100 * event.loaded) / event.total);
        // Spoken and shown in steps, not with every packet.
        saySent(Math.floor(progress.value / 25) / 4);
      });
      request.addEventListener("load", () => {
        if (request.status >= 200 && request.status < 300) return resolve();
        const large = request.responseText.includes("EntityTooLarge");
        reject(new Problem(large ? form.dataset.textLarge : form.dataset.textStore, !large));
      });
      request.addEventListener("error", async () => {
        // A file that changed on the disk looks like a lost connection.
        const readable = await file.slice(0, 1).arrayBuffer().catch(() => null);
        if (!readable) reject(new Problem(form.dataset.textChanged, false));
        else reject(new Problem(navigator.onLine ? form.dataset.textStore : form.dataset.textNetwork));
      });
      request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      stop.signal.addEventListener("abort", () => request.abort());
      request.open("POST", upload.url);
      request.send(body);
    });
  }

  async function run() {
    stop = new AbortController();
    error.textContent = "";
    retry.hidden = true;
    input.removeAttribute("aria-invalid");
    progress.value = 0;
    show(true);
    try {
      if (!finish) {
        saySent(0);
        const begun = await ask(
          form.dataset.start, { filename: file.name, size: file.size }, stop.signal,
        );
        await send(begun.upload);
        finish = begun.finish;
      }
      progress.value = 100;
      say(fill(form.dataset.textChecking, { name: file.name }));
      const { url } = await ask(finish, {}, stop.signal);
      form.dispatchEvent(new CustomEvent("sending", { bubbles: true }));
      location.assign(url);
    } catch (failure) {
      if (failure.name === "AbortError") {
        show(false);
        say(form.dataset.textCancelled);
        input.value = "";
        input.focus();
      } else if (failure instanceof Problem) {
        fail(failure.message, failure.canRetry);
      } else {
        fail(form.dataset.textStore, true);
        throw failure;
      }
    }
  }

  function choose(files) {
    if (!files.length) return;
    file = files[0];
    finish = "";
    const refused = files.length > 1 ? form.dataset.textOne : refusal(file);
    if (refused) fail(refused, false);
    else run();
  }

  input.addEventListener("change", () => choose(input.files));
  cancel.addEventListener("click", () => stop.abort());
  retry.addEventListener("click", run);
  // The file has arrived, and the way to its page was stopped: trying again goes there.
  form.addEventListener("stay", () => file && fail(form.dataset.textNetwork, true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(input.files);
  });

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("is-over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!input.disabled) choose(event.dataTransfer.files);
  });
  // A page that comes back out of the browser's memory is as new.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
