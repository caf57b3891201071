// Links to sections of one page become tabs. Without this file the sections follow one
// another and the links jump to them.
(() => {
  for (const list of document.querySelectorAll("[data-tabs]")) {
    const tabs = [...list.querySelectorAll("a")];
    const panels = tabs.map((tab) => document.querySelector(tab.hash));
    panels[0].parentElement.classList.add("has-tabs");
    list.setAttribute("role", "tablist");
    tabs.forEach((tab, index) => {
      tab.id = `${panels[index].id}-tab`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panels[index].id);
      panels[index].setAttribute("role", "tabpanel");
      panels[index].setAttribute("aria-labelledby", tab.id);
      panels[index].tabIndex = 0;
    });

    function select(index) {
      tabs.forEach((tab, other) => {
        tab.setAttribute("aria-selected", String(other === index));
        tab.tabIndex = other === index ? 0 : -1;
        panels[other].classList.toggle("is-selected", other === index);
      });
    }

    // The panel of that name, or the one in which the named place is.
    function panelWith(hash) {
      const target = hash && document.getElementById(hash.slice(1));
      return target ? panels.findIndex((panel) => panel.contains(target)) : -1;
    }

    list.addEventListener("click", (event) => {
      const index = tabs.indexOf(event.target.closest("a"));
      if (index < 0) return;
      event.preventDefault();
      select(index);
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (tabs.indexOf(event.target) + step + tabs.length) % tabs.length;
      select(next);
      tabs[next].focus();
    });
    // A link elsewhere on the page to one of the panels opens it.
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (!link || list.contains(link)) return;
      const index = panelWith(link.hash);
      if (index < 0) return;
      select(index);
      if (tabs[index].hash !== link.hash) return; // the browser goes to the place in the panel
      event.preventDefault();
      if ("pointQuote" in link.dataset) return; // evidence.js shows the words themselves
      tabs[index].focus();
      list.scrollIntoView({ block: "nearest" });
    });
    select(Math.max(0, panelWith(location.hash)));
    // The browser looked for the place before its panel was shown.
    if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }
})();
