// Beside a form: the portal as customers would see it if the form were saved. The server saves, draws and undoes it; what
// it answers is put into a frame in which no script runs.
import { onFresh, within } from "./fresh.js";

const PAUSE = 500;

onFresh((part) => within(part, "[data-portal-preview]").forEach(begin));

function begin(place) {
  const form = document.getElementById(place.dataset.portalPreview);
  const frame = place.querySelector("iframe");
  const says = place.querySelector("[role=status]");
  if (!form || !frame) return;
  let whom = "member";
  let clock = 0;
  let asked = 0;

  async function show() {
    const number = (asked += 1);
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    // What a running program asks before it changes is asked when it is saved.
    body.set("confirmed", "1");
    const url = form.getAttribute("action") || location.href;
    const headers = { "X-Portal-Preview": whom, ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
    try {
      const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
      if (number !== asked) return;
      says.textContent = answer.ok ? says.dataset.saved : says.dataset.wrong;
      if (answer.ok) keepPlace(frame, await answer.text());
    } catch {
      // Without a connection it stays as it was.
    }
  }

  const soon = () => {
    clearTimeout(clock);
    clock = setTimeout(show, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  for (const button of place.querySelectorAll("[data-whom]")) {
    button.addEventListener("click", () => {
      whom = button.dataset.whom;
      for (const one of place.querySelectorAll("[data-whom]")) one.setAttribute("aria-pressed", String(one === button));
      show();
    });
  }
  show();
}

// Whoever scrolled in it stays where they were.
function keepPlace(frame, html) {
  const top = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener("load", () => frame.contentWindow?.scrollTo(0, top), { once: true });
  frame.srcdoc = html;
}
