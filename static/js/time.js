// <time datetime>: relative to now, exact on hover, in the reader's zone and language.
// The server's text stands where scripts do not run.
(() => {
  const language = document.documentElement.lang;
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const units = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["week", 604_800],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];

  function spoken(date) {
    const seconds = (date - Date.now()) / 1000;
    for (const [unit, length] of units) {
      if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
    }
    return relative.format(0, "second");
  }

  function update(root) {
    for (const element of root.querySelectorAll("time[datetime]")) {
      const date = new Date(element.dateTime);
      if (Number.isNaN(date.getTime())) continue;
      element.title = exact.format(date);
      const text = spoken(date);
      if (element.textContent !== text) element.textContent = text;
    }
  }

  update(document);
  setInterval(() => update(document), 30_000);
  document.addEventListener("htmx:afterSwap", (event) => update(event.target));
})();
