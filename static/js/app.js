// Everything a page may need; each module waits for its own attributes and does nothing without them.
import "./overlays.js";
import "./popovers.js";
import "./toasts.js";
import "./forms.js";
import "./typed.js";
import "./combobox.js";
import "./tabs.js";
import "./tables.js";
import "./palette.js";
import "./charts.js";
import "./preferences.js";
import "./preview.js";
import "./printing.js";
