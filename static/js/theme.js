// Loaded in <head> before the first paint: marks that scripts run, and sets the colour
// scheme someone chose here before. Without a choice the system's scheme holds.
(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  root.classList.add("js");

  function stored() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is blocked: the system's scheme it is
    }
  }

  function apply() {
    root.dataset.bsTheme = stored() || (system.matches ? "dark" : "light");
  }

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      if (next === (system.matches ? "dark" : "light")) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // It holds for this page only.
    }
    root.dataset.bsTheme = next;
  });
})();
