// Menus and popovers use the browser's own popover; here they are placed beside their opener and get arrow keys.
const EDGE = 8;

const openerOf = (popover) => document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);

function place(popover) {
  const opener = popover.opener ?? openerOf(popover);
  if (!opener) return;
  const from = opener.getBoundingClientRect();
  const width = popover.offsetWidth;
  const height = popover.offsetHeight;
  const below = innerHeight - from.bottom;
  const top = below >= height + EDGE * 2 || below >= from.top ? from.bottom + 6 : from.top - height - 6;
  const startsLeft = from.left + width + EDGE <= innerWidth;
  const left = startsLeft ? from.left : from.right - width;
  popover.style.top = `${Math.min(Math.max(top, EDGE), Math.max(innerHeight - height - EDGE, EDGE))}px`;
  popover.style.left = `${Math.min(Math.max(left, EDGE), Math.max(innerWidth - width - EDGE, EDGE))}px`;
}

const itemsOf = (menu) =>
  [...menu.querySelectorAll("[role^=menuitem]")].filter((item) => !item.disabled && item.offsetParent !== null);

document.addEventListener(
  "toggle",
  (event) => {
    const popover = event.target;
    if (!popover.matches?.("[popover]")) return;
    const open = event.newState === "open";
    const opener = openerOf(popover);
    opener?.setAttribute("aria-expanded", String(open));
    if (!open) return;
    place(popover);
    if (popover.getAttribute("role") === "menu") itemsOf(popover)[0]?.focus({ preventScroll: true });
  },
  true,
);

for (const kind of ["resize", "scroll"]) {
  addEventListener(kind, () => document.querySelectorAll("[popover]:popover-open").forEach(place), { passive: true, capture: true });
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[role=menu]");
  if (!menu) return;
  const items = itemsOf(menu);
  const at = items.indexOf(event.target.closest("[role^=menuitem]"));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items.at(to % items.length)?.focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if ((event.key === " " || event.key === "Enter") && event.target.getAttribute("role") === "menuitemcheckbox") {
    event.preventDefault();
    event.target.querySelector("input")?.click();
  }
});

// A choice closes the menu; ticking a box in it does not.
document.addEventListener("click", (event) => {
  const item = event.target.closest("[role=menuitem]");
  if (item && !item.closest("form")) item.closest("[popover]")?.hidePopover();
});

// Browsers before the popover API: the same, by a class.
if (!("popover" in HTMLElement.prototype)) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[popovertarget]");
    const wanted = opener && document.getElementById(opener.getAttribute("popovertarget"));
    for (const open of document.querySelectorAll(".popover.is-open")) if (open !== wanted) open.classList.remove("is-open");
    if (wanted?.classList.toggle("is-open")) place(wanted);
  });
}
