"use strict";
(() => {
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const openAll = document.getElementById("open-all");
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const texts = new Map();
  let rows = all("details.finding");
  let folded = all("details.more");
  const total = folded.reduce((sum, fold) => sum + (fold.querySelector(":scope > noscript") ? Number(fold.dataset.rows) : 0), rows.length);
  // Of a long page, what opens in a row is markup that a browser with scripts does not read until then.
  const build = (holder) => {
    const lazy = holder.querySelector(":scope > noscript");
    if (!lazy) return false;
    lazy.outerHTML = lazy.textContent.replace(/<(\/?)x-lazy>/g, "<$1noscript>");
    return true;
  };
  const unfold = (fold) => {
    if (build(fold)) rows = all("details.finding");
  };
  const unfoldAll = () => {
    if (folded.filter(build).length > 0) rows = all("details.finding");
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
  const isOpen = (want) => want.severity || want.area || want.confidence || want.status || want.file.trim() || want.words.length;
  const matches = (row, want) =>
    (!want.severity || row.dataset.severity === want.severity) &&
    (!want.area || row.dataset.area === want.area) &&
    (!want.confidence || row.dataset.confidence === want.confidence) &&
    (!want.status || row.dataset.status === want.status) &&
    (!want.file || row.dataset.file.toLowerCase().includes(want.file.trim().toLowerCase())) &&
    want.words.every((word) => textOf(row).includes(word));
  let isFiltered = false;
  const apply = () => {
    const want = asked();
    const said = `${total} ${total === 1 ? "row" : "rows"}, dependencies included`;
    const is = Boolean(isOpen(want));
    if (!is && !isFiltered) {
      shown.textContent = said;
      return;
    }
    if (is) unfoldAll();
    let count = 0;
    for (const row of rows) {
      const fits = !is || matches(row, want);
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    // What is asked for is not folded away; what was folded before is so again.
    for (const fold of folded) {
      fold.hidden = is && !fold.querySelector("details.finding:not([hidden])");
      if (is !== isFiltered) fold.open = is;
    }
    isFiltered = is;
    shown.textContent = is ? `${count} of ${said}` : said;
  };
  const reveal = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (/^f-/.test(name) && !document.getElementById(name)) unfoldAll();
    const row = document.getElementById(name);
    if (row instanceof HTMLDetailsElement) {
      if (row.hidden) {
        form.reset();
        apply();
      }
      const fold = row.closest("details.more");
      if (fold) fold.open = true;
      row.open = true;
      row.scrollIntoView();
    }
  };
  if (total > 0) form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  openAll.addEventListener("click", () => {
    const open = openAll.textContent === "Open all";
    for (const row of rows) if (!row.hidden && !row.closest("details.more:not([open])")) row.open = open;
    openAll.textContent = open ? "Close all" : "Open all";
  });
  for (const chip of all("[data-pick]")) {
    chip.addEventListener("click", () => {
      form.elements.severity.value = chip.dataset.pick;
      apply();
    });
  }
  // What is printed is read without a mouse: every row, and of those that say the same of a further place its line alone.
  let closed = [];
  let printing = false;
  addEventListener("beforeprint", () => {
    printing = true;
    unfoldAll();
    for (const row of rows) if (!row.closest("details.more")) build(row);
    closed = all("details:not([open])").filter((one) => !one.parentElement.closest("details.more"));
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
    setTimeout(() => { printing = false; });
  });
  document.addEventListener("toggle", (event) => {
    if (!event.target.open || printing) return;
    if (event.target.matches("details.more")) unfold(event.target);
    if (event.target.matches("details.finding")) {
      build(event.target);
      explain(event.target);
    }
  }, true);
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
