// The camera reads the code on a card: with the browser's own reader where there is one, otherwise with jsQR.
const EVERY = 120;
const says = (what) => document.getElementById("act-says")?.dataset[what] ?? "";
const dialog = document.getElementById("scanner");
const video = document.getElementById("scanner-video");
let stream = null;
let looking = 0;

document.addEventListener("click", (event) => event.target.closest("[data-scan]") && open());
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-scan-typed]")) return;
  event.preventDefault();
  const typed = event.target.elements.payload.value.trim();
  if (typed) readCode(typed);
});

// Sends what was read; the answer is where to go, or a sentence saying why not.
export async function readCode(payload) {
  say("");
  const form = document.querySelector("[data-finder]");
  const headers = { "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded", ...csrf() };
  try {
    const answer = await fetch(form.dataset.scanUrl, { method: "POST", headers, body: new URLSearchParams({ payload }) });
    const goTo = answer.headers.get("HX-Redirect");
    if (goTo) return show(goTo);
    tell(JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast?.text ?? spoken("failed"));
  } catch {
    tell(spoken("offline"));
  }
  return null;
}

const spoken = (what) => document.getElementById("spoken")?.dataset[what] ?? "";
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

async function show(url) {
  dialog?.close();
  if (!url.startsWith("/counter/members/")) return location.assign(url);
  const typed = typedFor(url);
  history.pushState({}, "", url);
  await htmx.ajax("GET", url, { target: "#stage", swap: "innerHTML" });
  typeAgain(typed);
  return null;
}

// Whose phone is scanned to confirm a reward finds chosen and typed what was there before.
const visit = () => document.querySelector("#stage form[data-act=visit]");

function typedFor(url) {
  const form = visit();
  if (!form || form.running || new URL(url, location.href).pathname !== location.pathname) return [];
  return [...new FormData(form)].filter(([name, value]) => value && !["csrfmiddlewaretoken", "key", "pin"].includes(name));
}

function typeAgain(typed) {
  const form = visit();
  if (!form || !typed.length) return;
  for (const [name, value] of typed) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type !== "checkbox") field.value = value;
      else if (field.value === value) field.checked = true;
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function tell(sentence) {
  if (dialog?.open) {
    say(sentence);
    if (stream) setTimeout(look, 1200);
  } else {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: sentence, kind: "bad" } }));
  }
}

function say(sentence) {
  const place = document.getElementById("scanner-says");
  if (place) place.textContent = sentence;
}

async function open() {
  if (!dialog) return;
  say("");
  dialog.showModal();
  const view = dialog.querySelector(".scanner-view");
  view.hidden = false;
  const read = await reader();
  if (!read) return noCamera("scanNone", view);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    return noCamera(error.name === "NotAllowedError" ? "scanDenied" : "scanAbsent", view);
  }
  if (!dialog.open) return stop();
  video.srcObject = stream;
  await video.play();
  look();
  return null;
}

function noCamera(why, view) {
  view.hidden = true;
  say(says(why));
  document.getElementById("scanner-code").focus();
}

async function look() {
  const round = ++looking;
  const read = await reader();
  while (stream && dialog.open && round === looking) {
    const code = await read().catch(() => "");
    if (code) {
      navigator.vibrate?.(40);
      return readCode(code);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  return null;
}

function stop() {
  looking += 1;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  if (video) video.srcObject = null;
}
dialog?.addEventListener("close", stop);

// --- readers ----------------------------------------------------------------------------------------

let made = null;
const reader = () => (made ??= native().then((read) => read ?? decoder()));

async function native() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code", ...formats.filter((one) => ["code_128", "ean_13"].includes(one))] });
  return async () => (await detector.detect(video))[0]?.rawValue ?? "";
}

async function decoder() {
  if (!dialog?.dataset.decoder || !navigator.mediaDevices) return null;
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = dialog.dataset.decoder;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  }).catch(() => null);
  if (!window.jsQR) return null;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    if (!video.videoWidth) return "";
    const scale = Math.min(1, 640 / video.videoWidth);
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(image.data, image.width, image.height, { inversionAttempts: "dontInvert" })?.data ?? "";
  };
}
