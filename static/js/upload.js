// Sends a form with a file and shows how far it is; without this module the browser sends it by itself.
import { onFresh, within } from "./fresh.js";

function show(form, name) {
  for (const part of form.querySelectorAll("[data-upload]")) part.hidden = part.dataset.upload !== name;
}

function setBusy(form, busy) {
  const button = form.querySelector("button[type=submit]");
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

function send(form) {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("[data-upload=sending] progress");
  const said = form.querySelector("[data-upload=sending] .progress-head span:last-child");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.floor((event.loaded / event.total) * 100);
    said.textContent = `${bar.value} %`;
  });
  // All is sent: what still takes time is the reading.
  request.upload.addEventListener("load", () => show(form, "reading"));
  request.addEventListener("load", () => arrive(form, request));
  request.addEventListener("error", () => {
    show(form, "failed");
    setBusy(form, false);
  });
  request.open("POST", form.action);
  bar.value = 0;
  show(form, "sending");
  setBusy(form, true);
  request.send(new FormData(form));
}

// A file that was taken leads to its own page; one that was refused, to the same form with the reason in it.
function arrive(form, request) {
  if (request.status < 400) {
    location.assign(request.responseURL);
    return;
  }
  const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("form[data-uploads]");
  if (request.status !== 422 || !answer) {
    show(form, "failed");
    setBusy(form, false);
    return;
  }
  form.replaceWith(answer);
  htmx.process(answer);
  answer.querySelector("[aria-invalid=true], [role=alert]")?.focus();
}

onFresh((part) => {
  for (const form of within(part, "form[data-uploads]")) {
    form.addEventListener("submit", (event) => {
      if (!form.querySelector("input[type=file]").files.length) return;
      event.preventDefault();
      if (!form.querySelector("button[aria-busy]")) send(form);
    });
  }
});
