"use strict";
(() => {
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("details.finding"));
  const shown = document.getElementById("shown");
  const openAll = document.getElementById("open-all");
  const texts = new Map();
  // Of a long page, what opens in a row is markup that a browser with scripts does not read until then.
  const build = (row) => {
    const lazy = row.querySelector(":scope > noscript");
    if (lazy) lazy.outerHTML = lazy.textContent;
  };
  // A rule is explained in the first of its rows; the others show a copy once they are opened.
  const firstOf = (row) => document.getElementById(row.dataset.in ?? "");
  const explain = (row) => {
    const first = firstOf(row);
    const link = first && row.querySelector("p.about");
    if (!link) return;
    build(first);
    const about = first.querySelector(".about").cloneNode(true);
    about.classList.add("repeat");
    link.replaceWith(about);
  };
  // What stands in a row, opened or not, without its markup.
  const entities = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&#39;": "'" };
  const plain = (row) => {
    const lazy = row.querySelector(":scope > noscript");
    if (!lazy) return row.textContent;
    const hidden = lazy.textContent.replace(/<[^>]*>/g, " ").replace(/&[a-z#0-9]+;/g, (name) => entities[name] ?? name);
    return row.querySelector("summary").textContent + hidden;
  };
  const textOf = (row) => {
    if (!texts.has(row)) {
      const first = firstOf(row);
      texts.set(row, (first ? plain(row) + plain(first) : plain(row)).toLowerCase());
    }
    return texts.get(row);
  };
  const asked = () => {
    const want = Object.fromEntries(new FormData(form));
    return { ...want, words: want.search.toLowerCase().split(/\s+/).filter(Boolean) };
  };
  const matches = (row, want) =>
    (!want.severity || row.dataset.severity === want.severity) &&
    (!want.area || row.dataset.area === want.area) &&
    (!want.confidence || row.dataset.confidence === want.confidence) &&
    (!want.status || row.dataset.status === want.status) &&
    (!want.file || row.dataset.file.toLowerCase().includes(want.file.trim().toLowerCase())) &&
    want.words.every((word) => textOf(row).includes(word));
  const apply = () => {
    const want = asked();
    let count = 0;
    for (const row of rows) {
      const is = matches(row, want);
      row.hidden = !is;
      count += is ? 1 : 0;
    }
    const all = `${rows.length} ${rows.length === 1 ? "row" : "rows"}, dependencies included`;
    shown.textContent = count === rows.length ? all : `${count} of ${all}`;
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
  let printing = false;
  addEventListener("beforeprint", () => {
    printing = true;
    rows.forEach(build);
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
    setTimeout(() => { printing = false; });
  });
  document.addEventListener("toggle", (event) => {
    if (!event.target.open || printing || !event.target.matches("details.finding")) return;
    build(event.target);
    explain(event.target);
  }, true);
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
