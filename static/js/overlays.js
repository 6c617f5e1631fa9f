// Dialogs and drawers (native <dialog>): data-opens="id" opens, data-closes and a click outside close.
// data-confirm="Question? What follows from it." on a button or form asks first, for plain forms and htmx alike.
import { onFresh, within } from "./fresh.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog?.showModal && !dialog.open) {
      opener.closest("[popover]")?.hidePopover?.();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    closer.closest("dialog")?.close();
    return;
  }
  if (event.target instanceof HTMLDialogElement && event.target.open && pressedOutside(event)) event.target.close();
});

// A drag that began inside (marking text) and ends outside is not a wish to close.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));
function pressedOutside(event) {
  if (pressed !== event.target) return false;
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

// The server closes the dialog a form stands in: HX-Trigger: dialog-close
document.addEventListener("dialog-close", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
});

onFresh((part) => {
  for (const dialog of within(part, "dialog[data-open-now]")) if (!dialog.open) dialog.showModal();
});

let usual;

// "Close the shop? It stays on record." is the dialog's title and what it says below it.
function inTwo(sentence) {
  const found = /^(.*?[?？؟])(?:\s+(.*))?$/s.exec(sentence);
  return found ? [found[1], found[2] ?? ""] : [sentence, ""];
}

// The button that agrees has the word of the one that asks, or a better one (data-confirm-yes).
function verb(button) {
  return button?.dataset.confirmYes || button?.textContent.trim() || button?.getAttribute("aria-label") || "";
}

function ask(sentence, button) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return Promise.resolve(window.confirm(sentence));
  const [question, rest] = inTwo(sentence);
  const text = document.getElementById("confirm-text");
  document.getElementById("confirm-title").textContent = question;
  text.textContent = rest;
  text.parentElement.hidden = !rest;
  const yes = document.getElementById("confirm-yes");
  usual ??= yes.textContent;
  yes.textContent = verb(button) || usual;
  const gentle = Boolean(button?.matches(".btn-primary"));
  yes.classList.toggle("btn-primary", gentle);
  yes.classList.toggle("btn-danger", !gentle);
  return new Promise((resolve) => {
    let agreed = false;
    const agree = () => {
      agreed = true;
      dialog.close();
    };
    yes.addEventListener("click", agree);
    dialog.addEventListener(
      "close",
      () => {
        yes.removeEventListener("click", agree);
        resolve(agreed);
      },
      { once: true },
    );
    dialog.showModal();
    dialog.querySelector("[data-closes]:not([aria-label])")?.focus();
  });
}

const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const asking = event.submitter?.dataset.confirm ? event.submitter : event.target;
    const sentence = asking.dataset.confirm;
    if (!sentence || agreed.delete(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target: form, submitter } = event;
    ask(sentence, submitter).then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(submitter ?? undefined);
    });
  },
  true,
);

// Elements that htmx sends by themselves (hx-post on a button): the same question, before the request.
document.addEventListener("htmx:confirm", (event) => {
  const element = event.detail.elt;
  const sentence = element.tagName === "FORM" ? event.detail.question : element.dataset.confirm || event.detail.question;
  if (!sentence) return;
  event.preventDefault();
  const button = element.tagName === "FORM" ? event.detail.triggeringEvent?.submitter : element;
  ask(sentence, button).then((yes) => yes && event.detail.issueRequest(true));
});
