// Going to a field marks where it was read on the page, and choosing a place on the page
// goes to its field. On a phone the pages are a strip that opens above the fields.
(() => {
  const form = document.querySelector("[data-review]");
  const pages = form?.querySelector("[data-pages]");
  if (!pages) return;
  const look = form.querySelector("[data-look]");
  const marks = [...pages.querySelectorAll("[data-fields]")];
  const POINTED = "is-pointed";
  let pointed = "";

  const marksOf = (id) => marks.filter((mark) => mark.dataset.fields.split(" ").includes(id));

  function pointAt(id) {
    pointed = id;
    for (const mark of marks) mark.classList.toggle(POINTED, id !== "" && marksOf(id).includes(mark));
    for (const row of form.querySelectorAll("[data-field]")) {
      row.classList.toggle(POINTED, row.dataset.field === id);
    }
  }

  // Scrolls the pages alone, never the fields.
  function bringIntoView(id) {
    const [mark] = marksOf(id);
    if (!mark || !pages.offsetParent) return;
    const box = mark.getBoundingClientRect();
    const frame = pages.getBoundingClientRect();
    const inView =
      box.top >= frame.top && box.bottom <= frame.bottom &&
      box.left >= frame.left && box.right <= frame.right;
    if (inView) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    pages.scrollBy({
      top: box.top - frame.top - Math.max(0, (frame.height - box.height) / 2),
      left: box.left - frame.left - Math.max(0, (frame.width - box.width) / 2),
      behavior: calm ? "auto" : "smooth",
    });
  }

  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-field]");
    if (!row) return;
    pointAt(row.dataset.field);
    bringIntoView(pointed);
  });

  pages.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-fields]");
    if (!mark) return;
    event.preventDefault();
    const field = document.getElementById(mark.dataset.fields.split(" ")[0]);
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus({ preventScroll: true });
    field.closest("[data-field]").scrollIntoView({ block: "center" });
  });

  look.addEventListener("click", () => {
    const open = pages.classList.toggle("is-open");
    look.setAttribute("aria-expanded", String(open));
    look.textContent = open ? look.dataset.textHide : look.dataset.textShow;
    if (open && pointed) bringIntoView(pointed);
  });
})();
