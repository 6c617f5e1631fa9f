// Runs a function on the page and again on every part that htmx puts in.
export function onFresh(enhance) {
  const start = () => enhance(document.body);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  document.addEventListener("htmx:load", (event) => enhance(event.target));
}

// The elements that match inside a part, the part itself included.
export function within(part, selector) {
  const found = [...part.querySelectorAll(selector)];
  return part.matches?.(selector) ? [part, ...found] : found;
}
