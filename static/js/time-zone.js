// Offers the browser's own time zone to somebody who has not chosen one yet.
(() => {
  const list = document.querySelector("[data-time-zone] select[name=time_zone]");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (list && [...list.options].some((option) => option.value === own)) list.value = own;
})();
