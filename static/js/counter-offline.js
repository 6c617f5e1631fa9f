// The page for "no connection" leaves by itself as soon as there is one, unless something is half typed. The browser's own
// word for it may come too early or not at all, so the server is asked as well.
const typed = () => [...document.querySelectorAll("[data-late-form] input")].some((field) => field.value);
const again = () => location.reload();
const unlessTyping = () => typed() || again();
document.querySelector("[data-reload]")?.addEventListener("click", again);
addEventListener("online", unlessTyping);
setInterval(async () => {
  const answer = await fetch("/counter/manifest.webmanifest", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) unlessTyping();
}, 2000);
