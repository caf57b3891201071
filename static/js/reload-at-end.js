// A page that watches a job looks again once the job has ended: its address then shows
// the result.
document.addEventListener("htmx:sseClose", (event) => {
  if (event.detail.type === "message" && event.target.closest("[data-reload-at-end]")) {
    location.reload();
  }
});
