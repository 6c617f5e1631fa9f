// [data-combobox] around a <select>: type to search it. The select stays, hidden, and is what the form sends.
import { onFresh, within } from "./fresh.js";

const MOST = 100;
let count = 0;

const fold = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().trim();

function enhance(frame) {
  const select = frame.querySelector("select");
  if (!select || select.multiple || frame.classList.contains("combobox")) return;
  frame.classList.add("combobox");
  const id = `combobox-${++count}`;
  const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);

  const input = document.createElement("input");
  input.className = "input combobox-input";
  input.type = "text";
  input.id = `${id}-input`;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.disabled = select.disabled;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", `${id}-list`);
  input.setAttribute("aria-autocomplete", "list");
  if (label) label.htmlFor = input.id;
  else if (select.getAttribute("aria-label")) input.setAttribute("aria-label", select.getAttribute("aria-label"));

  const list = document.createElement("div");
  list.className = "combobox-list";
  list.id = `${id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label ? label.textContent.trim() : "");
  list.hidden = true;
  // In the top layer no dialog or scrolling box can cut it off.
  if ("popover" in list) list.popover = "manual";

  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  frame.append(input, list);

  let active = -1;
  const shown = () => [...list.querySelectorAll("[role=option]")];
  const chosenText = () => select.selectedOptions[0]?.textContent.trim() ?? "";
  const show = () => (input.value = chosenText());

  function draw(query) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    const options = [...select.options].filter((option) => {
      const text = fold(option.textContent);
      return !option.disabled && words.every((word) => text.includes(word));
    });
    list.replaceChildren(
      ...options.slice(0, MOST).map((option) => {
        const row = document.createElement("div");
        row.className = "combobox-option";
        row.id = `${id}-${option.index}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", String(option.selected));
        row.dataset.index = option.index;
        row.textContent = option.textContent.trim() || "–";
        return row;
      }),
    );
    if (!options.length) {
      const none = document.createElement("div");
      none.className = "combobox-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = document.getElementById("spoken")?.dataset.none ?? "–";
      list.append(none);
    }
    mark(Math.max(0, options.slice(0, MOST).findIndex((option) => option.selected && !words.length)));
  }

  function mark(index) {
    const rows = shown().filter((row) => row.dataset.index !== undefined);
    active = rows.length ? (index + rows.length) % rows.length : -1;
    rows.forEach((row, at) => row.classList.toggle("is-active", at === active));
    rows[active]?.scrollIntoView({ block: "nearest" });
    if (rows[active]) input.setAttribute("aria-activedescendant", rows[active].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function place() {
    const from = input.getBoundingClientRect();
    const below = innerHeight - from.bottom;
    const up = below < 200 && from.top > below;
    list.style.width = `${from.width}px`;
    list.style.left = `${from.left}px`;
    list.style.maxHeight = `${Math.min(272, (up ? from.top : below) - 16)}px`;
    list.style.top = up ? "auto" : `${from.bottom + 5}px`;
    list.style.bottom = up ? `${innerHeight - from.top + 5}px` : "auto";
  }
  const follow = () => !list.hidden && place();
  addEventListener("scroll", follow, { passive: true, capture: true });
  addEventListener("resize", follow, { passive: true });

  function open(query = "") {
    list.hidden = false;
    if (list.popover && !list.matches(":popover-open")) list.showPopover();
    place();
    input.setAttribute("aria-expanded", "true");
    draw(query);
  }
  function close() {
    if (list.popover && list.matches(":popover-open")) list.hidePopover();
    list.hidden = true;
  // In the top layer no dialog or scrolling box can cut it off.
  if ("popover" in list) list.popover = "manual";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    show();
  }
  function choose(row) {
    if (row?.dataset.index === undefined) return;
    select.selectedIndex = Number(row.dataset.index);
    select.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    open(input.value);
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && open());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      else mark(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      choose(shown()[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
  select.addEventListener("change", show);
  select.form?.addEventListener("reset", () => setTimeout(show));
  show();
}

onFresh((part) => within(part, "[data-combobox]").forEach(enhance));
