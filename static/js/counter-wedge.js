// A hand scanner types what it reads, and Enter, wherever the focus happens to be. What comes that fast into a field
// of an act is no amount and no PIN: it is taken out again and read as a card or a voucher. So is what comes while a
// button has the focus, such as "Next customer" when the next one holds out their phone.
import { readCode } from "./counter-scan.js";

const FASTEST_HAND = 45;
const SHORTEST = 6;
let burst = "";
let before = "";
let last = 0;

document.addEventListener(
  "keydown",
  (event) => {
    // Capitals come with Shift, which is no letter of the code.
    if (event.key === "Shift") return;
    const isFast = event.timeStamp - last < FASTEST_HAND;
    last = event.timeStamp;
    if (event.key === "Enter") return read(event, isFast);
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return forget();
    if (!burst || !isFast) {
      burst = "";
      before = event.target.value ?? "";
    }
    burst += event.key;
  },
  true,
);

function read(event, isFast) {
  const typed = burst;
  forget();
  const field = event.target;
  if (!isFast || typed.length < SHORTEST || !document.querySelector("[data-finder]")) return;
  if (field.matches?.("input:not([type=checkbox], [type=radio]), textarea, select")) {
    // The search reads what it is given by itself, notes may hold anything, and the number on a receipt is scanned too.
    if (!field.matches("form[data-act] input") || (field.name === "receipt_number" && !typed.includes("."))) return;
    field.value = before;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  event.preventDefault();
  event.stopPropagation();
  readCode(typed);
}

function forget() {
  burst = "";
}
