// The command palette: Ctrl or ⌘ and K anywhere; results are rows of HTML from data-palette-url?q=…
const PAUSE = 120;

const palette = document.querySelector("dialog[data-palette-url]");

if (palette) {
  const input = palette.querySelector("input");
  const results = palette.querySelector("[role=listbox]");
  let clock;
  let asking;

  const rows = () => [...results.querySelectorAll("[role=option]")];
  const active = () => results.querySelector(".is-active");

  function mark(row) {
    const before = active();
    before?.classList.remove("is-active");
    before?.setAttribute("aria-selected", "false");
    row?.classList.add("is-active");
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function find() {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(palette.dataset.paletteUrl, location.href);
    address.searchParams.set("q", input.value);
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { "HX-Request": "true" } });
      if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
      if (!answer.ok) throw new Error(String(answer.status));
      results.innerHTML = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      results.replaceChildren(Object.assign(document.createElement("p"), {
        className: "palette-none",
        textContent: document.getElementById("spoken")?.dataset.failed ?? "",
      }));
    }
    results.removeAttribute("aria-busy");
    mark(rows()[0]);
  }

  function open() {
    if (palette.open) return;
    palette.showModal();
    input.value = "";
    find();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette.open) palette.close();
      else open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
  });
  input.addEventListener("input", () => {
    clearTimeout(clock);
    clock = setTimeout(find, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const all = rows();
    const at = all.indexOf(active());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (all.length) mark(all.at((at + (event.key === "ArrowDown" ? 1 : -1)) % all.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      active()?.click();
    } else if (event.key === "Escape") {
      // A search field spends the first Escape on clearing itself; here it closes at once.
      event.preventDefault();
      palette.close();
    }
  });
}
