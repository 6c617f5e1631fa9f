// On a phone a row of tabs is wider than the page: the one that is open is brought into sight.
import { onFresh, within } from "./fresh.js";

onFresh((part) => {
  for (const tab of within(part, ".tab[aria-current]")) {
    const row = tab.closest(".tabs");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
});
