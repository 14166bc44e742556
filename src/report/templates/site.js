"use strict";
(() => {
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const rows = Array.from(document.querySelectorAll(".rule-row"));
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const CODE = ["configuration", "dependencies", "text", "project"];
  // A rule that reads any language reads the one that is asked for.
  const reads = (row, want) => {
    const words = row.dataset.reads.split(" ");
    return words.includes(want) || (!CODE.includes(want) && words.includes("any-code"));
  };
  const apply = () => {
    const want = Object.fromEntries(new FormData(form));
    const words = want.search.trim().toLowerCase().split(/\s+/);
    let count = 0;
    rows.forEach((row, at) => {
      const is =
        (!want.pack || row.dataset.pack === want.pack) &&
        (!want.severity || row.dataset.severity === want.severity) &&
        (!want.reads || reads(row, want.reads)) &&
        words.every((word) => texts[at].includes(word));
      row.hidden = !is;
      count += is ? 1 : 0;
    });
    shown.textContent = count === rows.length ? `${count} rules` : `${count} of ${rows.length} rules`;
  };
  // `index.html?pack=electron&search=sandbox` opens with these filters.
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
  }
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  apply();
})();
