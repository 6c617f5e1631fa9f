// Acts (forms with data-act): sent once, however often they have to be sent.
// A key is made on this device when the form appears and goes along with every try; the server does an act with a
// known key no second time. So no answer is no reason to worry: the same thing is sent again until one comes.
import { keepForLater, newKey } from "./counter-late.js";
import { onFresh, within } from "./fresh.js";

const PATIENCE = 10000;
const SLOW = 3500;
const PAUSES = [1000, 2000, 4000, 8000, 15000];
const KEPT = "counter-act";
const KEPT_FOR = 60 * 60 * 1000;
// The pages that come instead of an answer when nobody is signed in, or the device is locked.
const HELD_BY = /^\/(account\/|counter\/people\/)/;
// What somebody's name stands in is not left behind in the browser.
const NOT_KEPT = new Set(["enrol"]);

const says = (what) => document.getElementById("act-says")?.dataset[what] ?? "";
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const online = () => new Promise((resolve) => addEventListener("online", resolve, { once: true }));

onFresh((part) => {
  for (const form of within(part, "form[data-act]")) {
    if (form.elements.key && !form.elements.key.value) form.elements.key.value = newKey();
  }
});

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches?.("form[data-act]")) return;
    event.preventDefault();
    form.running ? form.running.now() : start(form);
  },
  true,
);

function start(form) {
  const act = { url: form.action, body: new URLSearchParams(new FormData(form)).toString(), at: Date.now() };
  if (!NOT_KEPT.has(form.dataset.act)) keep({ ...act, body: withoutPin(act.body) });
  refuse(form, "");
  send(act, view(form));
}

// A PIN is sent and never left behind: whoever finishes after a reload confirms again.
function withoutPin(body) {
  const values = new URLSearchParams(body);
  values.delete("pin");
  return values.toString();
}

// --- sending ------------------------------------------------------------------------------------

async function send(act, show) {
  let wake = () => {};
  let isAside = false;
  show.running({ now: () => wake(), aside: () => wake((isAside = true)) });
  for (let tries = 0; ; tries += 1) {
    const sure = !navigator.onLine;
    show.busy();
    const slow = setTimeout(() => show.state("sending", says(tries ? "unsure" : "slow")), SLOW);
    const answer = sure ? null : await ask(act, tries);
    clearTimeout(slow);
    if (answer && answer.status < 500) return settle(answer, act, show);
    if (answer?.status === 500) {
      show.state("stopped", says("broken"));
    } else if (sure && !act.sent) {
      show.state("waiting", says("offline"));
    } else {
      show.state(tries < PAUSES.length ? "waiting" : "stopped", says(tries < PAUSES.length ? "unsure" : "stopped"));
    }
    show.idle(says("again"));
    const waits = [new Promise((resolve) => (wake = resolve)), online()];
    if (tries < PAUSES.length && answer?.status !== 500 && !sure) waits.push(pause(PAUSES[tries]));
    show.canWait(purchaseOf(act));
    await Promise.race(waits);
    show.canWait(null);
    if (isAside) return setAside(act, show);
  }
}

// A purchase alone can wait on the device while others are served; what is handed out for points cannot.
function purchaseOf(act) {
  const member = act.url.match(/members\/([0-9a-f-]{36})\/visits\/$/)?.[1];
  const values = new URLSearchParams(act.body);
  const others = [...values].filter(([name, value]) => value && !["csrfmiddlewaretoken", "key", "amount", "receipt_number"].includes(name));
  if (!member || !values.get("amount") || others.length) return null;
  return { key: values.get("key"), at: act.at, member, amount: values.get("amount"), receipt: values.get("receipt_number") ?? "" };
}

function setAside(act, show) {
  if (!keepForLater(purchaseOf(act))) return send(act, show);
  keep(null);
  show.done();
  document.getElementById("stage").replaceChildren(document.getElementById("late-template").content.cloneNode(true));
  document.dispatchEvent(new Event("htmx:load"));
  return document.querySelector("#stage [name=who]").focus();
}

async function ask(act, tries) {
  act.sent = true;
  const body = tries || act.again ? `${act.body}&retry=1` : act.body;
  try {
    const response = await fetch(act.url, {
      method: "POST",
      body,
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
      headers: { "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true", "HX-Target": "stage", "HX-Current-URL": location.href },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    return null;
  }
}

function settle(answer, act, show) {
  const goTo = answer.headers.get("HX-Redirect");
  // Signed out, or locked, before it was sent: nothing was done, and whoever comes back decides about it.
  if (goTo && kept() && HELD_BY.test(new URL(goTo, location.href).pathname)) keep({ ...kept(), isHeld: true });
  else keep(null);
  show.done();
  if (goTo) return openPage(goTo);
  const { text, field } = refusalOf(answer);
  if (text) return show.refuse(text, field);
  if (answer.status < 400 || answer.status === 422) return showStage(answer.text);
  return show.refuse(document.getElementById("spoken")?.dataset.failed ?? "");
}

function refusalOf(answer) {
  try {
    return JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast ?? {};
  } catch {
    return {};
  }
}

function showStage(html) {
  htmx.swap("#stage", html, { swapStyle: "innerHTML" });
  // What was finished after a reload may be about another member than the page that is open.
  const page = `/counter/members/${document.querySelector("#stage [data-member]")?.dataset.member}/`;
  if (document.querySelector("#stage [data-member]") && location.pathname !== page) history.pushState({}, "", page);
  const search = document.getElementById("q");
  if (search) htmx.trigger(search, "refresh");
  document.querySelector("#stage [autofocus]")?.focus();
  scrollTo({ top: 0 });
}

function openPage(url) {
  const here = new URL(url, location.href);
  if (!document.getElementById("stage") || !here.pathname.startsWith("/counter/members/")) return location.assign(url);
  history.pushState({}, "", url);
  return htmx.ajax("GET", url, { target: "#stage", swap: "innerHTML" });
}

// --- what the form shows meanwhile -----------------------------------------------------------------

function view(form) {
  const state = form.querySelector("[data-act-state]");
  const button = form.querySelector("[type=submit]");
  const label = button?.querySelector("[data-label]");
  const usual = label?.textContent;
  const aside = form.querySelector("[data-act-aside]");
  if (aside) aside.onclick = () => form.running?.aside();
  const say = (kind, text) => {
    if (!state) return;
    state.hidden = !text;
    state.dataset.kind = kind;
    state.textContent = text;
  };
  return {
    running: (handle) => {
      form.running = handle;
      form.dataset.frozen = "";
      for (const input of form.querySelectorAll("input:not([type=hidden])")) input.readOnly = true;
    },
    busy: () => button?.setAttribute("aria-busy", "true"),
    idle: (again) => {
      button?.removeAttribute("aria-busy");
      if (label) label.textContent = again;
    },
    canWait: (purchase) => aside && (aside.hidden = !purchase),
    state: say,
    done: () => {
      say("", "");
      if (aside) aside.hidden = true;
      form.running = null;
      delete form.dataset.frozen;
      button?.removeAttribute("aria-busy");
      if (label) label.textContent = usual;
      for (const input of form.querySelectorAll("input:not([type=hidden])")) input.readOnly = false;
    },
    refuse: (sentence, field) => refuse(form, sentence, field),
  };
}

// The sentence stands once, also when the preview foresaw it, and the focus goes to the field that it is about.
function refuse(form, sentence, field = "") {
  const place = form.querySelector("[data-act-refusal]");
  if (!place) return;
  place.querySelector("span").textContent = sentence;
  place.hidden = !sentence;
  const approval = form.querySelector("[data-approval]");
  if (approval && field === "pin") approval.hidden = false;
  const pin = form.querySelector(":is([data-presence], [data-approval]):not([hidden]) [name=pin]");
  if (pin) pin.value = "";
  if (!sentence) return;
  form.querySelector("[data-foreseen]")?.remove();
  const named = field ? form.querySelector(`.input[name="${field}"], .till input[name="${field}"], .till-amount input[name="${field}"]`) : null;
  const usual = form.querySelector("#amount, #points, #contact, [name=contact]");
  (named ?? pin ?? usual)?.focus({ preventScroll: true });
}

// --- a page that was closed or reloaded before the answer came ---------------------------------------

function keep(act) {
  try {
    act ? sessionStorage.setItem(KEPT, JSON.stringify(act)) : sessionStorage.removeItem(KEPT);
  } catch {
    // Without storage a reload forgets; the server still knows what it did.
  }
}

function kept() {
  try {
    const act = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return act && Date.now() - act.at < KEPT_FOR ? act : null;
  } catch {
    return null;
  }
}

// What was typed, for who reads the question: amounts and words, never ids and keys.
function whatOf(act) {
  const values = new URLSearchParams(act.body);
  return ["amount", "points", "reason", "receipt_number", "text"].map((name) => values.get(name)).filter(Boolean).join(" · ");
}

function resume() {
  const act = kept();
  const stage = document.getElementById("stage");
  if (!act || !stage) return;
  const bar = document.createElement("form");
  bar.className = "panel panel-resumed";
  bar.dataset.act = "resumed";
  bar.innerHTML = '<p></p><div class="till-state" data-act-state role="status" hidden></div><div class="till-refusal" data-act-refusal role="alert" hidden><span></span></div><button class="btn btn-primary btn-lg" type="submit"><span data-label></span></button>';
  bar.querySelector("p").textContent = act.isHeld ? says("held").replace("…", whatOf(act)) : says("left");
  bar.querySelector("[data-label]").textContent = says(act.isHeld ? "send" : "again");
  stage.prepend(bar);
  if (!act.isHeld) return void send({ ...act, sent: true, again: true }, view(bar));
  // Perhaps a colleague has taken over: it is theirs to send or to leave.
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary btn-lg", textContent: says("drop") });
  drop.addEventListener("click", () => (keep(null), bar.remove()));
  bar.append(drop);
  const now = () => {
    drop.remove();
    // Signing in has changed the sign by which a form is known to be ours.
    const body = new URLSearchParams(act.body);
    body.set("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "");
    send({ ...act, body: body.toString() }, view(bar));
  };
  bar.running = { now };
}
resume();
