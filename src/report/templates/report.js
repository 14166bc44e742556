"use strict";
(() => {
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("details.finding"));
  const shown = document.getElementById("shown");
  const openAll = document.getElementById("open-all");
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const asked = () => Object.fromEntries(new FormData(form));
  const matches = (row, want) =>
    (!want.severity || row.dataset.severity === want.severity) &&
    (!want.area || row.dataset.area === want.area) &&
    (!want.confidence || row.dataset.confidence === want.confidence) &&
    (!want.status || row.dataset.status === want.status) &&
    (!want.file || row.dataset.file.toLowerCase().includes(want.file.trim().toLowerCase())) &&
    want.search.trim().toLowerCase().split(/\s+/).every((word) => textOf(row).includes(word));
  const apply = () => {
    const want = asked();
    let count = 0;
    for (const row of rows) {
      const is = matches(row, want);
      row.hidden = !is;
      count += is ? 1 : 0;
    }
    shown.textContent = count === rows.length ? `${count} rows` : `${count} of ${rows.length} rows`;
  };
  const reveal = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row instanceof HTMLDetailsElement) {
      if (row.hidden) form.reset();
      row.hidden = false;
      row.open = true;
      row.scrollIntoView();
    }
  };
  if (rows.length > 0) form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    for (const row of rows) if (!row.hidden) row.open = open;
    openAll.textContent = open ? "Close all" : "Open all";
  });
  for (const chip of document.querySelectorAll("[data-pick]")) {
    chip.addEventListener("click", () => {
      form.elements.severity.value = chip.dataset.pick;
      apply();
    });
  }
  // What is printed is read without a mouse.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
