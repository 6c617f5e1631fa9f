// Filter forms that send themselves, refused forms that begin at what is wrong, submit buttons that show they are busy,
// file drops, copy buttons.
import { onFresh, within } from "./fresh.js";

const PAUSE = 300;

let clock;
function sendSoon(form, pause) {
  clearTimeout(clock);
  clock = setTimeout(() => form.requestSubmit(), pause);
}
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosubmit") && event.target.matches("input[type=search], input[type=text], input:not([type])")) {
    sendSoon(form, PAUSE);
  }
});
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosubmit") && !event.target.matches("input[type=search], input[type=text]")) sendSoon(form, 0);
});

// A form that leaves the page shows so on its button; coming back by "back" finds it ready again.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-autosubmit")) return;
  if (submitter?.matches(".btn")) submitter.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit][aria-busy]")) button.removeAttribute("aria-busy");
});

// On a phone the field that was refused may be far below what the page begins with.
addEventListener("load", () => {
  const fields = document.querySelectorAll("form[method=post] [aria-invalid=true]");
  const wrong = [...fields].find((field) => field.checkVisibility());
  const active = document.activeElement;
  if (!wrong || (active !== document.body && !active.autofocus)) return;
  wrong.focus({ preventScroll: true });
  wrong.scrollIntoView({ block: "center" });
});

onFresh((part) => {
  for (const drop of within(part, "[data-file-drop]")) {
    const input = drop.querySelector("input[type=file]");
    const name = drop.querySelector("[data-file-name]");
    const waiting = name.textContent;
    input.addEventListener("change", () => {
      name.textContent = [...input.files].map((file) => file.name).join(", ") || waiting;
    });
    for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, () => drop.classList.add("is-over"));
    for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Without permission the value is marked instead, ready for the person's own copy key.
    const value = button.parentElement.querySelector("code");
    if (value) getSelection().selectAllChildren(value);
    return;
  }
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), 1800);
});
