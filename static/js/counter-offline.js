// The page for "no connection" leaves by itself as soon as there is one. The browser's own word for it may come too
// early or not at all, so the server is asked as well.
const again = () => location.reload();
document.querySelector("[data-reload]")?.addEventListener("click", again);
addEventListener("online", again);
setInterval(async () => {
  const answer = await fetch("/counter/manifest.webmanifest", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) again();
}, 2000);
