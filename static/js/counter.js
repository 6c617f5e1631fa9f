// The counter: each module waits for its own attributes.
import "./counter-search.js";
import "./counter-acts.js";
import "./counter-late.js";
import "./counter-till.js";
import "./counter-scan.js";
import "./counter-wedge.js";
import "./counter-pad.js";
import "./counter-device.js";
