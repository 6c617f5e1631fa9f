// The portal on a phone: installable, and honest about being offline.
const page = document.querySelector("[data-service-worker]");
if (page && "serviceWorker" in navigator) {
  const { serviceWorker: address, scope } = page.dataset;
  navigator.serviceWorker.register(address, { scope }).catch(() => {
    // Private windows and old browsers go without: nothing on the page needs it.
  });
}

// A voucher on paper.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
