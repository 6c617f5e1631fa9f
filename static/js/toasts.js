// Toasts come with the page (Django's messages) or from htmx:
//   HX-Trigger: {"toast": {"text": "Saved", "kind": "good", "undo": "/where/to/post"}}
import { onFresh, within } from "./fresh.js";

const STAY = 6000;
const STAY_TO_UNDO = 10000;

const region = () => document.getElementById("toasts");
const spoken = (what) => document.getElementById("spoken")?.dataset[what] ?? "";

export function toast({ text, kind = "", undo = "" }) {
  const template = document.getElementById("toast-template");
  if (!template || !text) return;
  const made = template.content.firstElementChild.cloneNode(true);
  made.querySelector(".toast-text").textContent = text;
  if (kind) made.classList.add(`toast-${kind}`);
  if (kind === "bad") made.setAttribute("role", "alert");
  const undoing = made.querySelector(".toast-undo");
  if (undo) undoing.dataset.undo = undo;
  else undoing.remove();
  region().append(made);
  stay(made);
}

function leave(one) {
  one.classList.add("is-leaving");
  setTimeout(() => one.remove(), 200);
}

// What went wrong stays until it is read and dismissed; the clock stops under pointer and focus.
function stay(one) {
  if (one.classList.contains("toast-bad")) return;
  const time = one.querySelector(".toast-undo") ? STAY_TO_UNDO : STAY;
  let clock = setTimeout(() => leave(one), time);
  const wait = () => clearTimeout(clock);
  const go = () => (clock = setTimeout(() => leave(one), time / 2));
  one.addEventListener("pointerenter", wait);
  one.addEventListener("pointerleave", go);
  one.addEventListener("focusin", wait);
  one.addEventListener("focusout", go);
}

onFresh((part) => within(part, ".toasts > .toast").forEach(stay));

document.addEventListener("toast", (event) => toast(event.detail.text ? event.detail : { text: event.detail.value }));

document.addEventListener("click", (event) => {
  const one = event.target.closest(".toast");
  if (!one) return;
  const undo = event.target.closest("[data-undo]");
  if (undo) htmx.ajax("POST", undo.dataset.undo, { source: region(), swap: "none" });
  if (undo || event.target.closest(".toast-close")) leave(one);
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  // A refusal brings its own sentence.
  if (event.detail.xhr.getResponseHeader("HX-Trigger")?.includes('"toast"')) return;
  toast({ text: spoken(status === 403 ? "refused" : "failed"), kind: "bad" });
});
document.addEventListener("htmx:sendError", () => toast({ text: spoken("offline"), kind: "bad" }));

// A passkey that was not found, was cancelled or took too long: without a word the button seems to do nothing.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  toast({ text: spoken("passkey"), kind: "bad" });
});
