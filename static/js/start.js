// Choosing a country proposes its currency, language and time zone; what a person chose by hand stays.
const form = document.querySelector("[data-country-facts]");
const byHand = new Set();

form?.addEventListener("change", async (event) => {
  if (event.target.name !== "country") {
    if (event.isTrusted) byHand.add(event.target.name);
    return;
  }
  const url = `${form.dataset.countryFacts}?country=${encodeURIComponent(event.target.value)}`;
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  for (const [name, value] of Object.entries(await response.json())) {
    const control = form.elements[name];
    if (!control || byHand.has(name)) continue;
    control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
