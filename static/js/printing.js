// A button that prints the page (data-print).
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
