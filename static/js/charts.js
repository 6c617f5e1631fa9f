// What a chart says under the pointer. The values stand in data-label and data-said, and in a table for screen readers.
function tipOf(chart) {
  let tip = chart.querySelector(":scope > .chart-tip");
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.setAttribute("aria-hidden", "true");
    tip.hidden = true;
    chart.append(tip);
  }
  return tip;
}

function fill(tip, spot) {
  const title = document.createElement("strong");
  title.textContent = spot.dataset.label;
  const rows = spot.dataset.said.split("\n").map((line) => {
    const row = document.createElement("span");
    const [tone, name, text] = line.split("\t");
    if (text === undefined) {
      row.textContent = line;
      return row;
    }
    const colour = document.createElement("i");
    colour.className = `chart-key tone-${tone}`;
    row.append(colour, `${name} `, Object.assign(document.createElement("b"), { textContent: text }));
    return row;
  });
  tip.replaceChildren(title, ...rows);
}

function clear(chart) {
  for (const active of chart.querySelectorAll(".is-active")) active.classList.remove("is-active");
  const tip = chart.querySelector(":scope > .chart-tip");
  if (tip) tip.hidden = true;
}

document.addEventListener("pointermove", (event) => {
  const spot = event.target.closest?.("[data-chart] [data-said]");
  const chart = spot?.closest("[data-chart]");
  for (const other of document.querySelectorAll("[data-chart]:has(.chart-tip:not([hidden]))")) if (other !== chart) clear(other);
  if (!chart) return;
  const tip = tipOf(chart);
  if (chart.spot !== spot || tip.hidden) {
    clear(chart);
    chart.spot = spot;
    spot.classList.add("is-active");
    const left = Number(spot.getAttribute("x"));
    const right = left + Number(spot.getAttribute("width"));
    for (const point of chart.querySelectorAll(".chart-point")) {
      const x = Number(point.dataset.x);
      point.classList.toggle("is-active", x >= left && x <= right);
    }
    fill(tip, spot);
    tip.hidden = false;
  }
  const frame = chart.getBoundingClientRect();
  const x = event.clientX - frame.left;
  const y = event.clientY - frame.top;
  const room = frame.width - tip.offsetWidth;
  const beside = x + 14 > room ? x - tip.offsetWidth - 14 : x + 14;
  tip.style.transform = `translate(${Math.max(0, Math.min(beside, room))}px, ${Math.max(0, y - tip.offsetHeight - 8)}px)`;
});
document.addEventListener("pointerleave", () => document.querySelectorAll("[data-chart]").forEach(clear));
