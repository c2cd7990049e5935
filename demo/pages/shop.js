// The shop's own behaviour on every page that has the messenger.

/** Nothing of the customer may stay behind, and nobody should wait for a network that does not answer. */
const logoutLimitMs = 3000;

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-sign-out]") || form.dataset.done) return;
  event.preventDefault();
  const limit = new Promise((resolve) => setTimeout(resolve, logoutLimitMs));
  await Promise.race([Messenger.logout().catch(() => {}), limit]);
  form.dataset.done = "true";
  form.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-call]");
  if (!button) return;
  const name = button.dataset.call;
  if (!window.calls) return Messenger[name]();
  try {
    await window.calls[name](button.dataset);
    if (name !== "open") showCustomer(name === "login" ? button.dataset.name : null);
  } catch ({ code, message, detail }) {
    window.reported.push({
      name: `${name}() rejected`,
      detail: { rejected: code, message: message ?? detail },
      at: new Date(),
    });
    window.dispatchEvent(new Event("reported"));
    if (name === "login") showCustomer(button.dataset.name);
  }
});

/** The shop signed somebody in or out without a reload. */
function showCustomer(name) {
  for (const element of document.querySelectorAll("[data-signed-in]")) element.hidden = name === null;
  for (const element of document.querySelectorAll("[data-signed-out]")) element.hidden = name !== null;
  for (const element of document.querySelectorAll("[data-customer-name]")) element.textContent = name ?? "";
  for (const element of document.querySelectorAll("[data-customer-or-visitor]"))
    element.textContent = name ?? "a visitor";
}

// Room for the panel beside what the page is there to show.
Messenger.on("opened", () => document.documentElement.classList.add("panel-open"));
Messenger.on("closed", () => document.documentElement.classList.remove("panel-open"));
