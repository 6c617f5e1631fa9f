// The till: a preview while the amount is typed, a button that says what it will do, the parts of a return.
import { onFresh, within } from "./fresh.js";

const PAUSE = 140;
const clocks = new WeakMap();
const asked = new WeakMap();

document.addEventListener("input", (event) => changed(event.target.closest?.("form[data-preview]"), PAUSE, event.target));
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-preview]");
  if (form && event.target.matches("[type=checkbox], [type=radio], select")) changed(form, 0);
  if (form && event.target.name === "part") reach(form);
});

function changed(form, wait = PAUSE, field = null) {
  // A PIN says nothing about what would happen.
  if (!form || form.running || field?.name === "pin") return;
  label(form);
  parts(form);
  // What was refused is about what stood there before; the preview says what would be refused now.
  const refused = form.querySelector("[data-act-refusal]");
  if (refused) refused.hidden = true;
  clearTimeout(clocks.get(form));
  clocks.set(form, setTimeout(() => preview(form), wait));
}

async function preview(form) {
  const place = form.querySelector("[data-preview-here]");
  const values = new URLSearchParams(new FormData(form));
  for (const name of ["csrfmiddlewaretoken", "key", "reason", "pin", "credit_seen"]) values.delete(name);
  if (!place) return;
  if (form.dataset.act === "visit" && !values.get("amount") && !values.has("reward")) {
    asked.set(form, null);
    place.replaceChildren();
    return;
  }
  const url = form.dataset.preview + (form.dataset.preview.includes("?") ? "&" : "?") + values;
  asked.set(form, url);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    const text = await answer.text();
    // Only the answer to what stands there now is shown.
    if (asked.get(form) !== url || !answer.ok || answer.headers.has("HX-Redirect")) return;
    place.innerHTML = text;
    const approval = form.querySelector("[data-approval]");
    if (approval) approval.hidden = !place.querySelector("[data-beyond]");
  } catch {
    if (asked.get(form) === url) place.replaceChildren();
  }
}

function label(form) {
  const button = form.querySelector("[data-give]");
  if (!button) return;
  const amount = form.elements.amount.value.trim();
  const chosen = [...form.querySelectorAll("[data-choice]:checked")];
  const says = button.dataset;
  const rewards = chosen.some((one) => one.dataset.choice === "reward");
  // Paying from credit changes what is to be paid, not what is done.
  const handed = chosen.filter((one) => one.dataset.choice !== "credit");
  const text = handed.length && amount ? says.both : rewards ? says.redeem : handed.length ? says.use : says.give;
  button.querySelector("[data-label]").textContent = text;
  const discount = chosen.some((one) => ["amount_off", "percent_off"].includes(one.dataset.kind));
  form.querySelector("[data-pay-hint]").hidden = !discount;
  const presence = form.querySelector("[data-presence]");
  if (presence) presence.hidden = !chosen.some((one) => !("shown" in one.dataset));
}

function parts(form) {
  const part = form.elements.part?.value;
  for (const one of form.querySelectorAll("[data-part]")) one.hidden = !one.dataset.part.split(" ").includes(part);
}

// The part that was chosen begins with its amount.
function reach(form) {
  const amount = form.querySelector("[data-part]:not([hidden]) :is(input:not([type=radio], [type=checkbox]), select)");
  if (amount && !amount.value) amount.focus();
}

onFresh((part) => {
  for (const form of within(part, "form[data-preview]")) {
    label(form);
    if (form.querySelector("[data-choice]:checked")) preview(form);
  }
});

// What nothing else is needed for is redeemed with one tap; where the member must be there first, it asks for that.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-now]");
  const form = button?.closest("form");
  if (!form || form.running) return;
  const tile = button.parentElement.querySelector(".tile-check");
  if (!tile.checked) tile.click();
  const asks = form.querySelector("[data-presence]:not([hidden]):has([data-scan])");
  if (asks) (asks.querySelector("[name=pin]") ?? asks.querySelector("[data-scan]")).focus();
  else form.requestSubmit();
});

// A tile is chosen with Enter too: then Enter again redeems it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".tile-check")) return;
  event.preventDefault();
  event.target.click();
  event.target.form.querySelector("[type=submit]").focus();
});
