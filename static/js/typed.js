// What was typed outlives a sign-in that ended meanwhile: a form that is sent keeps its fields in this tab, and when the
// answer was the page to sign in (or that the page was too old), they are put back for the same person afterwards.
// Nothing of passwords, files and hidden fields is kept, nothing longer than half an hour.
import { onFresh, within } from "./fresh.js";

const KEY = "typed";
const KEPT_FOR = 30 * 60 * 1000;
// The page to sign in comes at once when it is the answer to what was sent.
const AT_ONCE = 60 * 1000;

const person = document.querySelector("[data-person]")?.dataset.person;

const actionOf = (form) =>
  new URL(form.getAttribute("hx-post") || form.getAttribute("action") || location.href, location.href).pathname;
const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && field.matches("input, select, textarea") && !field.matches("[type=hidden], [type=password], [type=file], [type=submit]"));

function write(typed) {
  try {
    typed ? sessionStorage.setItem(KEY, JSON.stringify(typed)) : sessionStorage.removeItem(KEY);
  } catch {
    // Without storage it is as it was: what was typed is gone with the page.
  }
}

function read() {
  try {
    const typed = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return typed && Date.now() - typed.at < KEPT_FOR ? typed : null;
  } catch {
    return null;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!person || !form.matches("form") || form.getAttribute("method")?.toLowerCase() !== "post" || form.matches("[data-act]")) return;
  const fields = fieldsOf(form);
  if (!fields.length) return;
  const values = fields.flatMap((field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked ? [[field.name, field.value]] : [];
    if (field.multiple && field.options) return [...field.selectedOptions].map((option) => [field.name, option.value]);
    return [[field.name, field.value]];
  });
  write({ at: Date.now(), person, action: actionOf(form), values });
});

function putBack(form, typed) {
  const left = new Map();
  for (const [name, value] of typed.values) left.set(name, [...(left.get(name) ?? []), value]);
  for (const field of fieldsOf(form)) {
    const values = left.get(field.name) ?? [];
    if (field.matches("[type=checkbox], [type=radio]")) {
      field.checked = values.includes(field.value);
    } else if (field.multiple && field.options) {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else if (values.length) {
      field.value = values.shift();
    } else {
      continue;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const note = document.getElementById("put-back-template")?.content.firstElementChild.cloneNode(true);
  if (!note) return;
  form.before(note);
  note.scrollIntoView({ block: "center" });
}

const interrupts = document.querySelector("[data-interrupts]");
const typed = read();
if (interrupts && typed) {
  if (Date.now() - typed.at < AT_ONCE) write({ ...typed, isInterrupted: true });
  interrupts.hidden = !(typed.isInterrupted || Date.now() - typed.at < AT_ONCE);
} else if (person && (!typed?.isInterrupted || typed.person !== person)) {
  write(null);
} else if (person) {
  // A form in a dialog comes later, when it is opened again.
  onFresh((part) => {
    const form = read() && within(part, "form[method=post]").find((one) => actionOf(one) === typed.action && fieldsOf(one).length);
    if (!form) return;
    write(null);
    putBack(form, typed);
  });
}
