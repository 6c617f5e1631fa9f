// The member's card: asks for the next code when the one on the screen has run out, and keeps the screen awake.
const card = document.querySelector("[data-card]");
const clock = document.querySelector("[data-card-clock]");
const hint = document.querySelector("[data-card-hint]");
const away = document.querySelector("[data-card-away]");
const STEP = 30;

let until = Date.now() + secondsShown() * 1000;
let asking = false;

function secondsShown() {
  return Number(card.querySelector("[data-card-code]").dataset.seconds);
}

async function renew() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(card.dataset.url, { headers: { Accept: "text/html" }, cache: "no-store" });
    // Signed out elsewhere: the answer is another page, so the whole page goes there.
    if (answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    card.innerHTML = await answer.text();
    until = Date.now() + secondsShown() * 1000;
    show(true);
  } catch {
    until = Date.now() + 3000;
    show(false);
  } finally {
    asking = false;
  }
}

function show(connected) {
  hint.hidden = !connected;
  away.hidden = connected;
}

setInterval(() => {
  if (document.hidden) return;
  const left = Math.max(0, (until - Date.now()) / 1000);
  clock.value = Math.min(STEP, left);
  if (left <= 0) renew();
}, 500);

let awake = null;
async function stayAwake() {
  if (document.hidden || !("wakeLock" in navigator)) return;
  try {
    awake = await navigator.wakeLock.request("screen");
  } catch {
    // Refused when the battery is low: the card works all the same.
  }
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    awake?.release();
    return;
  }
  if (Date.now() >= until) renew();
  stayAwake();
});
stayAwake();
