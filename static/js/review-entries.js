// Deciding and ordering: what is left out steps back, a section is taken at once, entries
// move up and down. The form's own fields hold it all.
(() => {
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const undecided = form.querySelector("[data-undecided]");
  const count = form.querySelector("[data-undecided-count]");
  const moved = form.querySelector("[data-move-status]");

  document.querySelector("[data-focus-first]")?.focus();

  const decision = (entry) => entry.querySelector('input[type="radio"]:checked')?.value ?? "";

  function show() {
    let open = 0;
    for (const entry of form.querySelectorAll("[data-entry]")) {
      entry.classList.toggle("is-left", decision(entry) === "leave");
      if (!decision(entry)) open += 1;
    }
    count.textContent = open;
    undecided.hidden = open === 0;
  }

  function changed(field) {
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") show();
  });

  form.addEventListener("click", (event) => {
    const all = event.target.closest("[data-take-all]");
    if (all) {
      for (const take of all.closest("[data-section]").querySelectorAll('input[value="take"]')) {
        take.checked = true;
      }
      changed(form.elements.revision);
      show();
    }
    const move = event.target.closest("[data-move]");
    if (move) step(move);
  });

  function step(button) {
    const entry = button.closest("[data-entry]");
    const up = button.dataset.move === "-1";
    const other = up ? entry.previousElementSibling : entry.nextElementSibling;
    if (!other?.matches("[data-entry]")) return;
    if (up) other.before(entry);
    else other.after(entry);
    const entries = [...entry.parentElement.querySelectorAll("[data-entry]")];
    entries.forEach((one, index) => {
      one.querySelector("[data-order]").value = index + 1;
    });
    button.focus();
    entry.scrollIntoView({ block: "nearest" });
    changed(entry.querySelector("[data-order]"));
    const values = { name: entry.dataset.title, place: entries.indexOf(entry) + 1, count: entries.length };
    moved.textContent = form.dataset.textMoved.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  show();
})();
