// Tables: labels for the stacked rows of a phone, select all, the bulk bar, columns chosen and remembered.
import { onFresh, within } from "./fresh.js";

const key = (block) => `columns:${block.dataset.table}`;

function remembered(block) {
  try {
    return JSON.parse(localStorage.getItem(key(block))) ?? {};
  } catch {
    return {};
  }
}

function label(table) {
  const heads = [...table.querySelectorAll("thead th")];
  for (const row of table.tBodies[0]?.rows ?? []) {
    [...row.cells].forEach((cell, at) => {
      const head = heads[at];
      if (!head || cell.colSpan > 1) return;
      if (head.dataset.col && !cell.dataset.col) cell.dataset.col = head.dataset.col;
      const text = head.querySelector(".sr-only") ? "" : head.textContent.trim();
      if (text && !cell.dataset.label) cell.dataset.label = text;
    });
  }
}

function showColumns(block) {
  const chosen = remembered(block);
  for (const box of block.querySelectorAll("input[data-column]")) {
    if (box.dataset.column in chosen) box.checked = chosen[box.dataset.column];
    box.closest("[role=menuitemcheckbox]")?.setAttribute("aria-checked", String(box.checked));
    for (const cell of block.querySelectorAll(`[data-col="${CSS.escape(box.dataset.column)}"]`)) cell.hidden = !box.checked;
  }
}

// On a phone the filters wait behind one button, which says how many are at work; the search stays.
function countFilters(bar) {
  const opener = bar.querySelector("[data-filters]");
  const others = [...bar.elements].filter((one) => one.closest(".field:not(.field-search)"));
  const atWork = (one) => {
    if (one.matches("select")) return one.selectedIndex > 0;
    return one.matches("[type=checkbox], [type=radio]") ? one.checked : one.value !== "";
  };
  const count = others.filter(atWork).length;
  const badge = opener.querySelector("[data-filters-count]");
  opener.hidden = !others.length;
  badge.textContent = count;
  badge.hidden = !count;
}

onFresh((part) => within(part, ".filter-bar:has([data-filters])").forEach(countFilters));
document.addEventListener("change", (event) => {
  const bar = event.target.closest?.(".filter-bar:has([data-filters])");
  if (bar) countFilters(bar);
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-filters]");
  if (!opener) return;
  opener.setAttribute("aria-expanded", String(opener.form.classList.toggle("is-open")));
});

function countSelected(block) {
  const boxes = [...block.querySelectorAll(".row-check")];
  const picked = boxes.filter((box) => box.checked).length;
  const bar = block.querySelector("[data-bulk]");
  const all = block.querySelector("[data-select-all]");
  if (all) {
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
  if (!bar) return;
  bar.hidden = picked === 0;
  const said = bar.querySelector("[data-bulk-count]");
  said.textContent = said.dataset.said.replace("#", picked);
}

onFresh((part) => {
  const inside = part.closest?.("[data-table]");
  for (const block of inside ? [inside] : within(part, "[data-table]")) {
    block.querySelectorAll("table").forEach(label);
    showColumns(block);
    countSelected(block);
  }
});

document.addEventListener("change", (event) => {
  const block = event.target.closest("[data-table]");
  if (!block) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of block.querySelectorAll(".row-check")) box.checked = event.target.checked;
    countSelected(block);
  } else if (event.target.matches(".row-check")) {
    countSelected(block);
  } else if (event.target.matches("[data-column]")) {
    const chosen = { ...remembered(block), [event.target.dataset.column]: event.target.checked };
    try {
      localStorage.setItem(key(block), JSON.stringify(chosen));
    } catch {
      // Not remembered in a private window; the columns still change.
    }
    showColumns(block);
  }
});

document.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-bulk-clear]");
  const block = clear?.closest("[data-table]");
  if (!block) return;
  for (const box of block.querySelectorAll(".row-check")) box.checked = false;
  countSelected(block);
});
