// The page for "no connection" leaves by itself as soon as there is one.
const again = () => location.reload();
document.querySelector("[data-reload]")?.addEventListener("click", again);
addEventListener("online", again);
