// The counter: each module waits for its own attributes.
import "./counter-search.js";
import "./counter-acts.js";
import "./counter-till.js";
import "./counter-scan.js";
import "./counter-pad.js";
import "./counter-device.js";
