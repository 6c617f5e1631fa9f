// Purchases keyed without a connection: kept on this device and sent once when it is back. Each has a key that was made
// when it was keyed, so that however often it is sent it counts once. Imports nothing, so that the page for "no
// connection", which the device keeps, is whole with this file.
const KEPT = "counter-late";
const STATION = "counter-station";
// Until when after the last tap whoever served then is taken to be the one who keys.
const THERE = 5 * 60 * 1000;
const EVERY = 20000;
const counter = document.getElementById("counter");

export function newKey() {
  // crypto.randomUUID exists on secure addresses only; a shop's own network may not be one.
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

// --- what is kept ------------------------------------------------------------------------------------

function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(name, value) {
  try {
    value === null ? localStorage.removeItem(name) : localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const items = () => read(KEPT, []);
// What is kept for another business of the same person stays until that one is open.
const ours = (item) => !counter?.dataset.business || item.business === counter.dataset.business;
const change = (key, values) => save(items().map((one) => (one.key === key ? { ...one, ...values } : one)));
const drop = (key) => save(items().filter((one) => one.key !== key));

function save(list) {
  const kept = write(KEPT, list.length ? list : null);
  show();
  return kept;
}

// False when this browser keeps nothing: then it must not be said to be kept.
export function keepForLater(purchase) {
  const station = read(STATION, {});
  const there = counter ? counter.dataset.serves : Date.now() - (station.seen ?? 0) < THERE ? station.serves : "";
  const business = counter ? counter.dataset.business : station.business;
  const item = { key: newKey(), at: Date.now(), by: there ?? "", business: business ?? "", ...purchase };
  return save([...items().filter((one) => one.key !== item.key), item]);
}

// --- who serves here -----------------------------------------------------------------------------------

function note() {
  if (!counter?.dataset.serves) return write(STATION, null);
  return write(STATION, { business: counter.dataset.business, serves: counter.dataset.serves, seen: Date.now() });
}
if (counter) {
  note();
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, note, { passive: true });
}

// --- sending ---------------------------------------------------------------------------------------------

let sending = false;

async function sendAll() {
  if (!counter?.dataset.late || sending || !navigator.onLine) return;
  sending = true;
  const said = [];
  try {
    for (const item of items().filter((one) => ours(one) && one.by && one.by === counter.dataset.serves && !one.refused)) {
      const answer = await send(item);
      if (answer === "gone") break;
      if (answer) said.push(answer);
    }
  } finally {
    sending = false;
  }
  if (said.length) tell(said);
}

// What to say of it when it is done, nothing when it was refused, "gone" when no answer can be had now.
async function send(item) {
  const body = new URLSearchParams({ key: item.key, at: item.at, amount: item.amount, receipt_number: item.receipt ?? "" });
  item.member ? body.set("member", item.member) : body.set("who", item.who);
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
  try {
    const signal = AbortSignal.timeout(10000);
    const answer = await fetch(counter.dataset.late, { method: "POST", body, headers, credentials: "same-origin", signal });
    if (answer.headers.has("HX-Redirect") || answer.redirected) return "gone";
    const refusal = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast;
    if (refusal?.text) {
      change(item.key, { refused: refusal.text, field: refusal.field ?? "" });
      return "";
    }
    if (!answer.ok) return "gone";
    const { says } = await answer.json();
    drop(item.key);
    return says;
  } catch {
    return "gone";
  }
}

function tell(said) {
  const words = document.getElementById("late-badge")?.dataset.sent ?? "{what}";
  for (const what of said) document.dispatchEvent(new CustomEvent("toast", { detail: { text: words.replace("{what}", what), kind: "good" } }));
  const search = document.getElementById("q");
  if (search) window.htmx?.trigger(search, "refresh");
}

// --- what is shown -----------------------------------------------------------------------------------------

function show() {
  const list = items().filter(ours);
  const badge = document.getElementById("late-badge");
  if (badge) {
    badge.hidden = !list.length;
    badge.querySelector("[data-late-count]").textContent = list.length;
    badge.toggleAttribute("data-refused", list.some((one) => one.refused));
  }
  for (const none of document.querySelectorAll("[data-late-none]")) none.hidden = list.length > 0;
  for (const place of document.querySelectorAll("[data-late-waiting]")) {
    place.hidden = !list.length;
    const draw = place.querySelector("[data-late-item]");
    place.querySelector("[data-late-items]").replaceChildren(...list.map((item) => line(item, draw, place)));
  }
  for (const shy of document.querySelectorAll("[data-late-shy]")) {
    shy.hidden = navigator.onLine && !shy.querySelector("[data-late-form]").correcting;
  }
  for (const nobody of document.querySelectorAll("[data-late-nobody]")) {
    const station = read(STATION, {});
    nobody.hidden = Boolean(counter?.dataset.serves) || (station.serves && Date.now() - (station.seen ?? 0) < THERE);
  }
}

function line(item, template, place) {
  const made = template.content.firstElementChild.cloneNode(true);
  const words = place.querySelector("[data-late-words]").dataset;
  const at = new Date(item.at);
  made.dataset.key = item.key;
  made.querySelector(".late-amount").textContent = item.amount;
  made.querySelector(".late-who").textContent = item.member ? words.member : item.who;
  made.querySelector("time").dateTime = at.toISOString();
  made.querySelector("time").textContent = at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  const says = made.querySelector(".late-says");
  const mine = counter?.dataset.serves && item.by === counter.dataset.serves;
  says.textContent = item.refused || (!item.by ? words.nobody : counter && !mine ? words.another : words.waits);
  says.toggleAttribute("data-refused", Boolean(item.refused));
  says.hidden = false;
  made.querySelector("[data-late-send]").hidden = !counter;
  // Whose page it was keyed on is known for sure; what was typed may have been mistyped.
  made.querySelector("[data-late-correct]").hidden = !document.querySelector("[data-late-form]");
  return made;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-late-send], [data-late-correct], [data-late-drop]");
  const key = button?.closest("[data-key]")?.dataset.key;
  const item = key && items().find((one) => one.key === key);
  if (!item) return;
  if (button.matches("[data-late-drop]")) {
    if (button.dataset.asked) return drop(key);
    button.dataset.asked = "yes";
    button.textContent = button.dataset.sure;
  } else if (button.matches("[data-late-correct]")) {
    correct(item);
  } else {
    change(key, { refused: "", by: counter.dataset.serves });
    const said = await send({ ...item, by: counter.dataset.serves });
    if (said && said !== "gone") tell([said]);
  }
});

// Back into the form as it was keyed; it keeps its key and its time.
function correct(item) {
  const form = document.querySelector("[data-late-form]");
  if (!form) return;
  form.elements.who.value = item.who ?? "";
  form.elements.who.disabled = Boolean(item.member);
  form.elements.amount.value = item.amount;
  form.elements.receipt_number.value = item.receipt ?? "";
  form.correcting = item;
  show();
  form.elements[item.field === "amount" ? "amount" : "who"].focus();
}

document.addEventListener("submit", keyed, true);

// Before whoever shows a form that leaves the page as busy.
function keyed(event) {
  const form = event.target;
  if (!form.matches?.("[data-late-form]")) return;
  event.preventDefault();
  const was = form.correcting;
  const values = { who: form.elements.who.value.trim(), amount: form.elements.amount.value.trim(), receipt: form.elements.receipt_number.value.trim() };
  const wrong = { who: !values.who && !was?.member, amount: !/[1-9]/.test(values.amount) };
  for (const error of form.querySelectorAll("[data-late-error]")) {
    const field = form.elements[error.dataset.lateError];
    error.hidden = !wrong[error.dataset.lateError];
    error.hidden ? field.removeAttribute("aria-invalid") : field.setAttribute("aria-invalid", "true");
  }
  const first = Object.keys(wrong).find((name) => wrong[name]);
  if (first) return form.elements[first].focus();
  const kept = keepForLater(was ? { ...was, ...values, refused: "", field: "" } : values);
  form.querySelector("[data-late-kept]").hidden = !kept;
  if (!kept) return;
  form.correcting = null;
  form.elements.who.disabled = false;
  form.reset();
  form.elements.who.focus();
  sendAll();
}

show();
document.addEventListener("htmx:load", show);
addEventListener("storage", (event) => event.key === KEPT && show());
addEventListener("online", () => {
  show();
  sendAll();
});
addEventListener("offline", show);
setInterval(sendAll, EVERY);
sendAll();
