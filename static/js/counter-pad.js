// The PIN pad: keys for fingers, the keyboard for those who have one; after too many tries it counts down.
const pad = document.querySelector("form[data-pad]");
if (pad) {
  const input = pad.querySelector(".pad-input");
  const dots = [...pad.querySelectorAll(".pad-dots > i")];
  const error = pad.querySelector(".pad-error");
  const show = () => dots.forEach((dot, place) => dot.classList.toggle("is-on", place < input.value.length));

  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-digit], [data-erase]");
    if (!key) return;
    const value = "digit" in key.dataset ? input.value + key.dataset.digit : input.value.slice(0, -1);
    input.value = value.slice(0, input.maxLength);
    show();
  });
  input.addEventListener("input", () => {
    input.value = input.value.replace(/\D/g, "");
    show();
  });
  // Digits count wherever the focus is.
  document.addEventListener("keydown", (event) => {
    if (event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^\d$/.test(event.key) || event.key === "Backspace") {
      event.preventDefault();
      input.value = event.key === "Backspace" ? input.value.slice(0, -1) : (input.value + event.key).slice(0, input.maxLength);
      show();
    }
  });

  const until = Date.now() + Number(pad.dataset.wait ?? 0) * 1000;
  if (pad.dataset.wait) {
    const keys = pad.querySelectorAll("button, input");
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      for (const key of keys) key.disabled = left > 0;
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      error.textContent = left > 0 ? error.dataset.said.replace("{time}", time) : error.dataset.over;
      if (left > 0) setTimeout(tick, 1000);
      else input.focus();
    };
    tick();
  }
}
