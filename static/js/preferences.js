// The theme a person chose, and the name of the modifier key on their machine.
import { onFresh, within } from "./fresh.js";

const root = document.documentElement;

function mark() {
  const chosen = root.dataset.theme ?? "";
  for (const choice of document.querySelectorAll("[data-theme-choice]")) {
    if (choice.dataset.themeChoice === chosen) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
  }
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (!choice) return;
  const theme = choice.dataset.themeChoice;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Holds for this page only where storage is closed.
  }
  mark();
});

onFresh((part) => {
  mark();
  if (/Mac|iPhone|iPad/.test(navigator.platform)) for (const key of within(part, "[data-mod]")) key.textContent = "⌘K";
});
