// Pointing at a key point shows its words in the answer, and pointing at the words shows
// the key point. Listens on the document, because the live stream replaces both.
(() => {
  const POINTED = "is-pointed";

  function numbersOf(element) {
    const mark = element.closest("[data-points]");
    if (mark) return mark.dataset.points.split(" ");
    const point = element.closest("[data-point]");
    return point ? [point.dataset.point] : [];
  }

  function pointAt(numbers) {
    for (const element of document.querySelectorAll("[data-point], [data-points]")) {
      const own = element.dataset.point ? [element.dataset.point] : element.dataset.points.split(" ");
      element.classList.toggle(POINTED, own.some((number) => numbers.includes(number)));
    }
  }

  function show(event) {
    if (event.target instanceof Element) pointAt(numbersOf(event.target));
  }

  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("click", (event) => {
    const quote = event.target.closest("[data-point-quote]");
    const mark = event.target.closest("[data-points]");
    if (!quote && !mark) return;
    event.preventDefault();
    const numbers = numbersOf(event.target);
    pointAt(numbers);
    const other = mark
      ? document.querySelector(`[data-point="${numbers[0]}"]`)
      : [...document.querySelectorAll("[data-points]")].find((piece) =>
          piece.dataset.points.split(" ").includes(numbers[0]),
        );
    other?.scrollIntoView({ block: "nearest" });
  });
})();
