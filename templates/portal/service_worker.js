{% load static portal %}// Keeps the look and a page that says "you are offline". Pages with somebody's data are never kept.
const KEPT = "portal-{% look_url "brand_css" %}";
const SCOPE = "{{ request.tenant.pk.hex }}";
const OFFLINE = "{% portal_url "offline" %}";
const LOOK = [OFFLINE, "{% look_url "brand_css" %}", "{% static "css/app.css" %}", "{% static "js/theme.js" %}"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(`${SCOPE}:${KEPT}`).then((cache) => cache.addAll(LOOK.map((url) => new Request(url, { credentials: "omit" })))),
  );
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) =>
      Promise.all(names.filter((name) => name.startsWith(`${SCOPE}:`) && name !== `${SCOPE}:${KEPT}`).map((name) => caches.delete(name))),
    ),
  );
  self.clients.claim();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (LOOK.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreVary: true })));
  }
});
