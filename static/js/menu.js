// A <details> menu closes on Escape and when the pointer or the focus goes elsewhere.
(() => {
  const open = () => document.querySelectorAll("details[data-menu][open]");

  function closeOutside(event) {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  }

  document.addEventListener("click", closeOutside);
  document.addEventListener("focusin", closeOutside);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
