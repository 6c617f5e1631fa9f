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
// The share sheet of the phone, where there is one: the button is hidden for all others.
if (navigator.share) {
  for (const button of document.querySelectorAll("[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const { share: url, shareTitle: title } = button.dataset;
      navigator.share({ url, title }).catch(() => {
        // Closing the sheet is no failure.
      });
    });
  }
}
