// Finding a member without a mouse: "/" searches, arrows choose, Enter opens, Esc goes back, Alt+N enrols.
import { onFresh } from "./fresh.js";
import { readCode } from "./counter-scan.js";

// What a hand scanner types: the rotating code of a card.
const CARD_CODE = /^[A-Z0-9]{4,24}\.\d{1,12}\.[A-Z0-9]{6,24}$/i;
const box = () => document.getElementById("q");
const hits = () => [...document.querySelectorAll("#results [data-hit]")];
const typing = (element) => element.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

function search() {
  const input = box();
  if (!input) return;
  input.focus();
  input.select();
}

// By the place of the key: with Alt a Mac types "ñ". A bare "+" would be the beginning of a phone number.
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyN" || !event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  document.querySelector("[data-enrol]")?.click();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return back(event);
  if (event.target === box() || event.target.matches?.("[data-hit]")) return inFinder(event);
  if (typing(event.target) || !box()) return;
  if (event.key === "/") {
    event.preventDefault();
    search();
  } else if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key) && !event.target.matches("button, a, input, summary")) {
    // Whoever just starts typing is looking for somebody.
    box().value = "";
    box().focus();
  }
});

function inFinder(event) {
  const list = hits();
  const place = list.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = place + (event.key === "ArrowDown" ? 1 : -1);
    next < 0 ? box().focus() : list[Math.min(next, list.length - 1)]?.focus();
  } else if (event.key === "/" && event.target === box() && !box().value) {
    event.preventDefault();
  } else if (event.key === "Enter" && event.target === box()) {
    event.preventDefault();
    enter();
  } else if (event.target !== box() && event.key.length === 1 && event.key !== " ") {
    box().focus();
  }
}

// Enter opens the first result; when the list has not caught up with what was typed, it waits for it.
function enter() {
  const typed = box().value.trim();
  if (CARD_CODE.test(typed)) {
    box().value = "";
    readCode(typed);
    return;
  }
  if (document.getElementById("results").dataset.of === typed) hits()[0]?.click();
  else waiting = typed;
}
let waiting = null;
document.addEventListener("input", (event) => event.target === box() && (waiting = null));

document.addEventListener("htmx:configRequest", (event) => {
  // The code of a card counts once: it must not be spent on a search.
  if (event.detail.elt === box() && CARD_CODE.test(box().value.trim())) event.preventDefault();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "results") return;
  const typed = event.detail.requestConfig?.parameters?.q?.trim?.() ?? "";
  event.detail.target.dataset.of = typed;
  if (waiting === typed) {
    waiting = null;
    hits()[0]?.click();
  }
  mark();
});
document.addEventListener("submit", (event) => event.target.matches("[data-finder]") && event.preventDefault());

function back(event) {
  const way = document.querySelector("#stage [data-escape], .counter-top [data-escape], .counter-plain [data-escape]");
  if (event.target === box() && box().value) {
    box().value = "";
    htmx.trigger(box(), "refresh");
  } else if (way) {
    event.preventDefault();
    way.getAttribute("href") === location.pathname ? search() : leave(way);
  } else {
    search();
  }
}

function leave(way) {
  way.hasAttribute("hx-get") ? way.click() : home(way.href);
}

// Back to the search without loading the page again; on the counter's other pages as a plain link.
function home(url) {
  if (!document.getElementById("stage") || new URL(url).pathname !== "/counter/") return location.assign(url);
  history.pushState({}, "", url);
  htmx.ajax("GET", url, { target: "#stage", swap: "innerHTML" }).then(search);
  box().value = "";
  htmx.trigger(box(), "refresh");
}
document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-next], #stage a.m-back[data-escape]:not([hx-get])");
  if (!way || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  home(way.href);
});

// The member on the stage is marked in the list.
function mark() {
  for (const hit of hits()) {
    const path = new URL(hit.href).pathname;
    location.pathname.startsWith(path) ? hit.setAttribute("aria-current", "true") : hit.removeAttribute("aria-current");
  }
}
onFresh(mark);
document.addEventListener("htmx:pushedIntoHistory", mark);

// A field that waits for typing on the stage gets the focus when the stage changes.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "stage") return;
  event.detail.target.querySelector("[autofocus]")?.focus({ preventScroll: true });
  const name = event.detail.target.querySelector(".m-name")?.textContent;
  if (name) document.title = name;
  scrollTo({ top: 0 });
});
