// The device: says when it is offline, locks itself when nobody is there, and keeps the shell for the home screen.
const counter = document.getElementById("counter");
const net = document.getElementById("net");

const tell = () => net && (net.textContent = navigator.onLine ? "" : net.dataset.offline);
addEventListener("online", tell);
addEventListener("offline", tell);
tell();

if (counter?.dataset.worker && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(counter.dataset.worker, { scope: "/counter/" }).catch(() => {});
}

const idle = Number(counter?.dataset.idle ?? 0) * 1000;
if (idle) {
  let seen = Date.now();
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (seen = Date.now()), { passive: true });
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
  setInterval(async () => {
    // What is being sent is waited for.
    if (Date.now() - seen < idle || document.querySelector("form[data-frozen]")) return;
    try {
      const answer = await fetch(counter.dataset.lock, { method: "POST", headers, body: new URLSearchParams({ idle: "1" }) });
      const goTo = answer.headers.get("HX-Redirect");
      if (goTo) location.assign(goTo);
      else seen = Date.now();
    } catch {
      // No connection: the server locks by its own clock at the next request.
    }
  }, 5000);
}
