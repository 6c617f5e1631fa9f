// Dialogs and drawers (native <dialog>): data-opens="id" opens, data-closes and a click outside close.
// data-confirm="sentence" on a button or form asks first, for plain forms and htmx alike.
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

function ask(sentence) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return Promise.resolve(window.confirm(sentence));
  document.getElementById("confirm-text").textContent = sentence;
  const yes = document.getElementById("confirm-yes");
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
    ask(sentence).then((yes) => {
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
  ask(sentence).then((yes) => yes && event.detail.issueRequest(true));
});
