// A button that prints its page.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
